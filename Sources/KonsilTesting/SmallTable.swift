import Cohorts

/// A dictionary and one cohort a site, from whole columns: the rows go to the sites in their order.
package struct SmallTable: Sendable {
  package static let outcome = "ill"

  package let dictionary: StudyDictionary
  /// In the order of the sites.
  package let cohorts: [Cohort]

  /// - Parameters:
  ///   - columns: variables with a value for each row of all sites.
  ///   - outcome: 0 or 1 a row.
  ///   - rows: how many rows each site has.
  ///   - patients: a number for each row's patient; nil where every row is a patient of its own.
  package init(
    _ columns: [(Variable, Column)], outcome: [Double], rows: [Int], patients: [Int]? = nil
  ) throws {
    let patients = patients ?? Array(outcome.indices)
    guard rows.reduce(0, +) == outcome.count, columns.allSatisfy({ $0.1.count == outcome.count }),
      patients.count == outcome.count
    else { throw FixtureError() }
    dictionary = StudyDictionary(
      name: "small", title: "Small", purpose: "Tests.", variables: columns.map(\.0),
      outcomes: [Outcome(name: Self.outcome, label: "Ill", definition: "Ill within a year.")])
    var start = 0
    cohorts = try rows.map { count in
      let range = start..<start + count
      start += count
      var parts = [Self.outcome: Column.numbers(Array(outcome[range]))]
      for (variable, column) in columns { parts[variable.name] = column.part(range) }
      let keys = patients[range].map { PatientNumber.of("patient \($0)") }
      guard let cohort = Cohort(rowCount: count, columns: parts, patients: keys) else { throw FixtureError() }
      return cohort
    }
  }

  package var predictors: [String] { dictionary.variables.map(\.name) }
}

extension Column {
  fileprivate func part(_ rows: Range<Int>) -> Column {
    switch self {
    case .numbers(let values): .numbers(Array(values[rows]))
    case .levels(let indices): .levels(Array(indices[rows]))
    }
  }
}

extension Variable {
  package static func number(_ name: String, _ lower: Double, _ upper: Double) throws -> Variable {
    guard let range = ValueRange(lower: lower, upper: upper) else { throw FixtureError() }
    return Variable(
      name: name, label: name, kind: .continuous(range), unit: "1", codes: [:], missing: [])
  }

  package static func binary(_ name: String) -> Variable {
    Variable(name: name, label: name, kind: .binary, unit: nil, codes: [:], missing: [])
  }

  package static func category(_ name: String, _ levels: [String]) -> Variable {
    Variable(
      name: name, label: name, kind: .categorical(levels: levels), unit: nil, codes: [:], missing: [])
  }
}
