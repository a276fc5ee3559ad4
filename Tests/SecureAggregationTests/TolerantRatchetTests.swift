import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site seized under tolerant membership")
struct TolerantRatchetTests {
  /// What the site at index 1 seals to that at index 0 in a step opens under this root of theirs.
  private func opens(
    _ contribution: SignedContribution, _ root: [UInt8], to receiver: String = SetupFixture.name(0)
  ) throws -> Bool {
    let key = try KeySchedule.shareKey(
      root: SecretBytes(copying: root), attempt: contribution.attempt, from: contribution.site, to: receiver)
    let opened = try Sealing.open(try #require(contribution.dealing).sealed[0], key: key)
    guard case .some = opened else { return false }
    return true
  }

  private enum End: CaseIterable { case answers, complains, leaves }

  @Test("holds roots of the next step alone, which open no share of an attempt before, be it opened or not")
  func advances() throws {
    for end in End.allCases {
      let step = try TolerantStep()
      // A second attempt, so that the shares of the first are of one that never opened.
      let later = step.other(number: 1, [0, 1, 2])
      var sum = MaskedSum(later, roster: step.fixture.roster, threshold: 3)
      for index in 0..<3 {
        try sum.add(
          try step.sites[index].send(later, secret: TolerantStep.secret(index, attempt: 1), threshold: 3))
      }
      let before = try step.sites[1].roots
      switch end {
      case .answers: _ = try step.sites[1].answer(try sum.deliveries(to: "strasbourg"), later.digest)
      case .complains:
        let spoiled = try sum.deliveries(to: "strasbourg").map {
          ShareDelivery(site: $0.site, digest: Digest(of: [0]), sealed: $0.sealed)
        }
        _ = try step.sites[1].answer(spoiled, later.digest)
      case .leaves: break
      }
      try step.sites[1].begin(elements: TolerantStep.elements(1), step: 2, step.query)
      let after = try step.sites[1].roots
      for peer in [0, 2, 3] {
        #expect(!after.contains(before[peer]))
        let next = try exposed(KeySchedule.nextRoot(SecretBytes(copying: before[peer]), step: 2))
        #expect(after[peer] == next)
      }
      // The root of seals is the next one, too: that is what opens what is sealed now, and nothing from before.
      let old = SetupFixture.seal(TolerantStep.seed, 1, 0)
      let new = try exposed(KeySchedule.nextRoot(SecretBytes(copying: old), step: 2))
      let attempt = step.fixture.attempt(
        step.attempt.setup, step: 2, step.query, sites: Array(step.fixture.roster.sites.prefix(3)))
      let sent = try step.sites[1].send(attempt, secret: TolerantStep.secret(1), threshold: 3)
      #expect(try opens(sent, new))
      #expect(try !opens(sent, old))
      #expect(try opens(step.sent[1], old))
      #expect(try !opens(step.sent[1], new))
    }
  }

  @Test("and its peers go on with the same roots after a step that some of them refused")
  func refused() throws {
    let begun = try TolerantStep()
    for (refused, sites) in [(1, try begun.fixture.masking(seed: TolerantStep.seed)), (2, begun.sites)] {
      for site in sites {
        if site.index < 2 {
          try site.maskPhase?.pass(to: refused)
        } else {
          try site.begin(elements: TolerantStep.elements(site.index), step: refused, begun.query)
        }
      }
      // What one refused it may still take part in, if it is asked otherwise.
      try sites[0].begin(elements: TolerantStep.elements(0), step: refused, begun.query)
      for site in sites {
        try site.begin(elements: TolerantStep.elements(site.index), step: refused + 1, begun.query)
      }
      for site in sites {
        for peer in sites where peer.index != site.index {
          #expect(try site.roots[peer.index] == peer.roots[site.index])
        }
      }
    }
  }

  @Test("and its peers go on with the same roots, whether they answered, complained or were not asked")
  func together() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    _ = try step.answer(0, &sum)
    let spoiled = try sum.deliveries(to: "strasbourg").map {
      ShareDelivery(site: $0.site, digest: $0.digest, sealed: $0.sealed.reversed())
    }
    _ = try step.sites[1].answer(spoiled, step.attempt.digest)
    let attempt = step.fixture.attempt(step.attempt.setup, step: 2, step.query)
    var next = MaskedSum(attempt, roster: step.fixture.roster, threshold: 3)
    for site in step.sites {
      try site.begin(elements: TolerantStep.elements(site.index), step: 2, step.query)
      try next.add(try site.send(attempt, secret: TolerantStep.secret(site.index, attempt: 2), threshold: 3))
    }
    for site in step.sites {
      guard case .opening(let opening) = try site.answer(try next.deliveries(to: site.name), attempt.digest)
      else {
        throw FixtureError()
      }
      try next.add(opening)
    }
    #expect(try next.outcome() == step.outcome)
  }
}
