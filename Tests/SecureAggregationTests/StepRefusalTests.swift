import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site does not mask")
struct StepRefusalTests {
  /// Expects that `attempt` is refused and that nothing of the site's secrets has moved.
  private func refuses(
    _ code: ProtocolFault.Code, _ site: SetupSite, _ attempt: Attempt, _ why: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let roots = try site.roots
    expectFault(code, why, sourceLocation: sourceLocation) {
      _ = try site.mask([[Double](repeating: 1, count: attempt.query.length)], attempt)
    }
    #expect(try site.roots == roots, sourceLocation: sourceLocation)
  }

  @Test("for another set-up")
  func otherSetup() throws {
    let fixture = try SetupFixture(sites: 4)
    let site = try fixture.masking(seed: 1)[2]
    try refuses(.wrongSetup, site, fixture.attempt(Digest(of: [1]), step: 1, StepValues.query(3)))
    _ = try site.mask([[1, 2, 3]], fixture.attempt(try site.setup, step: 1, StepValues.query(3)))
  }

  @Test("over any sites but all of the plan's, in its order")
  func otherSites() throws {
    let fixture = try SetupFixture(sites: 4)
    let site = try fixture.masking(seed: 1)[1]
    let all = fixture.roster.sites
    let others = [
      [], Array(all.prefix(3)), Array(all.dropFirst()), ["strasbourg"], all.reversed(), all + ["nancy"],
      all + [all[0]], ["strasbourg", "luxembourg", "freiburg", "basel"],
      ["luxembourg", "strasbourg", "freiburg", "nancy"],
    ]
    for sites in others {
      try refuses(
        .wrongRoster, site, fixture.attempt(try site.setup, step: 1, StepValues.query(1), sites: sites),
        "\(sites)")
    }
  }

  @Test("a second attempt at a step", arguments: [1, -1, 2])
  func otherNumber(number: Int) throws {
    let fixture = try SetupFixture(sites: 3)
    let site = try fixture.masking(seed: 1)[0]
    try refuses(
      .wrongRoster, site, fixture.attempt(try site.setup, step: 1, StepValues.query(1), number: number))
  }

  @Test("a step that is no number of one", arguments: [0, -1, Int.min, Int.max])
  func impossibleStep(step: Int) throws {
    let fixture = try SetupFixture(sites: 3)
    let site = try fixture.masking(seed: 1)[0]
    try refuses(.outOfOrder, site, fixture.attempt(try site.setup, step: step, StepValues.query(1)))
  }

  @Test("a step twice, whether for the same query or another, nor one before it, nor one after a gap")
  func outOfOrder() throws {
    let fixture = try SetupFixture(sites: 3)
    let site = try fixture.masking(seed: 1)[0]
    let setup = try site.setup
    // The first of an epoch may have any number: an epoch begins where the last one stopped.
    _ = try site.mask([[1]], fixture.attempt(setup, step: 5, StepValues.query(1)))
    try refuses(.outOfOrder, site, fixture.attempt(setup, step: 5, StepValues.query(1)), "again")
    try refuses(
      .outOfOrder, site, fixture.attempt(setup, step: 5, StepValues.query(1, name: "other")), "another query")
    try refuses(.outOfOrder, site, fixture.attempt(setup, step: 4, StepValues.query(1)), "before")
    try refuses(.outOfOrder, site, fixture.attempt(setup, step: 7, StepValues.query(1)), "gap")
    _ = try site.mask([[1]], fixture.attempt(setup, step: 6, StepValues.query(1)))
  }

  @Test("a contribution made for another query, and can still mask the right one")
  func otherLength() throws {
    let fixture = try SetupFixture(sites: 3)
    let attempt = fixture.attempt(Digest(of: [1]), step: 1, StepValues.query(2))
    var phase = try SiteMaskPhase(setup: attempt.setup, roster: fixture.roster, site: "freiburg") { _ in
      SecretBytes(copying: [UInt8](repeating: 3, count: 32))
    }
    for length in [0, 1, 3] {
      var code: ProtocolFault.Code?
      do {
        let noise = Contribution(noise: { 1 }, for: StepValues.query(length))
        _ = try phase.mask(noise, attempt, signer: fixture.signers[2])
      } catch let fault as ProtocolFault {
        code = fault.code
      }
      #expect(code == .wrongLength, "\(length)")
    }
    #expect(phase.lastStep == nil)
    let right = Contribution(noise: { 1 }, for: attempt.query)
    let sent = try phase.mask(right, attempt, signer: fixture.signers[2])
    #expect(sent.vector.count == 4)
    #expect(phase.lastStep == 1)
  }

  @Test("without a place in the roster, or with roots that are too short")
  func noPlace() throws {
    let roster = try SetupFixture(sites: 3).roster
    expectFault(.wrongRoster, site: "basel") {
      _ = try SiteMaskPhase(setup: Digest(of: [1]), roster: roster, site: "basel") { _ in
        SecretBytes(count: 32)
      }
    }
    expectFault(.wrongLength, site: "freiburg") {
      _ = try SiteMaskPhase(setup: Digest(of: [1]), roster: roster, site: "freiburg") { _ in
        SecretBytes(count: 31)
      }
    }
  }
}
