import Boosting
import Federation
import KonsilTesting
import SecureAggregation
import Simulation
import Testing

@Suite("A run under membership: tolerant")
struct TolerantLossTests {
  @Test("over all its sites has the sums and the model of the same run under fixed", arguments: 4...8)
  func undisturbed(sites: Int) throws {
    let run = try TolerantRun(sites: sites)
    let federation = try run.federation()
    #expect(federation.run() == .finished)
    try run.expectExactSums(federation, "\(sites) sites")
    let fixed = try run.study.federation()
    #expect(fixed.run() == .finished)
    #expect(federation.model == fixed.model)
    #expect(federation.saved.mapValues(\.sum) == fixed.saved.mapValues(\.sum))
    for record in federation.saved.values { #expect(record.sites == run.plan.sites) }
  }

  @Test("goes on over the others when one site vanishes, before any one of its messages", arguments: 0..<8)
  func once(part: Int) throws {
    let run = try TolerantRun(sites: 4)
    let path = try Self.path(run)
    #expect(path.count > 150)
    for (index, addressee) in path.enumerated() where index % 8 == part {
      let bystander = run.plan.sites.first { $0 != addressee } ?? addressee
      for site in [addressee, bystander] {
        let federation = try run.federation()
        for _ in 0..<index { _ = federation.deliverNext() }
        federation.disconnect(site)
        federation.runPatiently([site]) { _ = federation.run() }
        let words = "\(site) lost before message \(index)"
        #expect(federation.outcome == .finished, "\(words): \(federation.notes.suffix(4))")
        try run.expectExactSums(federation, words)
      }
    }
  }

  @Test("goes on when the coordinator fails before a sum is on its disk and a site is gone when it is back")
  func coordinatorFails() throws {
    let run = try TolerantRun(sites: 4)
    var steps: Set<Int> = []
    for (index, addressee) in try Self.path(run).enumerated() {
      let federation = try run.federation()
      for _ in 0..<index { _ = federation.deliverNext() }
      guard let step = federation.lateSave else { continue }
      steps.insert(step)
      try federation.restartCoordinator(unsaved: true, losing: addressee)
      federation.runPatiently([addressee]) { _ = federation.run() }
      let words = "\(addressee) lost before message \(index)"
      #expect(federation.outcome == .finished, "\(words): \(federation.notes.suffix(4))")
      try run.expectExactSums(federation, words)
    }
    #expect(steps.count > 1)
  }

  @Test("of trees ends, and says why, when a site is gone after the coordinator's restart")
  func trees() throws {
    let study = try SmallStudy.drawn(sites: 4)
    var specification = BoostingSpecification(
      outcome: SmallTable.outcome, predictors: study.table.predictors, objective: .logistic)
    specification.rounds = 2
    specification.maxDepth = 2
    specification.validation = .folds(2, repeats: 1, seed: 1)
    let run = TolerantRun(study.running(.boosting(specification)))
    let whole = try run.federation()
    #expect(whole.run() == .finished)
    let forgotten = whole.saved.values.filter(\.isForgotten).map(\.step)
    let (first, last) = try (#require(forgotten.min()), #require(forgotten.max()))
    for step in [first, (first + last) / 2, last - 1] {
      let federation = try run.federation()
      while federation.saved.count < step, federation.deliverNext() {}
      try federation.restartCoordinator(losing: run.plan.sites[2])
      federation.runPatiently([]) { _ = federation.run() }
      guard case .failed(let failure)? = federation.outcome else {
        Issue.record("step \(step): \(federation.notes.suffix(4))")
        continue
      }
      // A verified sum that a site lacks is why it is left out.
      #expect(["cannot-repeat", "too-few-sites"].contains(failure.code), "step \(step): \(failure.message)")
    }
  }

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
    let times = (sites + 2) / 3 - 1 + 3
    #expect(failure.code == "refused-too-often")
    #expect(
      failure.message
        == "step \(first + times - 1) and those before it were refused by \(refusing) (\(times) times)")
    #expect(federation.notes.contains("\(refusing): refused step \(first): answered-over-others"))
    try run.expectExactSums(federation, "\(refusing) refuses from step \(first) on")
  }

