/// All that is kept of the sums of a round of trees: a run that is taken up again goes on after it.
package struct FinishedRound: Hashable, Sendable, Codable {
  /// Of the whole model, one for each class; none where only losses were asked of trees that were there.
  let trees: [Tree]
  /// Of each validated set, before the trees; nil where none are asked.
  let losses: [Int64]?
  /// What is asked next; nil where no tree grows any more.
  let next: TreeStep?
}
