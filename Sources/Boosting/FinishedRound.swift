/// All that is kept of the sums of a round of trees: a run that is taken up again goes on after it.
package struct FinishedRound: Hashable, Sendable, Codable {
  /// Of the whole model, one for each class.
  let trees: [Tree]
  /// Of each validated set, before the round; nil where none are asked.
  let losses: [Int64]?
  /// What is asked next.
  let next: TreeStep
}
