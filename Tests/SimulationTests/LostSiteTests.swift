import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Simulation
import Testing

@Suite("A run that loses connections and processes")
struct LostSiteTests {
  /// What befalls a run before one of its messages is delivered.
  enum Loss: CaseIterable {
    /// The site's connection goes and comes back at once.
    case connection
    /// It comes back when nothing more can happen without it.
    case connectionForLong
    case siteRestarts
    case siteRestartsLate
    case coordinatorRestarts
    /// The coordinator's machine fails before its last sum is on the disk; the sites may have the next query.
    case coordinatorFails
    /// The coordinator restarts while the site, which restarts as well, is away.
    case bothRestart
  }

  /// The run that nothing befalls.
  private struct Undisturbed {
    let study: SmallStudy
    let model: PlanModel
    let saved: [Int: StepRecord]
    /// The site of each message, in the order of delivery.
    let path: [String]

    init(_ study: SmallStudy) throws {
      self.study = study
      let federation = try study.federation()
      var path: [String] = []
      while let next = federation.queue.first {
        path.append(next.site)
        _ = federation.deliverNext()
      }
      self.path = path
      model = try #require(federation.model)
      saved = federation.saved
    }
  }

  private static func logistic() throws -> SmallStudy { try SmallStudy.drawn() }

  /// Trees, whose sums are not kept, explained, and with a validation, some of whose sums are verified.
  private static func trees(rounds: Int = 2) throws -> SmallStudy {
    try SmallStudy.drawn().growing(rounds: rounds, depth: 2, isValidated: true)
  }

  @Test(
    "before any one of its messages finishes with the same model in the same steps",
    arguments: Loss.allCases)
  func once(loss: Loss) throws {
    let undisturbed = try Undisturbed(Self.logistic())
    #expect(undisturbed.path.count > 70)
    try every(loss, undisturbed)
  }

  @Test("before a message of a training of trees finishes with the same trees", arguments: Loss.allCases)
  func onceOfTrees(loss: Loss) throws {
    let undisturbed = try Undisturbed(Self.trees())
    let forgotten = undisturbed.saved.values.count { $0.isForgotten }
    #expect(forgotten > 0)
    try every(loss, undisturbed, stride: 31)
  }

