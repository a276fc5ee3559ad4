import PooledReference

/// 150 records by a rule that other languages repeat exactly: a linear congruential generator (the
/// one of the C standard's example), integers and eighths alone. The scripts beside the reference
/// numbers draw the same. Every three rows are a patient, and weights are 1, 2, 3, 1, 2, 3, …
enum DrawnRecords {
  static let terms: [PooledDesign.Term] = [
    .numeric("age"), .numeric("dose"), .categorical("site", levels: ["a", "b", "c"]),
  ]

  static let csv: String = {
    var state = 20_240_607
    func draw(_ bound: Int) -> Int {
      state = (state * 1_103_515_245 + 12_345) % (1 << 31)
      return state / 65_536 % bound
    }
    var text = "age,dose,site,ill,patient,weight\n"
    for row in 0..<150 {
      let age = 20 + draw(60)
      let dose = Double(draw(1000)) / 8
      let site = ["a", "b", "c"][draw(3)]
      let risk = Double(2 * age) + dose + (site == "b" ? 40 : 0)
      let ill = Double(draw(300)) < risk ? 1 : 0
      text += "\(age),\(dose),\(site),\(ill),\(row / 3),\(1 + row % 3)\n"
    }
    return text
  }()

  static func design(
    _ terms: [PooledDesign.Term] = terms, weights: String? = nil, clusters: String? = nil
  ) throws -> PooledDesign {
    try PooledDesign(
      PooledTable(texts: [("drawn.csv", csv)]), terms: terms, outcome: "ill", weights: weights,
      clusters: clusters)
  }

  /// The records in one file a site.
  static func sites() throws -> PooledTable {
    let lines = csv.split(separator: "\n")
    return try PooledTable(
      texts: ["a", "b", "c"].map { site in
        let rows = lines.dropFirst().filter { $0.split(separator: ",")[2] == site }
        return (site, (lines.prefix(1) + rows).joined(separator: "\n"))
      })
  }

  /// The design of numeric columns and an outcome given as numbers.
  static func design(_ columns: [(String, [Double])], outcome: [Double]) throws -> PooledDesign {
    let header = columns.map(\.0) + ["ill"]
    let rows = outcome.indices.map { row in
      (columns.map { $0.1[row] } + [outcome[row]]).map { "\($0)" }.joined(separator: ",")
    }
    let text = ([header.joined(separator: ",")] + rows).joined(separator: "\n")
    return try PooledDesign(
      PooledTable(texts: [("numbers.csv", text)]),
      terms: columns.map { .numeric($0.0) }, outcome: "ill")
  }
}
