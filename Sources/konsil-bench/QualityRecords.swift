import Boosting
import Cohorts
import Foundation

/// Records from a file of plain numbers, as real data sets have them: at sites, with folds, with values missing.
struct QualityRecords: Sendable {
  static let outcome = "outcome"

  /// What a column's numbers are.
  enum Kind: Sendable {
    case continuous
    /// Whole numbers.
    case count
    /// Places of so many levels.
    case levels(Int)

    init?(_ text: Substring) {
      switch (text, Int(text)) {
      case ("continuous", _): self = .continuous
      case ("count", _): self = .count
      case (_, let levels?) where levels > 0: self = .levels(levels)
      default: return nil
      }
    }
  }

  let rows: Int
  let sites: Int
  let folds: Int
  /// Of each row.
  let fold: [Int]
  let dictionary: StudyDictionary
  let names: [String]
  private let site: [Int]
  private let outcomes: [Double]
  private let columns: [Column]

  /// - Parameters:
  ///   - path: of a file of this machine's doubles, column after column: the fold and the site, both from 0, the outcome,
  ///     0 or 1 or a number, then the variables, NaN where missing.
  ///   - kinds: of the variables.
  ///   - isNumber: whether the outcome is a number.
  init(_ path: String, rows: Int, kinds: [Kind], isNumber: Bool) throws {
    guard rows > 0, let data = FileManager.default.contents(atPath: path),
      data.count == 8 * rows * (3 + kinds.count)
    else { throw BenchFault("the file has not \(3 + kinds.count) columns of \(rows) doubles") }
    let all = data.withUnsafeBytes { bytes in
      (0..<3 + kinds.count).map { column in
        (0..<rows).map { bytes.loadUnaligned(fromByteOffset: 8 * (column * rows + $0), as: Double.self) }
      }
    }
    self.rows = rows
    fold = all[0].map { Int($0) }
    site = all[1].map { Int($0) }
    outcomes = all[2]
    folds = (fold.max() ?? 0) + 1
    sites = (site.max() ?? 0) + 1
    names = kinds.indices.map { "x\($0)" }
    var variables: [Variable] = []
    var columns: [Column] = []
    for ((name, kind), values) in zip(zip(names, kinds), all.dropFirst(3)) {
      guard let made = Self.variable(kind, values) else { throw BenchFault("column \(name) has no range") }
      variables.append(Variable(name: name, label: name, kind: made, unit: "1", codes: [:], missing: []))
      switch kind {
      case .continuous, .count: columns.append(.numbers(values))
      case .levels: columns.append(.levels(values.map { $0.isNaN ? -1 : Int32($0) }))
      }
    }
    self.columns = columns
    var outcomes: [Outcome] = []
    if isNumber {
      guard let kind = Self.variable(.continuous, self.outcomes) else {
        throw BenchFault("the outcome has no range")
      }
      variables.append(
        Variable(name: Self.outcome, label: "Outcome", kind: kind, unit: "1", codes: [:], missing: []))
    } else {
      outcomes = [Outcome(name: Self.outcome, label: "Event", definition: "Given.")]
    }
    dictionary = StudyDictionary(
      name: "bench", title: "Benchmark", purpose: "Measuring.", variables: variables, outcomes: outcomes)
  }

  /// A number's range is three times as wide as its values, for a dictionary is written before it is known what they are.
  private static func variable(_ kind: Kind, _ values: [Double]) -> Variable.Kind? {
    let known = values.filter { !$0.isNaN }
    guard let least = known.min(), let most = known.max() else { return nil }
    let margin = max(most - least, 1)
    guard let range = ValueRange(lower: least - margin, upper: most + margin) else { return nil }
    return switch kind {
    case .continuous: .continuous(range)
    case .count: .count(range)
    case .levels(let levels): .categorical(levels: (0..<levels).map { "level-\($0)" })
    }
  }

  /// The rows of a site that are outside a fold.
  func cohort(of site: Int, outside fold: Int) throws -> Cohort {
    let rows = self.site.indices.filter { self.site[$0] == site && self.fold[$0] != fold }
    var own: [String: Column] = [Self.outcome: .numbers(rows.map { outcomes[$0] })]
    for (name, column) in zip(names, columns) {
      switch column {
      case .numbers(let values): own[name] = .numbers(rows.map { values[$0] })
      case .levels(let places): own[name] = .levels(rows.map { places[$0] })
      }
    }
    guard let cohort = Cohort(rowCount: rows.count, columns: own) else { throw BenchFault("no cohort") }
    return cohort
  }

  /// All rows as a model reads them.
  func table() throws -> FeatureTable {
    let floats = columns.map { column -> [Float] in
      switch column {
      case .numbers(let values): values.map { Float($0) }
      case .levels(let places): places.map { $0 < 0 ? .nan : Float($0) }
      }
    }
    guard let table = FeatureTable(rowCount: rows, columns: floats) else { throw BenchFault("no table") }
    return table
  }
}
