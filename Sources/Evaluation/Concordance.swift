/// Pairs of rows of which one has the outcome and the other has not.
package struct Concordance: Hashable, Sendable {
  /// Twice the pairs in which the row with the outcome has the greater score, and once those with equal scores.
  package let concordantTwice: Int
  package let comparable: Int

  /// - Parameters:
  ///   - scores: finite, one a row.
  ///   - outcome: 0 or 1, one a row.
  package init(scores: [Double], outcome: [Double]) {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var twice = 0
    var below = 0
    var next = 0
    while next < order.count {
      var last = next
      var events = 0
      while last < order.count, scores[order[last]] == scores[order[next]] {
        if outcome[order[last]] == 1 { events += 1 }
        last += 1
      }
      let others = last - next - events
      twice += events * (2 * below + others)
      below += others
      next = last
    }
    let events = outcome.count { $0 == 1 }
    concordantTwice = twice
    comparable = events * (outcome.count - events)
  }

  /// nil without a comparable pair.
  package var auc: Double? {
    comparable == 0 ? nil : Double(concordantTwice) / Double(2 * comparable)
  }
}
