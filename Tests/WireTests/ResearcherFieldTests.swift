import Federation
import FoundationEssentials
import Testing
import Wire

@Suite("Each field of a researcher's message and of its answer is checked")
struct ResearcherFieldTests {
  static func check<Message>(
    _ sound: Message, _ decode: (Message) throws -> Void, _ groups: [SpoiltField<Message>]...
  ) throws {
    try decode(sound)
    for spoilt in groups.joined() {
      var message = sound
      spoilt.change(&message)
      let error = #expect(throws: WireError.self, "\(spoilt.field)") { try decode(message) }
      #expect(error?.field == spoilt.field)
      #expect(error?.description.contains(sentinel) == false)
    }
  }

  @Test("a submission")
  func submission() throws {
    var numbers = SeededNumbers(seed: 1)
    try Self.check(
      Konsil_V1_SubmitRunRequest(try numbers.submission()), { _ = try Submission($0) },
      each(unsoundRuns, "run") { $0.run = $1 },
      [
        SpoiltField("study") { $0.study = Data() },
        SpoiltField("study") { $0.study = Data(count: 1 << 20 + 1) },
        SpoiltField("owner") { $0.owner.removeLast() },
        SpoiltField("study_signature") { $0.studySignature.append(0) },
        SpoiltField("plan") { $0.plan = Data() },
        SpoiltField("plan") { $0.plan = Data(count: 1 << 20 + 1) },
        SpoiltField("researcher") { $0.researcher = Data(sentinel.utf8) },
        SpoiltField("plan_signature") { $0.planSignature.removeLast() },
        SpoiltField("run_signature") { $0.runSignature = Data() },
      ])
  }

  @Test("requests about a run")
  func requests() throws {
    for run in unsoundRuns {
      #expect(throws: WireError.self) { try Konsil_V1_GetRunRequest(run: run).checkedRun() }
      #expect(throws: WireError.self) { try Konsil_V1_CancelRunRequest(run: run).checkedRun() }
      #expect(throws: WireError.self) { try Konsil_V1_GetModelRequest(run: run).checkedRun() }
      #expect(throws: WireError.self) { try Konsil_V1_WatchRunRequest(run: run).checkedRun() }
    }
    let run = "0123456789abcdef0123456789abcdef"
    for request in [
      Konsil_V1_WatchRunRequest(run: run), Konsil_V1_WatchRunRequest(run: run, afterEvent: -1),
      Konsil_V1_WatchRunRequest(run: run, afterEvent: 1 << 31),
    ] {
      let error = #expect(throws: WireError.self) { try request.checkedAfterEvent() }
      #expect(error?.field == "after_event")
    }
  }

  @Test("a summary")
  func summary() throws {
    var numbers = SeededNumbers(seed: 2)
    var sound = Konsil_V1_RunSummary(numbers.summary())
    sound.sites = ["basel", "freiburg"]
    sound.endedMs = 0
    sound.failure.code = "aliased"
    try Self.check(
      sound, { _ = try RunSummary($0) },
      each(unsoundRuns, "run") { $0.run = $1 }, each(unsoundNames, "plan") { $0.plan = $1 },
      each(unsoundNames, "study") { $0.study = $1 }, each(unsoundNames, "algorithm") { $0.algorithm = $1 },
      each(unsoundNames, "researcher") { $0.researcher = $1 },
      each(unsoundNames, "sites[1]") { $0.sites[1] = $1 },
      [
        SpoiltField("plan") { $0.plan = "with_underscore" },
        SpoiltField("plan_digest") { $0.planDigest.removeLast() },
        SpoiltField("sites") { $0.sites = Array(repeating: "basel", count: 1_001) },
        SpoiltField("state") { $0.state = .unspecified },
        SpoiltField("state") { $0.state = .UNRECOGNIZED(6) },
        SpoiltField("steps") { $0.clearSteps() },
        SpoiltField("steps") { $0.steps = 1 << 31 },
        SpoiltField("most_steps") { $0.clearMostSteps() },
        SpoiltField("most_steps") { $0.mostSteps = .max },
        SpoiltField("submitted_ms") { $0.clearSubmittedMs() },
        SpoiltField("submitted_ms") { $0.submittedMs = .max },
        SpoiltField("ended_ms") { $0.endedMs = 253_402_300_800_000 },
        SpoiltField("failure.code") { $0.failure.code = "" },
      ])
  }

