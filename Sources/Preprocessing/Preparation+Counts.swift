import Cohorts
import Queries

/// Rows and events over the federation, and of each indicator.
extension Preparation {
  /// Indicators and what they leave over: the columns whose rows are counted.
  var countedColumns: [DesignColumn] {
    (design.columns + design.references).filter { $0.isIndicator && !$0.isMissingIndicator }
  }

  var countsQuery: Query {
    let columns = countedColumns.count
    return Query(
      name: "counts", parameters: [],
      segments: [
        .counts("rows", length: 1, bound: frame.mostRows),
        .counts("events", length: 1, bound: frame.mostRows),
        .counts("patients", length: countsPatients ? 1 : 0, bound: frame.mostRows),
        .counts("column-rows", length: columns, bound: frame.mostRows),
        .counts("column-events", length: columns, bound: frame.mostRows),
        .counts("rows-that-lack-it", length: indicatedVariables.count, bound: frame.mostRows),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  /// Variables with a missing indicator.
  var indicatedVariables: [String] {
    design.terms.filter(\.hasMissingIndicator).map(\.variable.name)
  }

  mutating func absorbCounts(_ sum: QuerySum) throws(AnalysisError) {
    let counts = try read(sum)
    guard counts.rows >= frame.leastRows else {
      throw AnalysisError(
        .tooFewRows, "\(counts.rows) complete rows over all sites; \(frame.leastRows) are needed",
        advice: "widen the filter, or leave out variables that are often missing")
    }
    let before = design
    try leaveOutRare(counts)
    guard design == before else {
      stage = .support
      return
    }
    let parameters = design.columns.count + 1
    guard counts.rows > parameters else {
      throw AnalysisError(
        .moreParametersThanRows, "\(parameters) parameters on \(counts.rows) complete rows",
        advice: "name fewer predictors")
    }
    stage = try afterCounts(counts)
  }

  private func afterCounts(_ counts: Counts) throws(AnalysisError) -> Stage {
    if let search = KnotSearch(design, counts: counts, leastCount: frame.leastCount) {
      return .knots(counts, search)
    }
    guard cellColumns.count > 1 else { return .moments(counts) }
    return frame.support == .pairs ? .cellSites(counts) : .cells(counts)
  }

  private func read(_ sum: QuerySum) throws(AnalysisError) -> Counts {
    let values = Dictionary(
      zip(countsQuery.segments.map(\.name), sum.values.map { $0.map { Int($0) } }), uniquingKeysWith: { $1 })
    let rows = values["rows"]?.first ?? 0
    let events = values["events"]?.first ?? 0
    let patients = values["patients"]?.first ?? rows
    let columnRows = values["column-rows"] ?? []
    let columnEvents = values["column-events"] ?? []
    let missing = values["rows-that-lack-it"] ?? []
    // A site that lies could move bounds and scales with sums that no records give.
    guard rows >= 0, (0...rows).contains(events), (0...rows).contains(patients),
      (columnRows + missing).allSatisfy((0...rows).contains),
      zip(columnRows, columnEvents).allSatisfy({ $1 >= 0 && $1 <= min($0, events) })
    else { throw Self.impossible("counts") }
    return Counts(
      rows: rows, events: events, patients: patients,
      indicators: Dictionary(
        zip(
          countedColumns.map(\.name), zip(columnRows, columnEvents).map { Counts.Cell(rows: $0, events: $1) }),
        uniquingKeysWith: { $1 }),
      missing: Dictionary(zip(indicatedVariables, missing), uniquingKeysWith: { $1 }))
  }

  private mutating func leaveOutRare(_ counts: Counts) throws(AnalysisError) {
    let least = frame.leastCount
    for variable in design.imputed {
      guard let missing = counts.missing[variable] else { continue }
      if missing < least {
        try leaveOutRows(without: variable, "are under \(least)")
      } else if counts.rows - missing < least {
        try leaveOut(variable: variable, "under \(least) rows have it")
      }
    }
    for term in design.terms {
      let name = term.variable.name
      func isRare(_ column: DesignColumn) -> Bool {
        guard let rows = counts.indicators[column.name]?.rows else { return false }
        let present = counts.rows - (counts.missing[name] ?? 0)
        return rows < least || present - rows < least
      }
      if let groups = term.groups {
        let rare = term.indicators.filter { indicator in
          counts.indicators[indicator.column.name].map { $0.rows < least } ?? false
        }
        if !rare.isEmpty {
          let ranks = term.indicators.compactMap { indicator in
            counts.indicators[indicator.column.name].map { (indicator.group.label, Double($0.rows)) }
          }
          try treatRare(
            term, rare.map(\.group), ranks: Dictionary(ranks) { first, _ in first },
            because: "in under \(least) rows")
        } else if groups.count == 2, term.valueColumns.contains(where: isRare) {
          try leaveOut(variable: name, "one of its levels is in under \(least) rows")
        }
      } else if let column = term.valueColumns.first(where: isRare) {
        try leaveOut(variable: name, "“\(column.name)” or its complement is in under \(least) rows")
      }
    }
    for column in design.columns where column.factors.count > 1 && column.isIndicator {
      guard let rows = counts.indicators[column.name]?.rows, rows < least else { continue }
      try leaveOut(column: column, "it is 1 in under \(least) rows")
    }
    try joinReferences("are under \(least)") { reference in
      counts.indicators[reference.name].map { $0.rows < least } ?? false
    }
  }
}
