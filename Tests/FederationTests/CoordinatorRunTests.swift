import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("The coordinator")
struct CoordinatorRunTests {
  /// A coordinator whose sites have all joined, and what it said last.
  private struct Gathered {
    let study: SmallStudy
    let bench: Bench
    var coordinator: CoordinatorRun

    init(history: [StepRecord] = [], epoch: Int = 0, program: PlanProgram? = nil) throws {
      study = try SmallStudy.drawn()
      bench = try Bench(study)
      coordinator = try CoordinatorRun(
        run: bench.run, plan: bench.plan, roster: bench.roster, mostSteps: 60,
        program: program ?? PlanProgram(study.plan, study: study.study), history: history, epoch: epoch)
    }

    mutating func accept(_ site: String, highestEpoch: Int = 0, verifiedThrough: Int = 0)
      -> [CoordinatorAction]
    {
      _ = coordinator.joined(site, liveEpoch: nil)
      return coordinator.receive(
        .answer(.accepted(SiteReadiness(highestEpoch: highestEpoch, verifiedThrough: verifiedThrough))),
        from: site)
    }

    /// All sites accept, and the first epoch opens.
    mutating func open() -> [CoordinatorAction] {
      study.roster.sites.reduce([]) { _, site in accept(site) }
    }

    /// Through set-up to the first step.
    mutating func begin() throws -> StepRequest {
      _ = open()
      let keys = try bench.openEpoch()
      for key in keys { _ = coordinator.receive(.setupKey(epoch: 1, key), from: key.site) }
      let lists = try bench.exchangeKeys(keys)
      for list in lists { _ = coordinator.receive(.ciphertexts(epoch: 1, list), from: list.site) }
      for site in bench.sites {
        _ = site.tell(.ciphertexts(epoch: 1, bench.deliveries(lists, to: site.index)))
      }
      return try bench.request()
    }
  }

  private func words(_ actions: [CoordinatorAction]) -> [String] {
    actions.map { action in
      switch action {
      case .offer(let site): "offer to \(site)"
      case .send(let message, let site): "\(message.word) to \(site)"
      case .save(let records): "save step \(records.map { "\($0.step)" }.joined(separator: ", "))"
      case .saveEpoch(let epoch): "save epoch \(epoch)"
      case .note(let site, let text): "note \(site.map { "\($0): " } ?? "")\(text)"
      case .ended(let outcome, let model): "\(outcome.words)\(model == nil ? "" : ", with a model")"
      }
    }
  }

