import Queries
import SecureAggregation

extension SiteRun {
  /// Adds everyone's signed vectors of a verified step, journals the sum, and lets the computation go on from it.
  mutating func verify(
    _ contributions: [SignedContribution], _ secrets: [[UInt8]], _ epoch: Int, _ step: Int,
    _ journal: inout Journal
  ) throws -> [SiteAction] {
    try check(epoch, journal)
    // Sent again to a site that came back: it has gone on since, and nothing of it changes any more.
    if let sent, step < sent.attempt.step { return [] }
    guard let sent, sent.attempt.step == step, sent.attempt.query.isVerified else {
      throw ProtocolFault(.outOfOrder, "step \(step) is not the verified step this site answered last")
    }
    guard contributions.contains(sent.contribution) else {
      throw Refusal(rule: "false-sum", detail: "this site's own contribution is not in the sum")
    }
    let isTolerant = frame.tolerance != nil
    var summation = Summation(sent.attempt, roster: roster, isTolerant: isTolerant)
    for contribution in contributions { try summation.add(contribution) }
    if isTolerant { try summation.unmask(secrets) }
    guard case .sum(let elements) = try summation.outcome() else {
      return [
        .note(Refusal(rule: "void", detail: "the sum of step \(step) is void: some site withheld"))
      ]
    }
    guard let sum = QuerySum(elements: elements, for: sent.attempt.query) else {
      throw Refusal(rule: "false-sum", detail: "the sum of step \(step) is beyond its bound")
    }
    if let known = journal.verifiedSum(step, frame.subject) {
      guard known == sum else {
        throw Refusal(rule: "false-sum", detail: "step \(step) once had another sum")
      }
      return []
    }
    // All after it were taken as the sums of later queries.
    let last = journal.verifiedThrough(frame.subject)
    guard step > last else {
      throw Refusal(rule: "false-sum", detail: "the sum of step \(step) comes after that of step \(last)")
    }
    return [.write(journal.append(.verified(frame.subject, step: step, sum)))]
  }
}
