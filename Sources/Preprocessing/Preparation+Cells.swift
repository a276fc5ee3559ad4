import Cohorts
import Queries

/// Cells of two indicators: those that are the same column, and those that few rows fill.
extension Preparation {
  /// Few-row cells that are named one by one.
  static let mostCellNotes = 20

  /// Indicators of the model, and under `support: pairs` what those of a variable leave over.
  var cellColumns: [DesignColumn] {
    design.columns.filter(\.isIndicator)
      + (frame.support == .pairs ? design.references.filter(\.isLevel) : [])
  }

  private var pairs: Int { cellColumns.count * (cellColumns.count - 1) / 2 }

  var cellSitesQuery: Query {
    let names = ["both", "the-first-alone", "the-second-alone", "neither"]
    return Query(
      name: "cell-sites", parameters: [],
      segments: names.map { .counts("sites-with-\($0)", length: pairs, bound: frame.sites) }, isVerified: true
    )
  }

  func cellsQuery(_ counts: Counts) -> Query {
    Query(
      name: "cells", parameters: [],
      segments: [.counts("rows-with-both", length: pairs, bound: counts.rows)], isVerified: true)
  }

  /// What one or two sites have of a cell is not counted: the rarer of its columns gives way first.
  mutating func absorbCellSites(_ sum: QuerySum, _ counts: Counts) throws(AnalysisError) {
    let before = design
    for (place, (one, other)) in Self.pairs(of: cellColumns).enumerated() where Self.makeCells(one, other) {
      let sites = sum.values.map { Int($0[place]) }
      guard sites.contains(where: { $0 > 0 && $0 < Self.leastFillingSites }) else { continue }
      try separate(
        one, other, counts, "is in a cell with “\(Self.rarer(one, other, counts).other.name)” at few sites")
    }
    stage = design.columns == before.columns ? .cells(counts) : .support
  }

  private static func pairs(of columns: [DesignColumn]) -> [(DesignColumn, DesignColumn)] {
    columns.indices.flatMap { first in columns.dropFirst(first + 1).map { (columns[first], $0) } }
  }

  /// What two levels of one variable share is no cell.
  private static func makeCells(_ one: DesignColumn, _ other: DesignColumn) -> Bool {
    one.variables != other.variables || one.isMissingIndicator != other.isMissingIndicator
  }

  private static func rarer(
    _ one: DesignColumn, _ other: DesignColumn, _ counts: Counts
  ) -> (column: DesignColumn, other: DesignColumn) {
    (counts.rows(of: one) ?? 0) < (counts.rows(of: other) ?? 0) ? (one, other) : (other, one)
  }

  mutating func absorbCells(_ sum: QuerySum, _ counts: Counts) throws(AnalysisError) {
    let before = design
    var few: [String] = []
    /// Columns that are another one already.
    var same: Set<String> = []
    let own = Set(design.columns.map(\.name))
    for ((one, other), both) in zip(Self.pairs(of: cellColumns), sum.values[0].map({ Int($0) })) {
      let (rows, otherRows) = (counts.rows(of: one) ?? 0, counts.rows(of: other) ?? 0)
      guard both >= 0, both <= min(rows, otherRows) else { throw Self.impossible("cells") }
      guard Self.makeCells(one, other), !same.contains(one.name), !same.contains(other.name) else { continue }
      if both == rows && both == otherRows, own.contains(one.name), own.contains(other.name) {
        let copy = other.isMissingIndicator || !one.isMissingIndicator ? other : one
        same.insert(copy.name)
        design.leaveOut(column: copy.name)
        design.note(
          .notMade, copy.name, "it is the same column as “\(copy == other ? one.name : other.name)”")
        continue
      }
      func isFew(_ rows: Int) -> Bool { rows > 0 && rows < frame.leastCount }
      if frame.support == .pairs {
        let cells = [both, rows - both, otherRows - both, counts.rows - rows - otherRows + both]
        guard cells.contains(where: isFew) else { continue }
        try separate(
          one, other, counts, "has few rows in a cell with “\(Self.rarer(one, other, counts).other.name)”")
      } else if isFew(both) {
        few.append("\(one.name) and \(other.name)")
      }
    }
    // How many it is stays out of the result: what is published holds the least count.
    for cell in few.prefix(Self.mostCellNotes) {
      design.note(.fewInCell, cell, "under \(frame.leastCount) rows have both")
    }
    if few.count > Self.mostCellNotes {
      design.note(.fewInCell, "cells", "\(few.count) in all; the first \(Self.mostCellNotes) are named")
    }
    let isChanged = design.columns != before.columns
    stage = isChanged && frame.support == .pairs ? .support : .moments(counts)
  }

  /// Under `support: pairs` the rarer of two columns gives way.
  private mutating func separate(
    _ one: DesignColumn, _ other: DesignColumn, _ counts: Counts, _ reason: String
  ) throws(AnalysisError) {
    let column = Self.rarer(one, other, counts).column
    guard let variable = column.variables.first, cellColumns.contains(column), cellColumns.contains(one),
      cellColumns.contains(other)
    else { return }
    guard column.factors.count == 1, let term = design.terms.first(where: { $0.variable.name == variable }),
      let group = term.indicators.first(where: { $0.column == column })?.group
    else { return try leaveOut(column: column, reason) }
    try treatRare(term, [group], ranks: [:], because: "what \(reason)")
  }
}
