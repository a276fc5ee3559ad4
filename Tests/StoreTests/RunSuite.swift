import Federation
import SecureAggregation
import Store
import Testing

@Suite("Runs, in every back end")
struct RunSuite {
  @Test("A run comes back as it was handed in", arguments: BackEnd.allCases)
  func roundTrip(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let submission = try StoreFixture.submission("r1")
      let summary = StoreFixture.summary(submission)
      #expect(try store.addRun(summary, submission: submission))
      #expect(try store.run("r1") == summary)
      #expect(try store.submission(of: "r1") == submission)
      #expect(try store.study(submission.study.digest) == submission.study)
    }
  }

  @Test("What is not there reads as nothing", arguments: BackEnd.allCases)
  func nothing(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store throws in
      #expect(try store.run("r1") == nil)
      #expect(try store.runs().isEmpty)
      #expect(try store.openRuns().isEmpty)
      #expect(try store.submission(of: "r1") == nil)
      #expect(try store.history(of: "r1").isEmpty)
      #expect(try store.model(of: "r1") == nil)
      #expect(try store.steps(of: "r1").isEmpty)
      #expect(try store.events(of: "r1", after: 0).isEmpty)
      #expect(try store.sites().isEmpty)
      #expect(try store.study(Digest(of: [1])) == nil)
      #expect(try store.epoch(of: Digest(of: [1])) == 0)
    }
  }

  @Test("Nothing is kept of a run that does not exist", arguments: BackEnd.allCases)
  func unknown(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let unknown = StoreError.unknownRun("r1")
      let record = try StoreFixture.record(1)
      #expect(throws: unknown) { try store.setState("r1", .running) }
      #expect(throws: unknown) {
        try store.saveSteps("r1", [record], at: StoreFixture.time(1))
      }
      #expect(throws: unknown) {
        try store.end("r1", .cancelled, model: nil, at: StoreFixture.time(1))
      }
      #expect(throws: unknown) {
        try store.addEvent("r1", at: StoreFixture.time(1), site: nil, text: "began")
      }
      let plan = Digest(of: [1])
      #expect(throws: StoreError.unknownPlan(plan)) { try store.saveEpoch(plan, 1) }
    }
  }

  @Test("Handing a run in again changes nothing", arguments: BackEnd.allCases)
  func again(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let submission = try StoreFixture.addRun("r1", to: store)
      try store.setState("r1", .running)
      let before = try store.run("r1")
      #expect(try store.addRun(StoreFixture.summary(submission, at: 9), submission: submission) == false)
      #expect(try store.run("r1") == before)
      #expect(try store.runs().count == 1)
    }
  }

  @Test("A run id belongs to one plan and one researcher", arguments: BackEnd.allCases)
  func taken(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let first = try StoreFixture.addRun("r1", to: store)
      #expect(throws: StoreError.runTaken("r1")) {
        try StoreFixture.addRun("r1", to: store, plan: "plan other")
      }
      #expect(throws: StoreError.runTaken("r1")) {
        try StoreFixture.addRun("r1", to: store, researcher: 3)
      }
      #expect(try store.submission(of: "r1") == first)
    }
  }

  @Test("Two researchers may sign one plan, and two owners one study", arguments: BackEnd.allCases)
  func sameBytes(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let first = try StoreFixture.submission("r1", researcher: 2, owner: 1)
      let second = try StoreFixture.submission("r2", researcher: 3, owner: 4)
      for submission in [first, second] {
        try store.addRun(StoreFixture.summary(submission), submission: submission)
      }
      #expect(try store.submission(of: "r1") == first)
      #expect(try store.submission(of: "r2") == second)
      #expect(try store.study(first.study.digest) == first.study)
    }
  }

  @Test(
    "A run that contradicts its order, or does not begin waiting, is refused", arguments: BackEnd.allCases)
  func contradiction(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let submission = try StoreFixture.submission("r1")
      let other = try StoreFixture.submission("r1", plan: "plan other")
      let stranger = try StoreFixture.submission("r2")
      for summary in [
        StoreFixture.summary(other), StoreFixture.summary(stranger),
        StoreFixture.summary(submission, state: .running),
      ] {
        let error = #expect(throws: StoreError.self) {
          try store.addRun(summary, submission: submission)
        }
        guard case .inconsistent = error else {
          Issue.record("expected “inconsistent”, got \(String(describing: error))")
          continue
        }
      }
      #expect(try store.runs().isEmpty)
    }
  }

  @Test("Runs are listed newest first, and taken up oldest first", arguments: BackEnd.allCases)
  func order(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      for (run, time) in [("b", 20), ("a", 10), ("d", 20), ("c", 30)] as [(String, Int64)] {
        try StoreFixture.addRun(run, to: store, at: time)
      }
      try store.end("a", .cancelled, model: nil, at: StoreFixture.time(40))
      #expect(try store.runs().map(\.run) == ["c", "d", "b", "a"])
      let open = try store.openRuns()
      #expect(open.map(\.summary.run) == ["b", "d", "c"])
      for (summary, submission) in open { #expect(summary.run == submission.offer.run) }
    }
  }

  @Test("A state changes until the run ends, and never by itself to an end", arguments: BackEnd.allCases)
  func states(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      for state in [RunState.running, .waiting, .running] {
        try store.setState("r1", state)
        #expect(try store.run("r1")?.state == state)
      }
      for state in RunState.allCases where state.isOver {
        #expect(throws: StoreError.self) { try store.setState("r1", state) }
      }
      #expect(try store.run("r1")?.state == .running)
    }
  }

  @Test("An epoch of a plan only grows, over all its runs", arguments: BackEnd.allCases)
  func epochs(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let plan = try StoreFixture.addRun("r1", to: store).offer.planDigest
      let other = try StoreFixture.addRun("r2", to: store, plan: "plan other").offer.planDigest
      try store.saveEpoch(plan, 1)
      try store.saveEpoch(plan, 4)
      for epoch in [4, 3, 0, -1] {
        #expect(throws: StoreError.epochNotGrown(plan, saved: 4, given: epoch)) {
          try store.saveEpoch(plan, epoch)
        }
      }
      try StoreFixture.addRun("r3", to: store)
      #expect(try store.epoch(of: plan) == 4)
      #expect(try store.epoch(of: other) == 0)
    }
  }
}