  @Test(
    "offers the plan to whoever comes, and opens an epoch when all have accepted, saved before it is told")
  func gathering() throws {
    var gathered = try Gathered()
    #expect(words(gathered.coordinator.joined("luxembourg", liveEpoch: nil)) == ["offer to luxembourg"])
    #expect(words(gathered.coordinator.joined("basel", liveEpoch: nil)) == [])
    #expect(words(gathered.accept("luxembourg")) == ["note luxembourg: accepted the plan"])
    #expect(words(gathered.accept("strasbourg", highestEpoch: 4)) == ["note strasbourg: accepted the plan"])
    #expect(gathered.coordinator.isGathering)
    #expect(
      words(gathered.accept("freiburg", highestEpoch: 2)) == [
        "note freiburg: accepted the plan", "save epoch 5", "epoch 5 to luxembourg", "epoch 5 to strasbourg",
        "epoch 5 to freiburg",
      ])
    #expect(!gathered.coordinator.isGathering)
  }

  @Test(
    "ends a run whose query no message holds, and does not send it: it would break the sites' connections")
  func tooLarge() throws {
    for (length, isVerified, isTold) in [
      (3_000_000, true, false), (2_600_000, true, true), (3_000_000, false, true),
    ] {
      let probe = ProbeProgram(
        [.counts("numbers", length: length, bound: 1)], keepsSums: false, isVerified: isVerified)
      var gathered = try Gathered(program: .probe(probe))
      _ = gathered.open()
      let keys = try gathered.bench.openEpoch()
      for key in keys { _ = gathered.coordinator.receive(.setupKey(epoch: 1, key), from: key.site) }
      var said: [CoordinatorAction] = []
      for list in try gathered.bench.exchangeKeys(keys) {
        said += gathered.coordinator.receive(.ciphertexts(epoch: 1, list), from: list.site)
      }
      #expect(said.contains { if case .send(.step, _) = $0 { true } else { false } } == isTold)
      guard !isTold else { continue }
      guard case .failed(let failure)? = gathered.coordinator.outcome else { throw FixtureError() }
      #expect(failure.code == "query-too-large")
      #expect(
        failure.message
          == "the query “probe” has 50 parameters and asks 3000000 numbers of each site, more than a message holds"
      )
    }
  }

  @Test("says whom it waits for, and why")
  func waiting() throws {
    var gathered = try Gathered()
    func reasons() -> [String] { gathered.coordinator.waiting.map { "\($0.site): \($0.reason)" } }
    #expect(
      reasons() == ["luxembourg: not connected", "strasbourg: not connected", "freiburg: not connected"])
    _ = gathered.coordinator.joined("luxembourg", liveEpoch: nil)
    _ = gathered.accept("strasbourg")
    _ = gathered.coordinator.joined("freiburg", liveEpoch: nil)
    _ = gathered.coordinator.receive(.answer(.waiting(["one", "two"])), from: "freiburg")
    #expect(
      reasons() == ["luxembourg: checking the plan", "freiburg: approval by its administrator: one; two"])
    _ = gathered.accept("luxembourg")
    _ = gathered.accept("freiburg")
    #expect(reasons() == gathered.study.roster.sites.map { "\($0): its key for the set-up" })
    gathered = try Gathered()
    let request = try gathered.begin()
    let sent = try gathered.bench.sites[0].tell(.step(request)).contribution()
    _ = gathered.coordinator.receive(.contribution(epoch: 1, step: 1, sent), from: "luxembourg")
    #expect(
      reasons() == ["strasbourg: its answer to step 1 (support)", "freiburg: its answer to step 1 (support)"])
    _ = gathered.coordinator.cancel()
    #expect(reasons() == [])
  }

  @Test("ends with a site's refusal of the plan or of a message, and says whose it is")
  func refusals() throws {
    let refusal = Refusal(rule: "policy-studies", detail: "the site's policy does not allow it")
    var gathered = try Gathered()
    _ = gathered.accept("luxembourg")
    let ended = gathered.coordinator.receive(.answer(.refused(refusal)), from: "freiburg")
    #expect(
      words(ended) == [
        "failed: freiburg refused the plan: the site's policy does not allow it", "end to luxembourg",
        "end to strasbourg", "end to freiburg",
      ])
    #expect(
      gathered.coordinator.outcome
        == .failed(
          RunFailure(
            code: "policy-studies",
            message: "freiburg refused the plan: the site's policy does not allow it",
            advice: "change the plan, or ask freiburg's administrator")))
    // Whoever comes now is told so, and nothing else is heard.
    #expect(words(gathered.coordinator.joined("luxembourg", liveEpoch: nil)) == ["end to luxembourg"])
    #expect(words(gathered.accept("luxembourg")) == [])
    #expect(
      words(gathered.coordinator.left("luxembourg")) == [] && words(gathered.coordinator.cancel()) == [])

    gathered = try Gathered()
    _ = try gathered.begin()
    _ = gathered.coordinator.receive(.refusal(Refusal(rule: "step-budget", detail: "no")), from: "freiburg")
    guard case .failed(let failure)? = gathered.coordinator.outcome else {
      Issue.record("the run goes on")
      return
    }
    #expect(failure.code == "step-budget" && failure.message == "freiburg refused: no")
  }

  @Test("drops with a note what does not fit, and goes on")
  func dropped() throws {
    var gathered = try Gathered()
    let request = try gathered.begin()
    let sent = try gathered.bench.answers(request)
    func drop(_ message: MessageToCoordinator, _ site: String, _ detail: String) {
      #expect(
        words(gathered.coordinator.receive(message, from: site)) == [
          "note \(site): dropped a message: \(detail)"
        ])
    }
    drop(
      .contribution(epoch: 2, step: 1, sent[0]), "luxembourg", "the message is for epoch 2, not 1")
    drop(.contribution(epoch: 1, step: 1, sent[0]), "freiburg", "the message names another site")
    drop(
      .contribution(epoch: 1, step: 2, sent[0]), "luxembourg", "no contribution to step 2 is waited for")
    drop(
      .setupKey(epoch: 1, gathered.bench.keys[0]), "luxembourg", "no setup key is waited for")
    let short = SignedContribution(
      site: "luxembourg", attempt: sent[0].attempt, vector: Array(sent[0].vector.dropLast()),
      signature: sent[0].signature)
    drop(
      .contribution(epoch: 1, step: 1, short), "luxembourg",
      "its contribution has not the length or the rings of the step")
    let unsigned = SignedContribution(
      site: "luxembourg", attempt: sent[0].attempt, vector: sent[0].vector, signature: sent[1].signature)
    drop(.contribution(epoch: 1, step: 1, unsigned), "luxembourg", "its contribution is not signed by it")
    #expect(
      words(gathered.coordinator.receive(.refusal(Refusal(rule: "x", detail: "x")), from: "basel")) == [])
    #expect(
      words(gathered.coordinator.receive(.contribution(epoch: 1, step: 1, sent[0]), from: "luxembourg")) == []
    )
    drop(
      .contribution(epoch: 1, step: 1, sent[0]), "luxembourg", "its contribution is already in the sum")
    _ = gathered.coordinator.receive(.contribution(epoch: 1, step: 1, sent[1]), from: "strasbourg")
    let actions = gathered.coordinator.receive(.contribution(epoch: 1, step: 1, sent[2]), from: "freiburg")
    #expect(
      words(actions) == ["save step 1"] + gathered.study.roster.sites.map { "sums of step 1 to \($0)" }
        + gathered.study.roster.sites.map { "step 2 to \($0)" })
  }

  @Test("ends when a site rests on other queries or sums than it does, for no repetition mends that")
  func otherBasis() throws {
    var gathered = try Gathered()
    let request = try gathered.begin()
    let sent = try gathered.bench.sites[0].tell(.step(request)).contribution()
    let elsewhere = Digest(of: [1])
    let statement = SignedContribution.statement(attempt: elsewhere, site: sent.site, vector: sent.vector)
    let contribution = SignedContribution(
      site: sent.site, attempt: elsewhere, vector: sent.vector,
      signature: try gathered.bench.sites[0].signer.sign(.contribution, statement))
    _ = gathered.coordinator.receive(.contribution(epoch: 1, step: 1, contribution), from: sent.site)
    #expect(
      gathered.coordinator.outcome
        == .failed(
          RunFailure(
            code: "wrong-attempt",
            message: "luxembourg answered step 1 after other queries or sums than the coordinator's",
            advice: "it was shown other numbers or trees than the others; ask the sites")))
  }

  @Test("ends when a site's masks do not cancel, or its numbers are beyond the bound")
  func falseNumbers() throws {
    for (mended, code) in [(false, "masks-do-not-cancel"), (true, "false-sum")] {
      var gathered = try Gathered()
      let request = try gathered.begin()
      var sent = try gathered.bench.answers(request)
      if mended {
        sent[1] = try gathered.bench.resign(sent[1], request.query, element: 0, adding: 1)
      } else {
        sent[1] = try gathered.bench.sign(sent[1].vector.map { $0 ^ 1 }, of: sent[1])
      }
      var last: [CoordinatorAction] = []
      for one in sent {
        last = gathered.coordinator.receive(.contribution(epoch: 1, step: 1, one), from: one.site)
      }
      guard case .failed(let failure)? = gathered.coordinator.outcome else {
        Issue.record("the run goes on")
        return
      }
      #expect(failure.code == code)
      // What such a step gave is neither saved nor passed on.
      #expect(words(last).dropFirst() == ["end to luxembourg", "end to strasbourg", "end to freiburg"])
    }
  }

  @Test("ends when a key or a list is not signed by the site it comes from")
  func badSignatures() throws {
    var gathered = try Gathered()
    _ = gathered.open()
    let keys = try gathered.bench.openEpoch()
    let unsigned = SignedSetupKey(
      site: keys[0].site, publicKey: keys[0].publicKey, journal: keys[0].journal, signature: keys[1].signature
    )
    _ = gathered.coordinator.receive(.setupKey(epoch: 1, unsigned), from: keys[0].site)
    #expect(
      gathered.coordinator.outcome
        == .failed(
          RunFailure(
            code: "bad-signature", message: "the set-up key of luxembourg is not signed as it must be",
            advice: "compare luxembourg's identity key with the study's")))

    gathered = try Gathered()
    _ = gathered.open()
    let again = try gathered.bench.openEpoch()
    for key in again { _ = gathered.coordinator.receive(.setupKey(epoch: 1, key), from: key.site) }
    let lists = try gathered.bench.exchangeKeys(again)
    let short = SignedCiphertexts(
      site: lists[0].site, ciphertexts: Array(lists[0].ciphertexts.dropLast()), signature: lists[0].signature)
    _ = gathered.coordinator.receive(.ciphertexts(epoch: 1, short), from: lists[0].site)
    guard case .failed(let failure)? = gathered.coordinator.outcome else {
      Issue.record("the run goes on")
      return
    }
    #expect(failure.message == "the list of ciphertexts of luxembourg is not signed as it must be")
  }

  @Test("is not led to the end of all epochs by a site's claim")
  func claimedEpoch() throws {
    var gathered = try Gathered()
    for claim in [EpochName.greatestLeap, .max, -1] {
      let actions = gathered.accept("luxembourg", highestEpoch: claim)
      #expect(words(actions).count == 1)
      #expect(
        words(actions)[0]
          == "note luxembourg: dropped a message: the epoch it claims is far above the coordinator's")
    }
    #expect(
      words(gathered.accept("luxembourg", verifiedThrough: -1)).first?.hasSuffix("coordinator's") == true)
  }

  @Test("goes on only from saved steps that are its program's, in order")
  func savedSteps() throws {
    var carrier = try Carrier(Bench(SmallStudy.drawn()))
    #expect(carrier.run() == .finished)
    let saved = carrier.saved
    let resumed = try Gathered(history: Array(saved.prefix(4)), epoch: 1)
    #expect(resumed.coordinator.history.count == 4)
    func expectRefused(_ history: [StepRecord], _ message: String) {
      let error = #expect(throws: AnalysisError.self) { try Gathered(history: history) }
      #expect(error?.message == message)
    }
    expectRefused(Array(saved.dropFirst()), "the saved steps have a gap")
    expectRefused([saved[0], saved[2]], "the saved steps have a gap")
    let moved = StepRecord(step: 1, query: saved[1].query, sum: saved[1].sum)
    expectRefused([moved], "saved step 1 is not one of this program")
    let swapped = StepRecord(step: 4, query: saved[4].query, sum: saved[4].sum)
    expectRefused(Array(saved.prefix(3)) + [swapped], "saved step 4 is not one of this program")
    let misfit = StepRecord(step: 2, query: saved[1].query, sum: saved[0].sum)
    expectRefused([saved[0], misfit], "saved step 2 is not one of this program")
  }

  @Test(
    "saves a step before anything that follows from it, but for the next query where sites do not verify the sum",
    arguments: [false, true])
  func savesFirst(isTolerant: Bool) throws {
    var carrier = try Carrier(isTolerant ? Bench.tolerant(sites: 4) : Bench(SmallStudy.drawn()))
    #expect(carrier.run() == .finished)
    var askedFirst = 0
    for actions in carrier.savings {
      let place = try #require(actions.firstIndex { if case .save = $0 { true } else { false } })
      guard case .save(let records) = actions[place], let record = records.last else { continue }
      let isOnlyAsking = actions.allSatisfy {
        switch $0 {
        case .save, .send(.step, _): true
        default: false
        }
      }
      let mayAskFirst = !record.query.isVerified && isOnlyAsking
      #expect(place == (mayAskFirst ? actions.count - 1 : 0), "step \(record.step)")
      if mayAskFirst { askedFirst += 1 }
    }
    #expect(carrier.savings.count == carrier.saved.count)
    #expect(askedFirst > 1)
  }

  @Test("takes a step for void if some site withheld, and not if it was given up or its sum is not kept")
  func voidSteps() throws {
    var carrier = try Carrier(Bench(SmallStudy.drawn()))
    #expect(carrier.run() == .finished)
    let known = try #require(carrier.saved.first)
    #expect(!known.isVoid)
    #expect(known.with(nil).isVoid)
    #expect(!StepRecord(step: 1, query: known.query, sum: nil, isForgotten: true).isVoid)
    #expect(!StepRecord(step: 1, query: known.query, sum: nil, isGivenUp: true).isVoid)
  }

  @Test("asks anew from the first verified step that some site has not added")
  func rewinds() throws {
    var carrier = try Carrier(Bench(SmallStudy.drawn()))
    #expect(carrier.run() == .finished)
    let history = Array(carrier.saved.prefix(5))
    for (verified, left) in [
      ([4, 4, 4], 5), ([3, 3, 3], 3), ([3, 2, 3], 2), ([0, 4, 4], 0), ([1, 2, 1], 1), ([9, 4, 5], 5),
    ] {
      var gathered = try Gathered(history: history, epoch: 1)
      for (site, through) in zip(gathered.study.roster.sites, verified) {
        _ = gathered.accept(site, highestEpoch: 1, verifiedThrough: through)
      }
      #expect(gathered.coordinator.history.count == left, "\(verified)")
    }
  }
}

extension MessageToSite {
  fileprivate var word: String {
    switch self {
    case .openEpoch(let epoch, _): "epoch \(epoch)"
    case .setupKeys: "keys"
    case .ciphertexts: "ciphertexts"
    case .earlier(_, let step, _): "earlier step \(step)"
    case .step(let request): "step \(request.step)"
    case .contributions(_, let step, _, _): "sums of step \(step)"
    case .shares(_, let step, _, _): "shares of step \(step)"
    case .ended: "end"
    }
  }
}
