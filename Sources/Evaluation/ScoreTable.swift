/// A site's predictions: one set of scores on the rows that the model was fitted on, and one for each repeat on rows
/// that it was not.
package struct ScoreTable: Sendable {
  /// Log odds beyond this are cut off: the probability is 1 - 1e-17 there.
  package static let mostLogit = 40.0

  /// Of one set: the rows that have a score.
  package struct Scores: Sendable {
    package let logits: [Double]
    package let outcome: [Double]

    /// - Parameter logits: one a row; NaN where there is none.
    package init(logits: [Double], outcome: [Double]) {
      let rows = logits.indices.filter { !logits[$0].isNaN }
      self.logits = rows.map { min(max(logits[$0], -ScoreTable.mostLogit), ScoreTable.mostLogit) }
      self.outcome = rows.map { outcome[$0] }
    }
  }

  package let sets: [Scores]

  package init(_ sets: [Scores]) { self.sets = sets }
}
