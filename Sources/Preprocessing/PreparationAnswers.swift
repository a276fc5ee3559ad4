import Cohorts
import Queries

extension Preparation {
  /// A site's values for the query of this stage, one array for each segment.
  package func answer(_ rows: DesignRows) -> [[Double]] {
    switch stage {
    case .support:
      [
        (rows.values + frame.design.references.map { leftOver(by: $0.variable, rows) } + [rows.outcome])
          .map { Self.varies($0) ? 1 : 0 }
      ]
    case .moments:
      [
        [Double(rows.count)], [rows.outcome.reduce(0, +)],
        zip(rows.values, frame.design.columns).map { values, column in
          values.reduce(0) { $0 + ($1 - column.range.lower) / column.range.width }
        },
      ]
    case .spread(let moments):
      [
        rows.values.indices.map { index in
          let range = frame.design.columns[index].range
          return rows.values[index].reduce(0) { sum, value in
            let distance = (value - range.lower) / range.width - moments.scaledMeans[index]
            return sum + distance * distance
          }
        }
      ]
    case .refinement(let rough, let columns):
      columns.reduce(into: [[], []]) { answer, column in
        let standardised = rows.values[column].map {
          ($0 - rough.means[column]) / rough.deviations[column]
        }
        answer[0].append(standardised.reduce(0, +))
        answer[1].append(standardised.reduce(0) { $0 + $1 * $1 })
      }
    case .done:
      []
    }
  }

  /// The indicator of the rows that no column of a category marks.
  private func leftOver(by variable: String, _ rows: DesignRows) -> [Double] {
    let marks = frame.design.columns.indices.filter { frame.design.columns[$0].variable == variable }
    return (0..<rows.count).map { row in marks.allSatisfy { rows.values[$0][row] == 0 } ? 1 : 0 }
  }

  private static func varies(_ values: [Double]) -> Bool {
    values.first.map { first in values.contains { $0 != first } } ?? false
  }
}