  @Test("tells a site that came back after its vector that the run went on without it and a lost one")
  func lateSite() throws {
    let run = try TolerantRun(sites: 7)
    let federation = try run.federation()
    let (back, lost) = (run.plan.sites[1], run.plan.sites[4])
    while federation.saved.count < 4, federation.deliverNext() {}
    federation.deliver(holdingStepsTo: lost)
    federation.disconnect(back)
    federation.connect(back, restarted: true)
    federation.deliver(holdingStepsTo: lost)
    federation.disconnect(lost)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(6))")
    #expect(federation.notes.contains("\(back): came back too late"))
    #expect(federation.coordinator.members == run.plan.sites.filter { $0 != back && $0 != lost })
    try run.expectExactSums(federation, "a late site")
  }

  @Test(
    "goes on over those that are left, whenever the others vanish and in whichever order", arguments: 1...120)
  func many(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let sites = Int.random(in: 4...8, using: &random)
    let run = try TolerantRun(sites: sites, seed: UInt64(seed % 5) + 1)
    let federation = try run.federation()
    let lost = run.plan.sites.shuffled(using: &random).prefix(
      Int.random(in: 1...sites - run.threshold, using: &random))
    let length = 40 * sites
    let times = lost.map { _ in Int.random(in: 0...length, using: &random) }.sorted()
    var now = 0
    for (site, time) in zip(lost, times) {
      while now < time, federation.deliverAny(using: &random) { now += 1 }
      guard federation.outcome == nil else { break }
      federation.disconnect(site)
    }
    federation.runPatiently(lost) { while federation.deliverAny(using: &random) {} }
    let words = "seed \(seed): \(sites) sites, \(lost) lost at \(times); \(federation.notes.suffix(4))"
    #expect(federation.outcome == .finished, "\(words)")
    try run.expectExactSums(federation, words)
  }

  @Test(
    "also when those who vanish come back and processes restart, unless one of them missed a verified sum that cannot be asked again",
    arguments: 0..<8)
  func comingBack(part: Int) throws {
    var finished = 0
    for seed in part * 20 + 1...part * 20 + 20 {
      let (federation, words) = try troubled(seed: UInt64(seed) + 1_000)
      if federation.outcome == .finished {
        finished += 1
      } else if case .failed(let failure)? = federation.outcome {
        #expect(failure.code == "too-few-sites", "\(words)")
      } else {
        Issue.record("it waits: \(words)")
      }
    }
    #expect(finished >= 14, "part \(part)")
  }

  /// A run in which sites and the coordinator come and go; its sums are exact however it ends.
  private func troubled(seed: UInt64) throws -> (SimulatedFederation, String) {
    var random = SeededRandom(seed: seed)
    let sites = Int.random(in: 4...8, using: &random)
    let run = try TolerantRun(sites: sites, seed: seed % 5 + 1)
    let federation = try run.federation()
    var gone: Set<String> = []
    for _ in 0..<Int.random(in: 2...8, using: &random) {
      for _ in 0..<Int.random(in: 0...12 * sites, using: &random) {
        _ = federation.deliverAny(using: &random)
      }
      guard federation.outcome == nil else { break }
      switch Int.random(in: 0...3, using: &random) {
      case 0: try federation.restartCoordinator(unsaved: Bool.random(using: &random))
      case 1:
        guard let site = gone.sorted().randomElement(using: &random) else { continue }
        gone.remove(site)
        federation.connect(site, restarted: Bool.random(using: &random))
      default:
        // No more than the run can lose for good.
        let left = Set(federation.coordinator.members).subtracting(gone)
        guard left.count > run.threshold, let site = left.sorted().randomElement(using: &random) else {
          continue
        }
        gone.insert(site)
        federation.disconnect(site)
      }
    }
    federation.runPatiently(gone) { while federation.deliverAny(using: &random) {} }
    let words = "seed \(seed): \(sites) sites; \(federation.notes.suffix(8))"
    try run.expectExactSums(federation, words)
    return (federation, words)
  }

  @Test("gives the same model, bit for bit, whenever the same sites answer the same steps")
  func sameBits() throws {
    let run = try TolerantRun(sites: 5)
    var models: [PlanModel] = []
    for order in UInt64(1)...4 {
      let federation = try run.federation()
      var random = SeededRandom(seed: order)
      while federation.saved.count < 5, federation.deliverAny(using: &random) {}
      federation.disconnect(run.plan.sites[2])
      while federation.deliverAny(using: &random) {}
      models.append(try #require(federation.model))
    }
    #expect(models.allSatisfy { $0 == models[0] })
  }

  @Test("waits below the threshold and opens nothing, then goes on when enough are back", arguments: 1...40)
  func belowThreshold(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) + 2_000)
    let sites = Int.random(in: 4...8, using: &random)
    let run = try TolerantRun(sites: sites)
    let federation = try run.federation()
    for _ in 0..<Int.random(in: 0...30 * sites, using: &random) { _ = federation.deliverAny(using: &random) }
    guard federation.outcome == nil else { return }
    // All at once, so that none of them is left out before the others are gone.
    let lost = run.plan.sites.shuffled(using: &random).prefix(sites - run.threshold + 1)
    for site in lost { federation.disconnect(site) }
    let opened = federation.saved.values.count { $0.sum != nil }
    while federation.deliverAny(using: &random) {}
    federation.patienceIsOver()
    while federation.deliverAny(using: &random) {}
    let words = "seed \(seed): \(sites) sites, \(lost); \(federation.notes.suffix(6))"
    #expect(federation.outcome == nil, "\(words)")
    // What had enough answers on their way may still have opened, and no step after it.
    #expect(federation.saved.values.count { $0.sum != nil } <= opened + 1, "\(words)")
    for site in lost { federation.connect(site, restarted: Bool.random(using: &random)) }
    federation.runPatiently(lost) { while federation.deliverAny(using: &random) {} }
    #expect(federation.outcome == .finished, "\(words) \(federation.notes.suffix(6))")
    try run.expectExactSums(federation, words)
  }

  @Test("tells a lost site that comes back that the run went on without it")
  func leftOut() throws {
    let run = try TolerantRun(sites: 4)
    let federation = try run.federation()
    let site = run.plan.sites[1]
    while federation.saved.count < 3, federation.deliverNext() {}
    federation.disconnect(site)
    #expect(federation.run() == .finished)
    let other = try run.federation()
    while other.saved.count < 3, other.deliverNext() {}
    other.disconnect(site)
    other.connect(site, restarted: false)
    #expect(other.site(site)?.liveEpoch == 1)
    #expect(other.run() == .finished)
    #expect(other.site(site)?.liveEpoch == nil)
    #expect(other.model == federation.model)
  }

  /// The site of each message of a run that nothing befalls.
  private static func path(_ run: TolerantRun) throws -> [String] {
    let federation = try run.federation()
    var path: [String] = []
    while let next = federation.queue.first {
      path.append(next.site)
      _ = federation.deliverNext()
    }
    return path
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

  /// Whether being done with waiting for those who are away leads on.
  func becomesImpatient() -> Bool {
    guard outcome == nil else { return false }
    patienceIsOver()
    return !queue.isEmpty
  }

  /// Delivers everything, in the order of `deliver`. It waits for nobody for ever, but before the first epoch, when
  /// those who are away come back.
  func runPatiently(_ gone: some Sequence<String>, _ deliver: () -> Void) {
    repeat { deliver() } while becomesImpatient()
    guard outcome == nil, coordinator.epoch == 0 else { return }
    for site in gone { connect(site, restarted: true) }
    repeat { deliver() } while becomesImpatient()
  }
}
