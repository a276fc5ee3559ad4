import Federation
import KonsilTesting
import SecureAggregation
import Store
import Testing

/// Everything that a store tells.
private struct Everything: Equatable {
  let runs: [RunSummary]
  let open: [RunSummary]
  let submissions: [Submission?]
  let histories: [[StepRecord]]
  let models: [PlanModel?]
  let steps: [[StepLine]]
  let events: [[RunEvent]]
  let epochs: [Int]
  let sites: [SiteStatus]

  init(_ store: any RunStore, runs ids: [String], plans: [String]) throws {
    runs = try store.runs()
    let taken = try store.openRuns()
    open = taken.map(\.summary)
    submissions = try ids.map { try store.submission(of: $0) } + taken.map(\.submission)
    histories = try ids.map { try store.history(of: $0) }
    models = try ids.map { try store.model(of: $0) }
    steps = try ids.map { try store.steps(of: $0) }
    events = try ids.map { try store.events(of: $0, after: 0) }
    epochs = try plans.map { try store.epoch(of: Digest(of: Array($0.utf8))) }
    sites = try store.sites()
  }
}

@Suite("The back ends agree")
struct TwinTests {
  static let runs = ["r0", "r1", "r2", "r3"]
  static let plans = ["plan a", "plan b"]

  /// What one operation said: its result, or why it was refused.
  private func said(_ operation: () throws -> String) throws -> String {
    do {
      return try operation()
    } catch let error as StoreError {
      return error.description
    }
  }

  private func operate(
    on stores: [any RunStore], _ numbers: inout SeededNumbers, at time: Instant
  ) throws -> [String] {
    let run = Self.runs[numbers.below(Self.runs.count)]
    let plan = Self.plans[numbers.below(Self.plans.count)]
    let small = numbers.below(4)
    let kind = numbers.below(10)
    let researcher: UInt8 = numbers.chance(0.1) ? 3 : 2
    let owner: UInt8 = numbers.chance(0.2) ? 4 : 1
    func submission() throws -> Submission {
      try StoreFixture.submission(run, plan: plan, researcher: researcher, owner: owner)
    }
    return try stores.map { store in
      try said {
        switch kind {
        case 0:
          let submission = try submission()
          let summary = StoreFixture.summary(submission, at: Int64(small))
          return try "\(store.addRun(summary, submission: submission))"
        case 1:
          try store.setState(run, RunState.allCases[small])
        case 2:
          try store.saveEpoch(Digest(of: Array(plan.utf8)), small)
        case 3:
          let outcome = [
            RunOutcome.finished, .cancelled,
            .failed(RunFailure(code: "c", message: "m", advice: "a")), .finished,
          ][small]
          try store.end(run, outcome, model: small == 0 ? try StoreFixture.model() : nil, at: time)
        case 4:
          return try "\(store.addEvent(run, at: time, site: small == 0 ? nil : "basel", text: plan))"
        case 5:
          try store.recordSite(
            SiteStatus(
              site: run, isConnected: small > 1, since: time, certificateExpires: small == 0 ? nil : time))
        case 6 where small == 0:
          try store.markAllSitesAway(at: time)
        case 6 where small == 1:
          try store.addStudy(submission().study, name: "ibd", at: time)
        default:
          let step = try (store.run(run)?.steps ?? 0) + [1, 1, 0, -1][small]
          let record = try StoreFixture.record(
            step, parameters: [Double(time.milliseconds)], sum: small == 1 ? nil : [3, 4])
          try store.saveSteps(run, [record], at: time)
        }
        return "done"
      }
    }
  }

  @Test("A random life leaves the same in both, also when the file is opened anew", arguments: 1...6)
  func agree(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var numbers = SeededNumbers(seed: seed)
    let memory = InMemoryRunStore()
    var sqlite = try SQLiteRunStore(path: folder.database)
    for operation in 1...120 {
      if numbers.chance(0.05) {
        sqlite.close()
        sqlite = try SQLiteRunStore(path: folder.database)
      }
      let said = try operate(
        on: [memory, sqlite], &numbers, at: StoreFixture.time(Int64(operation)))
      try #require(said[0] == said[1], "seed \(seed), operation \(operation)")
      try #require(
        try Everything(memory, runs: Self.runs, plans: Self.plans)
          == Everything(sqlite, runs: Self.runs, plans: Self.plans),
        "seed \(seed), operation \(operation): \(said[0])")
    }
    #expect(memory.runs().contains { $0.steps > 0 }, "seed \(seed) saved no step")
  }
}
