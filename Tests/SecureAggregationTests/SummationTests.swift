import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A summation")
struct SummationTests {
  /// Four sites' contributions of ones to one attempt.
  private struct Step {
    let fixture: SetupFixture
    let sites: [SetupSite]
    let attempt: Attempt
    let sent: [SignedContribution]
    static let sum = Summation.Outcome.sum([4, 4, 4])

    init() throws {
      fixture = try SetupFixture(sites: 4)
      let masking = try fixture.masking(seed: 2)
      let attempt = fixture.attempt(try masking[0].setup, step: 1, StepValues.query(3))
      sent = try masking.map { try $0.mask([[1, 1, 1]], attempt) }
      sites = masking
      self.attempt = attempt
    }

    func with(
      _ contribution: SignedContribution, site: String? = nil, attempt: Digest? = nil,
      vector: [UInt64]? = nil,
      signature: Signature? = nil
    ) -> SignedContribution {
      SignedContribution(
        site: site ?? contribution.site, attempt: attempt ?? contribution.attempt,
        vector: vector ?? contribution.vector, signature: signature ?? contribution.signature)
    }
  }

  @Test("says who is missing, and gives no sum before all are there")
  func missing() throws {
    let step = try Step()
    var summation = Summation(step.attempt, roster: step.fixture.roster)
    for (place, contribution) in step.sent.enumerated() {
      #expect(summation.missing == Array(step.fixture.roster.sites.dropFirst(place)))
      #expect(!summation.has(contribution.site))
      expectFault(.outOfOrder) { _ = try summation.outcome() }
      try summation.add(contribution)
      #expect(summation.has(contribution.site))
    }
    #expect(try summation.outcome() == Step.sum)
  }

  @Test("refuses a contribution that is not as it must be, and does not add it", arguments: 0..<4)
  func refuses(bad index: Int) throws {
    let step = try Step()
    let good = step.sent[index]
    let name = good.site
    let other = fixtureAttempt(step)
    let shifted = good.vector.map { $0 &+ 1 }
    let refused: [(ProtocolFault.Code, String?, SignedContribution)] = [
      (.wrongRoster, "nancy", step.with(good, site: "nancy")),
      (.wrongAttempt, name, step.with(good, attempt: other.digest)),
      (.wrongAttempt, name, try step.sites[index].sign(good.vector, other.digest)),
      (.wrongLength, name, try step.sites[index].sign(Array(good.vector.dropLast()), good.attempt)),
      (.wrongLength, name, try step.sites[index].sign(good.vector + [0], good.attempt)),
      (.wrongLength, name, try step.sites[index].sign([], good.attempt)),
      (.badSignature, name, step.with(good, vector: shifted)),
      (.badSignature, name, step.with(good, vector: good.vector.reversed())),
      (.badSignature, name, step.with(good, signature: step.sent[(index + 1) % 4].signature)),
      (.badSignature, name, step.with(step.sent[(index + 1) % 4], site: name)),
    ]
    var summation = Summation(step.attempt, roster: step.fixture.roster)
    for (place, contribution) in step.sent.enumerated() where place != index {
      try summation.add(contribution)
    }
    for (code, site, contribution) in refused {
      expectFault(code, site: site) { try summation.add(contribution) }
      #expect(summation.missing == [name])
      expectFault(.outOfOrder) { _ = try summation.outcome() }
    }
    try summation.add(good)
    #expect(try summation.outcome() == Step.sum)
  }

  @Test("adds a site once, be its second contribution the same or another", arguments: 0..<4)
  func duplicate(index: Int) throws {
    let step = try Step()
    var summation = Summation(step.attempt, roster: step.fixture.roster)
    let second = try step.sites[index].sign(step.sent[index].vector.map { $0 &+ 1 }, step.attempt.digest)
    for contribution in step.sent {
      try summation.add(contribution)
      for repeated in [step.sent[index], second] where summation.has(repeated.site) {
        expectFault(.duplicate, site: repeated.site) { try summation.add(repeated) }
      }
    }
    #expect(try summation.outcome() == Step.sum)
  }

  @Test("does not stand when any one element of a signed vector is off", arguments: 0..<5)
  func masksDoNotCancel(element: Int) throws {
    let step = try Step()
    for site in 0..<4 {
      for change in [UInt64(1), 1 << 20, UInt64.max] {
        var sent = step.sent
        var vector = sent[site].vector
        vector[element] &+= change
        sent[site] = try step.sites[site].sign(vector, step.attempt.digest)
        expectFault(.masksDoNotCancel) {
          _ = try Summation.outcome(of: sent, step.attempt, step.fixture.roster)
        }
      }
    }
  }

  @Test("does not stand when one pair has different roots, or one site masked for another attempt")
  func wrongKey() throws {
    let step = try Step()
    let strangers = try step.fixture.masking(seed: 99)
    let otherSetup = step.fixture.attempt(try strangers[0].setup, step: 1, StepValues.query(3))
    var sent = step.sent
    sent[2] = try step.sites[2].sign(
      try strangers[2].mask([[1, 1, 1]], otherSetup).vector, step.attempt.digest)
    expectFault(.masksDoNotCancel) {
      _ = try Summation.outcome(of: sent, step.attempt, step.fixture.roster)
    }
  }

  private func fixtureAttempt(_ step: Step) -> Attempt {
    step.fixture.attempt(step.attempt.setup, step: 2, StepValues.query(3))
  }
}
