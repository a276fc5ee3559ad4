import Cohorts
import Queries

extension Preparation {
  /// A site's values for the query of this stage, one array for each segment.
  package func answer(_ rows: DesignRows) -> [[Double]] {
    switch stage {
    case .support: supportAnswer(rows)
    case .counts: countsAnswer(rows)
    case .cellSites: cellSitesAnswer(rows)
    case .cells: [cellRows(rows).map { Double($0[0]) }]
    case .knots(_, let search): [search.answer(rows, design)]
    case .moments: momentsAnswer(rows)
    case .spread(_, let moments):
      [
        zip(rows.values, zip(design.columns, moments.scaledMeans)).map { values, column in
          let (lower, width, mean) = (column.0.range.lower, column.0.range.width, column.1)
          return rows.weightedSum(of: values) { value in
            let distance = (value - lower) / width - mean
            return distance * distance
          }
        }
      ]
    case .refinement(_, let rough, let columns):
      columns.reduce(into: [[], []]) { answer, column in
        let (mean, deviation) = (rough.means[column], rough.deviations[column])
        answer[0].append(rows.weightedSum(of: rows.values[column]) { ($0 - mean) / deviation })
        answer[1].append(
          rows.weightedSum(of: rows.values[column]) {
            let standardised = ($0 - mean) / deviation
            return standardised * standardised
          })
      }
    case .done: []
    }
  }

  private func supportAnswer(_ rows: DesignRows) -> [[Double]] {
    // With an intercept of its own, a site with one class has no rows that count, and says nothing about any column.
    let fills = !frame.hasSiteIntercepts || rows.hasBothClasses
    return [
      (rows.values + rows.references + [rows.outcome]).map { fills && Self.varies($0) ? 1 : 0 },
      zip(design.columns + design.references, rows.values + rows.references).filter { $0.0.isLevel }
        .map { $0.1.contains(1) ? 1 : 0 },
      rows.missing.map { $0.contains(1) ? 1 : 0 },
      frame.mostRowsPerPatient == nil ? [] : [rows.patientCount < rows.count ? 1 : 0],
      frame.greatestWeight == nil
        ? [] : RowNumbers.flags(rows.weights, someHaveNone: rows.someHaveNoWeight).map { $0 ? 1 : 0 },
    ].filter { !$0.isEmpty }
  }

  private static func varies(_ values: [Double]) -> Bool {
    guard let first = values.first(where: { !$0.isNaN }) else { return false }
    return values.contains { !$0.isNaN && $0 != first }
  }

  private func countsAnswer(_ rows: DesignRows) -> [[Double]] {
    let counted = zip(design.columns + design.references, rows.values + rows.references)
      .filter { $0.0.isIndicator && !$0.0.isMissingIndicator }.map(\.1)
    let missing = zip(design.imputed, rows.missing).filter { indicatedVariables.contains($0.0) }.map(\.1)
    return [
      [Double(rows.count)], [rows.outcome.reduce(0, +)],
      countsPatients ? [Double(rows.patientCount)] : [],
      counted.map { column in Double(column.count { $0 == 1 }) },
      counted.map { column in zip(column, rows.outcome).reduce(0) { $1.0 == 1 ? $0 + $1.1 : $0 } },
      missing.map { $0.reduce(0, +) },
    ].filter { !$0.isEmpty }
  }

  /// Rows of each pair of a site's columns: with both, with the first alone, with the second alone, with neither.
  private func cellRows(_ rows: DesignRows) -> [[Int]] {
    let all = zip(design.columns + design.references, rows.ruled)
    let columns = cellColumns.map { column in all.first { $0.0 == column }?.1 ?? [] }
    let marked = columns.map { column in column.indices.filter { column[$0] == 1 } }
    var cells: [[Int]] = []
    for first in columns.indices {
      for second in columns.indices.dropFirst(first + 1) {
        let both = marked[first].count { columns[second][$0] == 1 }
        let alone = (marked[first].count - both, marked[second].count - both)
        cells.append([both, alone.0, alone.1, rows.count - both - alone.0 - alone.1])
      }
    }
    return cells
  }

  private func cellSitesAnswer(_ rows: DesignRows) -> [[Double]] {
    let cells = cellRows(rows)
    return (0..<4).map { place in cells.map { $0[place] > 0 ? 1 : 0 } }
  }

  private func momentsAnswer(_ rows: DesignRows) -> [[Double]] {
    var answer: [[Double]] = []
    if frame.greatestWeight != nil {
      answer.append([
        rows.weights.reduce(0, +), zip(rows.weights, rows.outcome).reduce(0) { $0 + $1.0 * $1.1 },
      ])
    }
    let gapped = gappedColumns
    if !gapped.isEmpty {
      answer.append(gapped.map { rows.weightedSum(of: rows.values[$0]) { _ in 1 } })
    }
    answer.append(
      zip(rows.values, design.columns).map { values, column in
        let (lower, width) = (column.range.lower, column.range.width)
        return rows.weightedSum(of: values) { ($0 - lower) / width }
      })
    return answer
  }
}

extension DesignRows {
  /// `Σ w f(x)` over the rows that have the column.
  @inline(__always)
  func weightedSum(of values: [Double], _ function: (Double) -> Double) -> Double {
    var sum = 0.0
    for row in values.indices where !values[row].isNaN {
      sum += weights[row] * function(values[row])
    }
    return sum
  }
}
