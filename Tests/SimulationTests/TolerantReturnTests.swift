import Federation
import SecureAggregation
import Simulation
import Testing

@Suite("Under membership: tolerant a run with refusals, or with sites that are back in the middle of a step,")
struct TolerantReturnTests {
  @Test("gives up a step that some refuse once all others have answered it, so that none is left behind")
  func slowSite() throws {
    let run = try TolerantRun(sites: 4)
    let federation = try run.federation()
    let (lost, slow) = (run.plan.sites[3], run.plan.sites[1])
    while federation.saved.count < 4, federation.deliverNext() {}
    // All but one answer the step; then one that answered is gone, and the others cannot repeat it without it.
    federation.deliver(holdingStepsTo: slow)
    federation.disconnect(lost)
    federation.disconnect(slow)
    federation.connect(slow, restarted: false)
    federation.deliver(holdingStepsTo: slow)
    federation.patienceIsOver()
    federation.deliver(holdingStepsTo: slow)
    #expect(federation.coordinator.members.count == 3 && federation.saved[5]?.isGivenUp == false)
    federation.disconnect(slow)
    federation.connect(slow, restarted: true)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(6))")
    #expect(federation.saved[5]?.isGivenUp == true)
    try run.expectExactSums(federation, "a slow site")
  }

  @Test(
    "ends with the names of those who refuse step after step, and of no other", arguments: [1, 3, 9], [4, 7])
  func refusing(step first: Int, sites: Int) throws {
    let run = try TolerantRun(sites: sites)
    let federation = try run.federation()
    let refusing = run.plan.sites[2]
    while let next = federation.queue.first {
      // It knows the attempt that it is asked, and says that it answered the step over others before.
      if case .toCoordinator(.contribution(_, let step, let own), refusing) = next, step >= first {
        let refusal = Refusal(rule: "answered-over-others", detail: "", attempt: own.attempt)
        federation.queue[0] = .toCoordinator(.refusal(refusal), refusing)
      }
      _ = federation.deliverNext()
    }
    guard case .failed(let failure)? = federation.outcome else {
      Issue.record("it goes on: \(federation.notes.suffix(4))")
      return
    }
    let times = Threshold.mostColluding(sites: sites) + 3
    #expect(failure.code == "refused-too-often")
    #expect(
      failure.message
        == "step \(first + times - 1) and those before it were refused by \(refusing) (\(times) ×)")
    #expect(federation.notes.contains("\(refusing): refused step \(first): answered-over-others"))
    try run.expectExactSums(federation, "\(refusing) refuses from step \(first) on")
  }

  @Test("tells a site that came back after its vector that the run went on without it and a lost one")
  func lateSite() throws {
    let run = try TolerantRun(sites: 7)
    let federation = try run.federation()
    let (back, lost) = (run.plan.sites[1], run.plan.sites[4])
    federation.restart(back, afterItsVectorBut: lost)
    federation.disconnect(lost)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(6))")
    #expect(federation.notes.contains("\(back): came back too late"))
    #expect(federation.coordinator.members == run.plan.sites.filter { $0 != back && $0 != lost })
    try run.expectExactSums(federation, "a late site")
  }

  @Test("says in an event that it goes on without a site that answered and is away when another is lost")
  func awaySite() throws {
    let run = try TolerantRun(sites: 7)
    let federation = try run.federation()
    let (away, lost) = (run.plan.sites[1], run.plan.sites[4])
    while federation.saved.count < 4, federation.deliverNext() {}
    federation.deliver(holdingStepsTo: lost)
    federation.disconnect(away)
    federation.disconnect(lost)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(6))")
    #expect(federation.notes.contains("\(away): the run goes on without it"))
    #expect(
      !federation.notes.contains("\(lost): the run goes on without it"),
      "it left, and the step is asked again")
    try run.expectExactSums(federation, "a site that is away")
  }

  @Test("opens the next epoch when a site that is left out leaves too few with the secrets of this one")
  func badSiteAndRestart() throws {
    let run = try TolerantRun(sites: 5)
    let federation = try run.federation()
    let (back, bad) = (run.plan.sites[1], run.plan.sites[4])
    federation.restart(back, afterItsVectorBut: bad)
    _ = federation.deliverNext()
    guard case .toCoordinator(.contribution(let epoch, let step, let own), bad)? = federation.queue.first
    else {
      Issue.record("no vector of \(bad) is on its way")
      return
    }
    let altered = SignedContribution(
      site: bad, attempt: own.attempt, layout: own.layout, vector: own.vector.reversed(),
      dealing: own.dealing, signature: own.signature)
    federation.queue[0] = .toCoordinator(.contribution(epoch: epoch, step: step, altered), bad)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(6))")
    #expect(federation.coordinator.epoch == 2)
    #expect(federation.coordinator.members == run.plan.sites.filter { $0 != bad })
    try run.expectExactSums(federation, "a bad site and one that was back")
  }
}

extension SimulatedFederation {
  /// Delivers all there is but the steps that a site is asked.
  fileprivate func deliver(holdingStepsTo site: String) {
    while let place = queue.firstIndex(where: { if case .toSite(.step, site) = $0 { false } else { true } }) {
      queue.insert(queue.remove(at: place), at: 0)
      _ = deliverNext()
    }
  }

  /// All sites but one have answered step 5, and one of them has restarted since and waits for the next epoch.
  fileprivate func restart(_ back: String, afterItsVectorBut slow: String) {
    while saved.count < 4, deliverNext() {}
    deliver(holdingStepsTo: slow)
    disconnect(back)
    connect(back, restarted: true)
    deliver(holdingStepsTo: slow)
  }
}
