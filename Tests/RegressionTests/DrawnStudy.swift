import Cohorts
import Foundation
import KonsilTesting
import PooledReference
import Preprocessing

/// Records of every kind of variable, as a seed determines them: a table for the sites, and the same rows as text for
/// the pooled reference.
struct DrawnStudy {
  static let drugs = ["none", "a", "b", "c"]
  static let stages = ["low", "middle", "high"]

  struct Row {
    var age = 0.0
    /// Skewed, above 0.
    var crp: Double? = 0.0
    var drug: Int? = 0
    var stage = 0
    var smoker = 0.0
    /// Has a meaning where the drug is not `none`.
    var dose: Double? = 0.0
    var weight = 1.0
    var patient = 0
    var ill = 0.0
  }

  var rows: [Row]
  /// How many rows each site has, in their order.
  var sites: [Int]

  /// - Parameters:
  ///   - missing: the share of `crp` and `drug` that is missing.
  ///   - rowsPerPatient: at most so many rows in a row are one patient's.
  init(seed: UInt64, sites: [Int] = [150, 120, 80, 50], missing: Double = 0, rowsPerPatient: Int = 1) {
    var random = SeededRandom(seed: seed)
    func share() -> Double { Double.random(in: 0..<1, using: &random) }
    func normal() -> Double { (-2 * log(1 - share())).squareRoot() * cos(2 * .pi * share()) }
    self.sites = sites
    rows = []
    var patient = 0
    for (site, count) in sites.enumerated() {
      var left = 0
      var effect = 0.0
      for _ in 0..<count {
        if left == 0 {
          patient += 1
          left = Int.random(in: 1...rowsPerPatient, using: &random)
          effect = rowsPerPatient > 1 ? normal() : 0
        }
        left -= 1
        var row = Row()
        row.patient = patient
        row.age = min(max((50 + 12 * normal() + Double(site)) * 8, 144), 800).rounded() / 8
        let crp = min(max(exp(1.5 + 0.9 * normal()), 0.1), 400)
        let drug = share()
        row.drug = drug < 0.4 ? 0 : drug < 0.7 ? 1 : drug < 0.85 ? 2 : 3
        row.stage = share() < 0.5 ? 0 : share() < 0.6 ? 1 : 2
        row.smoker = share() < 0.35 ? 1 : 0
        row.weight = Double(Int.random(in: 1...5, using: &random))
        let dose = Double(Int.random(in: 0...40, using: &random)) / 4
        row.dose = row.drug == 0 ? nil : dose
        var linear = -0.7 + 0.03 * (row.age - 50) + 0.25 * (log(crp) - 1.5) + 0.3 * Double(row.stage) + effect
        linear += 0.5 * row.smoker + (row.drug == 1 ? 0.6 : 0) + 0.04 * (row.dose ?? 0) + 0.2 * Double(site)
        row.ill = share() < 1 / (1 + exp(-linear)) ? 1 : 0
        row.crp = share() < missing ? nil : crp
        if share() < missing { (row.drug, row.dose) = (nil, dose) }
        rows.append(row)
      }
    }
  }

  /// The same rows, dealt to sites of other sizes.
  func split(_ sites: [Int]) -> DrawnStudy {
    var other = self
    other.sites = sites
    return other
  }

  func table() throws -> SmallTable {
    guard let range = ValueRange(lower: 0, upper: 10) else { throw FixtureError() }
    let dose = Variable(
      name: "dose", label: "dose", kind: .continuous(range), unit: nil, codes: [:], missing: [],
      appliesWhen: FilterCondition(variable: "drug", test: .oneOf(["a", "b", "c"])))
    let stage = Variable(
      name: "stage", label: "stage", kind: .ordinal(levels: Self.stages), unit: nil, codes: [:], missing: [])
    return try SmallTable(
      [
        (.number("age", 18, 100), .numbers(rows.map(\.age))),
        (.number("crp", 0.1, 400), .numbers(rows.map { $0.crp ?? .nan })),
        (.category("drug", Self.drugs), .levels(rows.map { Int32($0.drug ?? -1) })),
        (stage, .levels(rows.map { Int32($0.stage) })), (.binary("smoker"), .numbers(rows.map(\.smoker))),
        (dose, .numbers(rows.map { $0.dose ?? .nan })),
        (.number("weight", 0, 5), .numbers(rows.map(\.weight))),
      ], outcome: rows.map(\.ill), rows: sites, patients: rows.map(\.patient))
  }

  /// One text a site; not applicable is 0, as it counts.
  func pooled() throws -> PooledTable {
    var start = 0
    return try PooledTable(
      texts: sites.enumerated().map { site, count in
        defer { start += count }
        let lines = rows[start..<start + count].map { row in
          [
            "\(row.age)", row.crp.map { "\($0)" } ?? "", row.drug.map { Self.drugs[$0] } ?? "",
            Self.stages[row.stage], "\(Int(row.smoker))", "\(row.dose ?? 0)", "\(row.weight)",
            "\(row.patient)", "\(Int(row.ill))",
          ].joined(separator: ",")
        }
        let header = "age,crp,drug,stage,smoker,dose,weight,patient,ill"
        return ("site-\(site)", ([header] + lines).joined(separator: "\n") + "\n")
      })
  }
}
