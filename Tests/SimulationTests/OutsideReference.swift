import Foundation
import KonsilTesting

/// What other programs give for a plan: a file of `Tests/Fixtures/references`, which `scripts/check-references`
/// makes again from the records.
struct OutsideReference: Decodable {
  struct Baseline: Decodable {
    let from: String
    let auc: Double
    let standardError: Double
  }

  struct Refusal: Decodable {
    let aSingleRow: [String]
    let equalToAnother: [String]
    let separating: [String]
  }

  let rows: Int
  let events: Int
  let rowsBySite: [String: Int]
  let names: [String]?
  let coefficients: [Double]?
  let standardErrors: [Double]?
  let logLikelihood: Double?
  let effectiveDegreesOfFreedom: Double?
  let lower: [Double]?
  let upper: [Double]?
  let pValues: [Double]?
  let crossValidatedAuc: Double?
  let baseline: Baseline?
  let refusedFor: Refusal?

  static func read(_ plan: String) throws -> OutsideReference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      OutsideReference.self, from: Data(Checkout.text("Tests/Fixtures/references/\(plan).json").utf8))
  }

  /// The places of these names.
  func places(of wanted: [String]) -> [Int] { wanted.compactMap { names?.firstIndex(of: $0) } }
}
