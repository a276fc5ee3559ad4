import Federation
import SwiftProtobuf
import Testing
import Wire

extension SwiftProtobuf.Message {
  /// As it is after it went through bytes.
  func passed() throws -> Self {
    try Self(serializedBytes: try serializedBytes() as [UInt8])
  }
}

@Suite("What a researcher's tools and the coordinator say arrives as it was")
struct ResearcherRoundTripTests {
  @Test("every message", arguments: UInt64(1)...60)
  func messages(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let submission = try numbers.submission()
    #expect(try Submission(Konsil_V1_SubmitRunRequest(submission).passed()) == submission)
    let summary = numbers.summary()
    #expect(try RunSummary(Konsil_V1_RunSummary(summary).passed()) == summary)
    let runs = numbers.list(4) { $0.summary() }
    #expect(try Konsil_V1_ListRunsResponse(runs).passed().decoded() == runs)
    let sites = numbers.list(4) { $0.status() }
    #expect(try Konsil_V1_ListSitesResponse(sites).passed().decoded() == sites)
    let detail = numbers.detail()
    #expect(try RunDetail(Konsil_V1_RunDetail(detail).passed()) == detail)
    let update = numbers.update()
    #expect(
      try Konsil_V1_WatchUpdate.messages(update).map { try RunUpdate($0.passed()) } == [update])
    let model = numbers.bytes(numbers.number(1...400))
    #expect(try Konsil_V1_GetModelResponse(model: model).passed().decoded() == model)
    let run = numbers.run()
    #expect(try Konsil_V1_GetRunRequest(run: run).passed().checkedRun() == run)
    #expect(try Konsil_V1_CancelRunRequest(run: run).passed().checkedRun() == run)
    #expect(try Konsil_V1_GetModelRequest(run: run).passed().checkedRun() == run)
    let watch = try Konsil_V1_WatchRunRequest(run: run, afterEvent: 0).passed()
    #expect(try watch.checkedRun() == run)
    #expect(try watch.checkedAfterEvent() == 0)
  }

  @Test("every state of a run", arguments: RunState.allCases)
  func states(state: RunState) throws {
    var numbers = SeededNumbers(seed: 1)
    let drawn = numbers.summary()
    let summary = RunSummary(
      run: drawn.run, study: drawn.study, plan: drawn.plan, planDigest: drawn.planDigest,
      algorithm: drawn.algorithm, researcher: drawn.researcher, sites: drawn.sites, state: state,
      steps: 0, mostSteps: 0, submitted: drawn.submitted, ended: nil, failure: nil)
    #expect(try RunSummary(Konsil_V1_RunSummary(summary).passed()) == summary)
  }

  @Test("many events come in several updates, in order and each once", arguments: [0, 1, 500, 501, 1_203])
  func pages(events: Int) throws {
    var numbers = SeededNumbers(seed: 2)
    let all = (0..<events).map { RunEvent(number: $0 + 1, at: numbers.instant(), site: nil, text: "") }
    let update = RunUpdate(summary: numbers.summary(), events: all, waits: [])
    let pages = try Konsil_V1_WatchUpdate.messages(update).map { try RunUpdate($0.passed()) }
    #expect(pages.count == max(1, (events + 499) / 500))
    #expect(pages.flatMap(\.events) == all)
    #expect(pages.allSatisfy { $0.summary == update.summary })
  }

  @Test("a list that is too long keeps the newest runs and the last steps")
  func longLists() throws {
    var numbers = SeededNumbers(seed: 3)
    let runs = Array(repeating: numbers.summary(), count: 1_001) + [numbers.summary()]
    #expect(try Konsil_V1_ListRunsResponse(runs).decoded() == Array(runs.prefix(1_000)))
    let steps = (1...1_003).map {
      StepLine(step: $0, query: "newton", elements: 1, isVoid: false, at: Instant(milliseconds: 0))
    }
    let detail = RunDetail(summary: numbers.summary(), steps: steps, waits: [])
    #expect(try RunDetail(Konsil_V1_RunDetail(detail)).steps == Array(steps.suffix(1_000)))
  }

  @Test("damaged bytes give an error or a sound value", arguments: UInt64(1)...10)
  func mutations(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let submission: [UInt8] = try Konsil_V1_SubmitRunRequest(numbers.submission()).serializedBytes()
    let detail: [UInt8] = try Konsil_V1_RunDetail(numbers.detail()).serializedBytes()
    let updates = Konsil_V1_WatchUpdate.messages(numbers.update())
    let update: [UInt8] = try #require(updates.first).serializedBytes()
    for _ in 0..<250 {
      let damagedSubmission = numbers.mutated(submission, other: detail)
      if let message = try? Konsil_V1_SubmitRunRequest(serializedBytes: damagedSubmission),
        let value = try? Submission(message)
      {
        #expect(try Submission(Konsil_V1_SubmitRunRequest(value).passed()) == value, "seed \(seed)")
      }
      let damagedDetail = numbers.mutated(detail, other: update)
      if let message = try? Konsil_V1_RunDetail(serializedBytes: damagedDetail),
        let value = try? RunDetail(message)
      {
        #expect(try RunDetail(Konsil_V1_RunDetail(value).passed()) == value, "seed \(seed)")
      }
      let damagedUpdate = numbers.mutated(update, other: detail)
      if let message = try? Konsil_V1_WatchUpdate(serializedBytes: damagedUpdate),
        let value = try? RunUpdate(message)
      {
        #expect(
          try Konsil_V1_WatchUpdate.messages(value).map { try RunUpdate($0.passed()) } == [value],
          "seed \(seed)")
      }
    }
  }
}