  @Test("steps and waits of a run")
  func detail() throws {
    var numbers = SeededNumbers(seed: 3)
    let detail = RunDetail(
      summary: numbers.summary(), steps: [numbers.stepLine()], waits: [numbers.wait()])
    try Self.check(
      Konsil_V1_RunDetail(detail), { _ = try RunDetail($0) },
      [
        SpoiltField("summary") { $0.clearSummary() },
        SpoiltField("summary.run") { $0.summary.run = sentinel },
        SpoiltField("steps") {
          $0.steps = Array(repeating: $0.steps[0], count: 1_001)
        },
        SpoiltField("steps[0].step") { $0.steps[0].step = 0 },
        SpoiltField("steps[0].query") { $0.steps[0].query = sentinel },
        SpoiltField("steps[0].elements") { $0.steps[0].clearElements() },
        SpoiltField("steps[0].elements") { $0.steps[0].elements = 1 << 27 + 1 },
        SpoiltField("steps[0].is_void") { $0.steps[0].clearIsVoid() },
        SpoiltField("steps[0].at_ms") { $0.steps[0].clearAtMs() },
        SpoiltField("waits") { $0.waits = Array(repeating: $0.waits[0], count: 1_001) },
        SpoiltField("waits[0].site") { $0.waits[0].site = sentinel },
        SpoiltField("waits[0].reason") { $0.waits[0].reason = sentinel + "\u{1B}" },
        SpoiltField("waits[0].since_ms") { $0.waits[0].clearSinceMs() },
      ])
  }

  @Test("events of a run")
  func update() throws {
    var numbers = SeededNumbers(seed: 4)
    let event = RunEvent(number: 1, at: Instant(milliseconds: 0), site: "basel", text: "left")
    let update = RunUpdate(summary: numbers.summary(), events: [event], waits: [])
    try Self.check(
      try #require(Konsil_V1_WatchUpdate.messages(update).first), { _ = try RunUpdate($0) },
      [
        SpoiltField("summary") { $0.clearSummary() },
        SpoiltField("events") { $0.events = Array(repeating: $0.events[0], count: 501) },
        SpoiltField("events[0].number") { $0.events[0].number = 0 },
        SpoiltField("events[0].at_ms") { $0.events[0].clearAtMs() },
        SpoiltField("events[0].site") { $0.events[0].site = "" },
        SpoiltField("events[0].text") { $0.events[0].text = sentinel + "\u{0}" },
        SpoiltField("waits[0].site") { $0.waits = [Konsil_V1_RunWait()] },
      ])
  }

  @Test("sites, runs and models")
  func lists() throws {
    var numbers = SeededNumbers(seed: 5)
    try Self.check(
      Konsil_V1_ListSitesResponse([numbers.status()]), { _ = try $0.decoded() },
      [
        SpoiltField("sites") { $0.sites = Array(repeating: $0.sites[0], count: 1_001) },
        SpoiltField("sites[0].site") { $0.sites[0].site = sentinel },
        SpoiltField("sites[0].is_connected") { $0.sites[0].clearIsConnected() },
        SpoiltField("sites[0].since_ms") { $0.sites[0].clearSinceMs() },
        SpoiltField("sites[0].certificate_expires_ms") { $0.sites[0].certificateExpiresMs = .max },
      ])
    try Self.check(
      Konsil_V1_ListRunsResponse([numbers.summary()]), { _ = try $0.decoded() },
      [
        SpoiltField("runs") { $0.runs = Array(repeating: $0.runs[0], count: 1_001) },
        SpoiltField("runs[0].run") { $0.runs[0].run = sentinel },
      ])
    try Self.check(
      Konsil_V1_GetModelResponse(model: [0x7B, 0x7D]), { _ = try $0.decoded() },
      [
        SpoiltField("model") { $0.model = Data() },
        SpoiltField("model") { $0.model = Data(count: 64 << 20 + 1) },
      ])
  }
}
