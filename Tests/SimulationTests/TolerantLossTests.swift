import Federation
import KonsilTesting
import Queries
import Regression
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

  @Test("with a validation counts the scores of those that are left", arguments: [3, 6, 9, 12])
  func validated(step: Int) throws {
    let study = try SmallStudy.drawn(sites: 5)
    guard case .logistic(var specification) = study.plan.algorithm else { throw FixtureError() }
    specification.validation = .folds(2, repeats: 1, seed: 1)
    let run = TolerantRun(study.running(.logistic(specification)))
    let federation = try run.federation()
    while federation.saved.count < step, federation.deliverNext() {}
    federation.disconnect(run.plan.sites[3])
    #expect(federation.run() == .finished, "\(federation.notes.suffix(4))")
    try run.expectExactSums(federation, "lost after step \(step)")
    guard case .logistic(let model)? = federation.model else { throw FixtureError() }
    #expect(model.validation != nil)
  }

  /// A site vanishes, or the coordinator fails and a site is gone when it is back.
  enum Loss: CaseIterable {
    case site
    case siteWhenCoordinatorRestarts
    case siteWhenCoordinatorFails
  }

  @Test(
    "of trees goes on over the others, each round over the sites that it is finished with",
    arguments: Loss.allCases)
  func trees(loss: Loss) throws {
    let run = try TolerantRun(SmallStudy.drawn(sites: 5).growing(rounds: 2, depth: 4, isValidated: true))
    let path = try Self.path(run)
    let first = try Self.messages(run, before: "tree-histograms")
    var begunAgain = 0
    for index in stride(from: first, to: path.count, by: 23) {
      let federation = try run.federation()
      for _ in 0..<index { _ = federation.deliverNext() }
      let lost = path[index]
      switch loss {
      case .site: federation.disconnect(lost)
      case .siteWhenCoordinatorRestarts: try federation.restartCoordinator(losing: lost)
      case .siteWhenCoordinatorFails: try federation.restartCoordinator(unsaved: true, losing: lost)
      }
      federation.runPatiently([lost]) { _ = federation.run() }
      let words = "\(loss) \(lost) before message \(index): \(federation.notes.suffix(4))"
      if federation.saved.values.contains(where: \.isGivenUp) { begunAgain += 1 }
      // A verified sum cannot be asked again without one of its sites, by a site that lacks it.
      if case .failed(let failure)? = federation.outcome, loss != .site {
        #expect(failure.code == "too-few-sites", "\(words)")
        #expect(federation.saved.values.max { $0.step < $1.step }?.query.isVerified == true, "\(words)")
        continue
      }
      #expect(federation.outcome == .finished, "\(words)")
      try run.expectExactSums(federation, words)
    }
    #expect(begunAgain > 0)
  }

  @Test("of trees begins a round again without the dealer of whom a site complains in its midst")
  func complaint() throws {
    let run = try TolerantRun(SmallStudy.drawn(sites: 5).growing(rounds: 3, depth: 3))
    let federation = try run.federation()
    var shares: [(place: Int, epoch: Int, step: Int, attempt: Digest)] = []
    while shares.isEmpty {
      for (index, envelope) in federation.queue.enumerated() {
        guard case .toSite(.shares(let epoch, let step, let attempt, _), run.plan.sites[0]) = envelope,
          federation.saved.values.count(where: { $0.isForgotten }) == 1
        else { continue }
        shares.append((index, epoch, step, attempt))
      }
      guard shares.isEmpty else { break }
      try #require(federation.deliverNext())
    }
    let asked = try #require(shares.first)
    let (site, dealer) = (run.plan.sites[0], run.plan.sites[3])
    let complaint = SignedComplaint(
      site: site, attempt: asked.attempt, dealer: dealer,
      signature: try #require(federation.site(site)).signer.sign(
        .complaint, SignedComplaint.statement(attempt: asked.attempt, site: site, dealer: dealer)))
    federation.queue[asked.place] = .toCoordinator(
      .opening(epoch: asked.epoch, step: asked.step, .complaint(complaint)), site)
    #expect(federation.run() == .finished, "\(federation.notes.suffix(5))")
    #expect(federation.notes.contains("a round begins again over the sites that are left"))
    try run.expectExactSums(federation, "complaint in step \(asked.step)")
  }

  /// How many messages are delivered before a query is asked.
  private static func messages(_ run: TolerantRun, before query: String) throws -> Int {
    let federation = try run.federation()
    var count = 0
    while !federation.queue.contains(where: { $0.asks(query) }), federation.deliverNext() { count += 1 }
    return count
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
      let isFinished = try troubled(seed: UInt64(seed) + 1_000) { sites in
        try TolerantRun(sites: sites, seed: UInt64(seed) % 5 + 1)
      }
      if isFinished { finished += 1 }
    }
    #expect(finished >= 14, "part \(part)")
  }

  @Test("of trees likewise", arguments: 0..<4)
  func treesComingBack(part: Int) throws {
    var finished = 0
    for seed in part * 10 + 1...part * 10 + 10 {
      let isFinished = try troubled(seed: UInt64(seed) + 5_000, pace: 40) { sites in
        let study = try SmallStudy.drawn(sites: sites, seed: UInt64(seed) % 5 + 1)
        return TolerantRun(study.growing(rounds: 3, depth: 3, isValidated: true))
      }
      if isFinished { finished += 1 }
    }
    #expect(finished >= 7, "part \(part)")
  }

  /// A run in which sites and the coordinator come and go. Its sums are exact however it ends; it does for want of sites
  /// alone.
  ///
  /// - Parameters:
  ///   - pace: so many messages a site at most lie between two changes.
  ///   - make: a run over so many sites.
  /// - Returns: whether it finished.
  private func troubled(
    seed: UInt64, pace: Int = 12, _ make: (Int) throws -> TolerantRun
  ) throws -> Bool {
    var random = SeededRandom(seed: seed)
    let sites = Int.random(in: 4...8, using: &random)
    let run = try make(sites)
    let federation = try run.federation()
    var gone: Set<String> = []
    for _ in 0..<Int.random(in: 2...8, using: &random) {
      for _ in 0..<Int.random(in: 0...pace * sites, using: &random) {
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
    if case .failed(let failure)? = federation.outcome {
      #expect(failure.code == "too-few-sites", "\(words)")
    }
    #expect(federation.outcome != nil, "it waits: \(words)")
    return federation.outcome == .finished
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

extension SimulatedFederation.Envelope {
  fileprivate func asks(_ query: String) -> Bool {
    if case .toSite(.step(let request), _) = self { request.query.name == query } else { false }
  }
}
