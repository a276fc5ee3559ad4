import Foundation
import KonsilTesting
import PooledReference

/// Records of the study `Tests/Fixtures/small-ibd/ibd.yaml` that a seed determines, as texts in rows.
struct IBDRecords {
  static let names = [
    "patient_id", "age", "sex", "smoker_current", "prior_anti_tnf", "drug", "immunomodulator", "steroids",
    "crp", "albumin", "haemoglobin", "failure_12m",
  ]
  static let terms: [PooledDesign.Term] = [
    .numeric("age"), .categorical("sex", levels: ["F", "M"]), .numeric("smoker_current"),
    .numeric("prior_anti_tnf"), .categorical("drug", levels: ["infliximab", "adalimumab", "vedolizumab"]),
    .numeric("immunomodulator"), .numeric("steroids"), .numeric("crp"), .numeric("albumin"),
    .numeric("haemoglobin"),
  ]

  var rows: [[String]]

  init(rows count: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    rows = (1...count).map { Self.row($0, &random) }
  }

  private static func row(_ number: Int, _ random: inout SeededRandom) -> [String] {
    func normal() -> Double {
      let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &random))).squareRoot()
      return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }
    func chance(_ probability: Double) -> Int {
      Double.random(in: 0..<1, using: &random) < probability ? 1 : 0
    }
    let age = Int(min(max(40 + 14 * normal(), 18), 95))
    let sex = chance(0.5)
    let smoker = chance(0.24)
    let prior = chance(0.43)
    let drug = Int.random(in: 0...2, using: &random)
    let immunomodulator = chance(0.45)
    let steroids = chance(0.48)
    let crp = (min(exp(2.3 + 1.3 * normal()), 480) * 10).rounded() / 10
    let albumin = ((41.7 + 5 * normal()) * 10).rounded() / 10
    let haemoglobin = Int(132 + 19 * normal())
    let logOdds =
      -0.6 + 0.005 * Double(age - 40) + 0.2 * Double(smoker) + 0.5 * Double(prior)
      - 0.8 * Double(immunomodulator) + 0.4 * Double(steroids) + 0.2 * (log(crp + 0.1) - 2.3)
      - 0.06 * (albumin - 41.7) - 0.01 * Double(haemoglobin - 132)
    let failure = chance(1 / (1 + exp(-logOdds)))
    return [
      "P\(number)", "\(age)", ["F", "M"][sex], "\(smoker)", "\(prior)",
      ["infliximab", "adalimumab", "vedolizumab"][drug], "\(immunomodulator)", "\(steroids)", "\(crp)",
      "\(albumin)", "\(haemoglobin)", "\(failure)",
    ]
  }

  func index(of name: String) throws -> Int {
    guard let index = Self.names.firstIndex(of: name) else { throw FixtureError() }
    return index
  }

  /// The rows as CSV files of sites with so many rows each, in order.
  func sites(_ counts: [Int]) -> [(site: String, csv: String)] {
    var start = 0
    return zip(SetupFixture.names, counts).map { name, count in
      defer { start += count }
      return (name, Self.csv(rows[start..<start + count]))
    }
  }

  /// The fit on all rows at once.
  func pooledFit(terms: [PooledDesign.Term] = terms, ridge: Double = 0) throws -> LogisticFit {
    let table = try PooledTable(texts: [(name: "pooled.csv", text: Self.csv(rows[...]))])
    return try LogisticFit(PooledDesign(table, terms: terms, outcome: "failure_12m"), ridge: ridge)
  }

  private static func csv(_ rows: ArraySlice<[String]>) -> String {
    ([names] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
