import Cohorts
import Queries

/// Cells of two indicators: those that are the same column, and those that few rows fill.
extension Preparation {
  /// Few-row cells that are named one by one.
  static let mostCellNotes = 20

  var cellColumns: [DesignColumn] { design.columns.filter(\.isIndicator) }

  func cellsQuery(_ counts: Counts) -> Query {
    let columns = cellColumns.count
    let pairs = columns * (columns - 1) / 2
    return Query(
      name: "cells", parameters: [],
      segments: [
        .counts("rows-with-both", length: pairs, bound: counts.rows),
        .counts(
          "sites-with-both", length: frame.support == .pairs ? pairs : 0, bound: frame.sites),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  mutating func absorbCells(_ sum: QuerySum, _ counts: Counts) throws(AnalysisError) {
    let before = design
    let columns = cellColumns
    var place = 0
    var few: [String] = []
    /// Columns that are another one already.
    var same: Set<String> = []
    for first in columns.indices {
      for second in columns.indices.dropFirst(first + 1) {
        let both = Int(sum.values[0][place])
        let sites = frame.support == .pairs ? Int(sum.values[1][place]) : frame.sites
        place += 1
        let (one, other) = (columns[first], columns[second])
        let (rows, otherRows) = (counts.rows(of: one) ?? 0, counts.rows(of: other) ?? 0)
        guard both >= 0, both <= min(rows, otherRows) else { throw Self.impossible("cells") }
        // What two levels of one variable share is no cell.
        guard one.variables != other.variables || one.isMissingIndicator != other.isMissingIndicator else {
          continue
        }
        guard !same.contains(one.name), !same.contains(other.name) else { continue }
        if both == rows && both == otherRows {
          let copy = other.isMissingIndicator || !one.isMissingIndicator ? other : one
          same.insert(copy.name)
          design.leaveOut(column: copy.name)
          design.note(
            .notMade, copy.name, "it is the same column as “\(copy == other ? one.name : other.name)”")
          continue
        }
        let name = "\(one.name) and \(other.name)"
        guard both > 0, both < frame.leastCount || sites < Self.leastFillingSites else { continue }
        if frame.support == .pairs {
          try separate(rows < otherRows ? one : other, "few rows have \(name)")
        } else {
          few.append(name)
        }
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
  private mutating func separate(_ column: DesignColumn, _ reason: String) throws(AnalysisError) {
    guard let variable = column.variables.first, design.columns.contains(column) else { return }
    guard column.factors.count == 1, let term = design.terms.first(where: { $0.variable.name == variable }),
      let group = term.indicators.first(where: { $0.column == column })?.group
    else { return try leaveOut(column: column, reason) }
    try treatRare(term, [group], ranks: [:], because: "in a cell where \(reason)")
  }
}
