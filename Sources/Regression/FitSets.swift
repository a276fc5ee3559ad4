import Evaluation
import LinearAlgebra
import Preprocessing

/// What a fit rests on once all verified sums are known: the design, its standardisation and the training sets.
package struct FitSets: Hashable, Sendable, Codable {
  package let design: Design
  package let counts: Preparation.Counts
  package let standardisation: Standardisation
  /// nil without validation, or where none is possible.
  package let partition: Partition?
  package let sites: Int
  package let hasIntercept: Bool

  package var dealing: Dealing? { if case .done(let dealing, _)? = partition?.stage { dealing } else { nil } }

  package var trainingSets: [Partition.TrainingSet] {
    if case .done(_, let sets)? = partition?.stage { sets } else { [] }
  }

  package var shape: FitShape {
    FitShape(
      hasIntercept: hasIntercept, columns: design.columns.count,
      validatedColumns: partition?.columns.count ?? 0, trainingSets: trainingSets.count,
      weight: standardisation.weight, sites: sites)
  }

  /// Names of a set's columns.
  func columns(_ set: Int) -> [String] {
    let names = design.columns.map(\.name)
    return set == 0 ? names : (partition?.columns ?? []).map { names[$0] }
  }

  /// Weights of a set's rows and of its events.
  func weights(_ set: Int) -> (rows: Double, events: Double) {
    guard set > 0 else { return (standardisation.weight, standardisation.weightedEvents) }
    let training = trainingSets[set - 1]
    return (training.weight, training.weightedEvents)
  }

  /// The place in the training sets of a repeat's part.
  func trainingSet(repeat count: Int, part: Int) -> Int { 1 + count * (dealing?.parts ?? 0) + part }
}

/// A site's rows of the sets that fits are asked on.
struct SiteSets {
  private let sets: FitSets
  let rows: DesignRows
  /// Each row's part, for each repeat.
  let parts: [[Int]]
  private var whole: Matrix?

  init(_ sets: FitSets, rows: DesignRows, group: Int?) {
    self.sets = sets
    self.rows = rows
    parts = sets.dealing.flatMap { dealing in sets.partition?.parts(rows, dealing, group: group) } ?? []
  }

  /// The rows of a set, by their places.
  func members(_ set: Int) -> [Int] {
    guard set > 0, let dealing = sets.dealing else { return Array(0..<rows.count) }
    let (count, part) = (set - 1).quotientAndRemainder(dividingBy: dealing.parts)
    return (0..<rows.count).filter { parts[count][$0] != part }
  }

  /// A column of ones where the intercept is common, and the set's standardised columns; a missing value is at the
  /// mean, 0.
  mutating func matrix(_ set: Int, rows members: [Int]) -> Matrix {
    if set == 0, members.count == rows.count {
      let matrix = whole ?? make(set, members)
      whole = matrix
      return matrix
    }
    return make(set, members)
  }

  private func make(_ set: Int, _ members: [Int]) -> Matrix {
    let first = sets.hasIntercept ? 1 : 0
    let places = set == 0 ? Array(rows.values.indices) : sets.partition?.columns ?? []
    let known = sets.standardisation
    let training = set == 0 ? nil : sets.trainingSets[set - 1]
    return Matrix(
      rows: members.count, columns: places.count + first,
      fill: { column, target in
        guard column >= first else { return target.update(repeating: 1) }
        let place = places[column - first]
        let values = taken(rows.values[place], members)
        let (mean, deviation) = (known.means[place], known.deviations[place])
        for row in target.indices {
          let value = (values[row] - mean) / deviation
          target[row] = value.isNaN ? 0 : value
        }
        guard let training else { return }
        let (shift, stretch) = (training.means[column - first], training.deviations[column - first])
        for row in target.indices where !values[row].isNaN { target[row] = (target[row] - shift) / stretch }
      })
  }

  /// A column's values in some rows; the column itself where that is all of them.
  func taken(_ column: [Double], _ members: [Int]) -> [Double] {
    members.count == column.count ? column : members.map { column[$0] }
  }

  /// A standardised column of all rows, NaN where missing.
  func standardised(_ column: Int) -> [Double] {
    rows.values[column].map {
      ($0 - sets.standardisation.means[column]) / sets.standardisation.deviations[column]
    }
  }
}
