import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Answers that open a sum")
struct OpeningTests {
  @Test("that are not as they must be are refused, with their site named, and count for nothing")
  func refused() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    try sum.add(try step.opening(0, &sum))
    let good = try step.opening(1, &sum)
    var flipped = good.shares
    flipped[3][31] ^= 0x80
    let swapped = [good.shares[1], good.shares[0]] + good.shares.suffix(2)
    let refused: [(ProtocolFault.Code, String, OpenedShares)] = [
      (.falseShare, "strasbourg", step.opening(1, shares: flipped)),
      (.falseShare, "strasbourg", step.opening(1, shares: swapped)),
      (.falseShare, "strasbourg", step.opening(1, shares: good.shares.map { $0.dropLast() })),
      (.falseShare, "strasbourg", step.opening(1, shares: good.shares.map { $0 + [0] })),
      (.falseShare, "strasbourg", step.opening(1, shares: [[], [], [], []])),
      // Another site's shares are not its own.
      (.falseShare, "freiburg", step.opening(2, shares: good.shares)),
      (.wrongLength, "strasbourg", step.opening(1, shares: good.shares.dropLast())),
      (.wrongLength, "strasbourg", step.opening(1, shares: good.shares + [good.shares[0]])),
      (.wrongLength, "strasbourg", step.opening(1, shares: [])),
      (.wrongAttempt, "strasbourg", step.opening(1, shares: good.shares, attempt: Digest(of: [1]))),
      (
        .wrongRoster, "nancy",
        OpenedShares(site: "nancy", attempt: good.attempt, shares: good.shares)
      ),
    ]
    for (place, (code, site, opening)) in refused.enumerated() {
      expectFault(code, site: site, "case \(place)") { try sum.add(opening) }
      #expect(sum.opening?.has(site) == false)
    }
    try sum.add(good)
    expectFault(.duplicate, site: "strasbourg") { try sum.add(good) }
    #expect(sum.opening?.isReady == false)
    expectFault(.outOfOrder) { _ = try sum.outcome() }
    try sum.add(try step.opening(2, &sum))
    #expect(sum.opening?.isReady == true)
    #expect(try sum.outcome() == step.outcome)
  }

  @Test("open the same sum, whichever t of them there are and in whatever order")
  func anyThreshold() throws {
    for first in 0..<5 {
      let step = try TolerantStep(sites: 5)
      var sum = try step.sum()
      // Every rotation of four of five, so that each site is once left out.
      for index in (first..<first + 4).map({ $0 % 5 }) { try sum.add(try step.opening(index, &sum)) }
      #expect(try sum.outcome() == step.outcome)
    }
  }

  @Test("do not come before every vector is there")
  func early() throws {
    let step = try TolerantStep()
    var sum = MaskedSum(step.attempt, roster: step.fixture.roster, threshold: step.threshold)
    for contribution in step.sent.dropLast() { try sum.add(contribution) }
    expectFault(.outOfOrder) { _ = try sum.deliveries(to: "basel") }
    expectFault(.outOfOrder) { _ = try sum.outcome() }
    // Under fixed membership there is nothing to open.
    var fixed = Summation(step.attempt, roster: step.fixture.roster)
    for site in try step.fixture.masking(seed: TolerantStep.seed) {
      try fixed.add(try site.mask(elements: TolerantStep.elements(site.index), step.attempt, withheld: 0))
    }
    #expect(fixed.missing.isEmpty)
    expectFault(.outOfOrder) { _ = try Opening(fixed, roster: step.fixture.roster, threshold: 3) }
  }

  @Test("unmask with the dealt secrets alone")
  func unmask() throws {
    let step = try TolerantStep()
    let secrets = (0..<4).map { TolerantStep.secret($0) }
    var summation = Summation(step.attempt, roster: step.fixture.roster, isTolerant: true)
    expectFault(.outOfOrder) { try summation.unmask(secrets) }
    for contribution in step.sent { try summation.add(contribution) }
    expectFault(.outOfOrder) { _ = try summation.outcome() }
    for wrong in [[], Array(secrets.dropLast()), secrets + [secrets[0]]] {
      expectFault(.outOfOrder) { try summation.unmask(wrong) }
    }
    var other = secrets
    other[2][0] ^= 1
    expectFault(.falseShare, site: "freiburg") { try summation.unmask(other) }
    expectFault(.falseShare, site: "luxembourg") {
      try summation.unmask([secrets[1], secrets[0]] + secrets.suffix(2))
    }
    try summation.unmask(secrets)
    #expect(try summation.outcome() == step.outcome)
    expectFault(.outOfOrder) { try summation.unmask(secrets) }
  }

  @Test("are a complaint where the coordinator hands out other shares, and nothing more is said then")
  func swappedByCoordinator() throws {
    for change in 0..<3 {
      let step = try TolerantStep()
      var sum = try step.sum()
      var deliveries = try sum.deliveries(to: "freiburg")
      let others = try sum.deliveries(to: "basel")
      switch change {
      case 0: deliveries[1] = others[1]
      case 1:
        deliveries[1] = ShareDelivery(
          site: "strasbourg", digest: Digest(of: [1]), sealed: deliveries[1].sealed)
      default: deliveries[1] = ShareDelivery(site: "strasbourg", digest: deliveries[1].digest, sealed: [])
      }
      let answer = try step.sites[2].answer(deliveries, step.attempt.digest)
      guard case .complaint(let complaint) = answer else {
        Issue.record("no complaint")
        continue
      }
      #expect(complaint.dealer == "strasbourg")
      // The right shares come too late: a site answers once.
      #expect(try step.sites[2].answer(try sum.deliveries(to: "freiburg"), step.attempt.digest) == answer)
      expectFault(.outOfOrder) {
        _ = try step.sites[2].send(
          step.other(number: 1, [0, 1, 2]), secret: TolerantStep.secret(2, attempt: 1), threshold: 3)
      }
    }
  }

  @Test("are not wrung from a site by shares of fewer or other sites, or in another order")
  func otherDeliveries() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    let good = try sum.deliveries(to: "freiburg")
    let own = ShareDelivery(site: "freiburg", digest: good[0].digest, sealed: good[0].sealed)
    for deliveries in [
      [], Array(good.dropLast()), good.reversed(), good + [good[0]], good + [own], [own] + good.dropFirst(),
    ] {
      expectFault(.wrongRoster) { _ = try step.sites[2].answer(deliveries, step.attempt.digest) }
    }
    expectFault(.wrongAttempt) { _ = try step.sites[2].answer(good, Digest(of: [1])) }
    // None of that spent its answer.
    #expect(throws: Never.self) { try sum.add(try step.opening(2, &sum)) }
  }

  @Test(
    "and complaints are taken from sites of the attempt, signed, about another of them, and from none that answered"
  )
  func complaints() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    func complaint(
      _ index: Int, _ dealer: String, attempt: Digest? = nil, signer: Int? = nil,
      label: SignatureLabel = .complaint
    ) throws -> SignedComplaint {
      let (name, attempt) = (step.fixture.roster.sites[index], attempt ?? step.attempt.digest)
      return SignedComplaint(
        site: name, attempt: attempt, dealer: dealer,
        signature: try step.fixture.signers[signer ?? index].sign(
          label, SignedComplaint.statement(attempt: attempt, site: name, dealer: dealer)))
    }
    try sum.add(try step.opening(0, &sum))
    let opening = try #require(sum.opening)
    for bad in [
      try complaint(1, "strasbourg"), try complaint(1, "nancy"),
      try complaint(1, "basel", attempt: Digest(of: [1])),
      try complaint(1, "basel", signer: 2), try complaint(1, "basel", label: .contribution),
    ] {
      expectFault(.badSignature, site: "strasbourg") { try opening.accept(bad) }
    }
    try opening.accept(try complaint(1, "basel"))
    // Its own answer says that the share did open.
    expectFault(.duplicate, site: "luxembourg") { try opening.accept(try complaint(0, "basel")) }
  }
}