  @Test(
    "before a message of a training of trees has no more than a round answered again, or a verified sum of their scores",
    arguments: Loss.allCases)
  func oneRound(loss: Loss) throws {
    let undisturbed = try Undisturbed(Self.trees(rounds: 4))
    let ends = undisturbed.saved.values.filter { $0.round != nil }.map(\.step)
    let lastEnd = try #require(ends.max())
    // The last round has a step of its own that tells its leaves.
    #expect(ends.count == 5)
    #expect(undisturbed.saved.values.count { $0.step > lastEnd && !$0.query.isVerified } > 2)
    var repetitions = 0
    for (index, addressee) in undisturbed.path.enumerated() where index % 29 == 0 {
      let federation = try undisturbed.study.federation()
      for _ in 0..<index { _ = federation.deliverNext() }
      try federation.suffer(loss, addressee)
      federation.run()
      try expectSame(federation, undisturbed, "\(loss) of \(addressee) before message \(index)")
      for site in federation.sites {
        let counts = Dictionary(site.answeredSteps.map { ($0, 1) }, uniquingKeysWith: +)
        let again = counts.filter { $0.value > 1 }.keys
        repetitions += again.count
        guard let first = again.min(), let last = again.max() else { continue }
        // Where the save of a round's last step is lost, sites may have answered one of the next round.
        let end = loss == .coordinatorFails ? last - 1 : last
        #expect(
          ends.allSatisfy { $0 < first || $0 >= end }, "steps \(again.sorted()), rounds end with \(ends)")
        #expect(first <= lastEnd || again.count <= 2, "steps \(again.sorted()), trees end with \(lastEnd)")
      }
    }
    #expect((repetitions > 0) == (loss != .connection && loss != .connectionForLong))
  }

  @Test("while a site follows the trees that there are goes on when it is back")
  func whileFollowing() throws {
    let undisturbed = try Undisturbed(Self.trees(rounds: 4))
    let end = try #require(
      undisturbed.saved.values.filter { $0.round != nil }.map(\.step).sorted().dropFirst().first)
    let site = undisturbed.study.roster.sites[1]
    func restarted() throws -> SimulatedFederation {
      let federation = try undisturbed.study.federation()
      while federation.saved.count < end, federation.deliverNext() {}
      try federation.suffer(.siteRestarts, site)
      return federation
    }
    let whole = try restarted()
    var following: [Int] = []
    var delivered = 0
    while let next = whole.queue.first {
      if case .toSite(.earlier, site) = next { following += [delivered, delivered + 1] }
      delivered += 1
      guard whole.deliverNext() else { break }
    }
    #expect(following.count > 6)
    for count in Set(following) {
      for loss in [Loss.connection, .siteRestarts, .coordinatorRestarts] {
        let federation = try restarted()
        for _ in 0..<count { _ = federation.deliverNext() }
        try federation.suffer(loss, site)
        federation.run()
        try expectSame(federation, undisturbed, "\(loss) before message \(count)")
      }
    }
  }

  /// - Parameter stride: that many messages lie between two that are tried.
  private func every(_ loss: Loss, _ undisturbed: Undisturbed, stride: Int = 1) throws {
    for (index, addressee) in undisturbed.path.enumerated() where index % stride == 0 {
      let bystander = undisturbed.study.roster.sites.first { $0 != addressee } ?? addressee
      for site in [.coordinatorRestarts, .coordinatorFails].contains(loss)
        ? [addressee] : [addressee, bystander]
      {
        let federation = try undisturbed.study.federation()
        for _ in 0..<index { _ = federation.deliverNext() }
        try federation.suffer(loss, site)
        federation.run()
        try expectSame(federation, undisturbed, "\(loss) of \(site) before message \(index)")
      }
    }
  }

  @Test("time and again finishes with the same model in the same steps", arguments: UInt64(1)...30)
  func manyTimes(seed: UInt64) throws {
    try manyTimes(Undisturbed(Self.logistic()), seed: seed)
  }

  @Test("time and again finishes with the same trees", arguments: UInt64(1)...3)
  func manyTimesOfTrees(seed: UInt64) throws {
    try manyTimes(Undisturbed(Self.trees()), seed: seed)
  }

  private func manyTimes(_ undisturbed: Undisturbed, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let federation = try undisturbed.study.federation()
    for _ in 0..<Int.random(in: 2...6, using: &random) {
      for _ in 0..<Int.random(in: 0...60, using: &random) { _ = federation.deliverAny(using: &random) }
      guard federation.outcome == nil else { break }
      let site = undisturbed.study.roster.sites.randomElement(using: &random)
      let loss = Loss.allCases.randomElement(using: &random)
      try federation.suffer(try #require(loss), try #require(site))
    }
    while federation.deliverAny(using: &random) {}
    try expectSame(federation, undisturbed, "seed \(seed)")
  }

  @Test("waits for the lost site, and says for what")
  func waits() throws {
    let federation = try SmallStudy.drawn().federation()
    let site = federation.sites[1].name
    while federation.saved.count < 4, federation.deliverNext() {}
    federation.disconnect(site)
    #expect(federation.run() == nil)
    #expect(federation.outcome == nil && federation.model == nil)
    #expect(federation.coordinator.waiting.map(\.site) == [site])
    #expect(federation.coordinator.waiting.map(\.reason.description) == ["not connected"])
    #expect(federation.notes.contains("\(site): left; the run waits for it"))
    federation.connect(site, restarted: true)
    #expect(federation.run() == .finished)
  }

  private func expectSame(
    _ federation: SimulatedFederation, _ undisturbed: Undisturbed, _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let comment = Comment(rawValue: words)
    #expect(federation.outcome == .finished, comment, sourceLocation: sourceLocation)
    #expect(federation.model == undisturbed.model, comment, sourceLocation: sourceLocation)
    #expect(federation.saved == undisturbed.saved, comment, sourceLocation: sourceLocation)
    for site in federation.sites {
      #expect(site.promisesBroken() == [], comment, sourceLocation: sourceLocation)
    }
  }
}

extension SimulatedFederation {
  fileprivate func suffer(_ loss: LostSiteTests.Loss, _ site: String) throws {
    switch loss {
    case .connection, .siteRestarts:
      disconnect(site)
      connect(site, restarted: loss == .siteRestarts)
    case .connectionForLong, .siteRestartsLate:
      disconnect(site)
      run()
      // What the site itself sent last may have ended the run.
      if outcome == nil { connect(site, restarted: loss == .siteRestartsLate) }
    case .coordinatorRestarts:
      try restartCoordinator()
    case .coordinatorFails:
      try restartCoordinator(unsaved: true)
    case .bothRestart:
      disconnect(site)
      try restartCoordinator()
      run()
      connect(site, restarted: true)
    }
  }
}

extension InProcessSite {
  fileprivate var answeredSteps: [Int] {
    records.compactMap { record in
      if case .step(let entry) = record.event { entry.step } else { nil }
    }
  }

  /// What a journal may never show, in words.
  fileprivate func promisesBroken() -> [String] {
    var broken: [String] = []
    var lastEpoch = 0
    var queries: [Int: Digest] = [:]
    var contributions: [Int: Digest] = [:]
    for event in records.map(\.event) {
      switch event {
      case .epoch(_, _, let epoch):
        if epoch <= lastEpoch { broken.append("epoch \(epoch) after \(lastEpoch)") }
        lastEpoch = epoch
      case .step(let entry):
        if queries.updateValue(entry.queryDigest, forKey: entry.step) ?? entry.queryDigest
          != entry.queryDigest
        {
          broken.append("two queries for step \(entry.step)")
        }
        if contributions.updateValue(entry.contribution, forKey: entry.step) ?? entry.contribution
          != entry.contribution
        {
          broken.append("two answers to step \(entry.step)")
        }
        if entry.withheld != nil { broken.append("step \(entry.step) was withheld") }
      case .roster, .decision, .peer, .verified: break
      }
    }
    if (try? Journal(replaying: records))?.mark != journal.mark { broken.append("the chain does not replay") }
    return broken
  }
}
