import Foundation
import KonsilTesting
import PooledReference
import Testing

/// What of a model file is compared with a fit on the pooled records.
struct FederatedModel: Decodable {
  struct Estimate: Decodable {
    let coefficient: Double
    let standardError: Double
  }
  struct Term: Decodable {
    let name: String
    let coefficient: Double
    let standardError: Double
  }

  let intercept: Estimate
  let terms: [Term]
  struct Note: Decodable {
    let kind: String
    let subject: String
  }

  let rows: Int
  let sites: Int
  let notes: [Note]?

  init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Self.self, from: json)
  }

  /// That the estimates are those of one fit on all records: coefficients within 1e-9 of the greater of their size
  /// and standard error, standard errors within 1e-9 of theirs.
  func expectEqual(
    toPooled texts: [(name: String, text: String)], _ terms: [PooledDesign.Term], outcome: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let design = try PooledDesign(try PooledTable(texts: texts), terms: terms, outcome: outcome)
    let pooled = try LogisticFit(design)
    #expect(["(intercept)"] + self.terms.map(\.name) == pooled.names, sourceLocation: location)
    #expect(rows == design.rowCount, sourceLocation: location)
    #expect(sites == texts.count, sourceLocation: location)
    let difference = try maxDifference(
      coefficients: [intercept.coefficient] + self.terms.map(\.coefficient),
      reference: pooled.coefficients, standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9, sourceLocation: location)
    let errors = [intercept.standardError] + self.terms.map(\.standardError)
    for (ours, theirs) in zip(errors, pooled.standardErrors) {
      #expect(abs(ours - theirs) <= 1e-9 * theirs, sourceLocation: location)
    }
  }
}

enum IBD {
  static let terms: [PooledDesign.Term] = [
    .numeric("age"), .categorical("sex", levels: ["F", "M"]), .numeric("smoker_current"),
    .numeric("prior_anti_tnf"),
    .categorical("drug", levels: ["infliximab", "adalimumab", "vedolizumab"]),
    .numeric("immunomodulator"), .numeric("steroids"), .numeric("crp"), .numeric("albumin"),
    .numeric("haemoglobin"),
  ]
}
