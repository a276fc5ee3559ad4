import Federation
import FoundationEssentials
import Queries
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

@Suite("Each field of a coordinator's message is checked")
struct CoordinatorFieldTests {
  typealias Spoilt = SpoiltField<Konsil_V1_ToSite>

  static func check(_ event: CoordinatorEvent, _ groups: [Spoilt]...) throws {
    for spoilt in groups.joined() {
      var frame = try #require(Array(try ToSiteFramer.frames(event)).first)
      spoilt.change(&frame)
      let parsed = try Konsil_V1_ToSite(serializedBytes: try frame.serializedBytes() as [UInt8])
      let error = #expect(throws: WireError.self, "\(spoilt.field)") {
        var assembler = ToSiteAssembler(pendingLimit: 1 << 20)
        _ = try assembler.accept(parsed)
      }
      #expect(error?.field == spoilt.field)
      #expect(error?.description.contains(sentinel) == false)
    }
  }

  let run = "0123456789abcdef0123456789abcdef"

  @Test("a welcome")
  func welcome() throws {
    try Self.check(
      .welcome(version: 1, time: Instant(milliseconds: 1)),
      [
        Spoilt("content") { $0.content = nil },
        Spoilt("welcome.protocol_version") { $0.welcome.protocolVersion = 0 },
        Spoilt("welcome.time_ms") { $0.welcome.clearTimeMs() },
        Spoilt("welcome.time_ms") { $0.welcome.timeMs = 253_402_300_800_000 },
        Spoilt("welcome.time_ms") { $0.welcome.timeMs = .max },
      ])
  }

  @Test("an offer")
  func offer() throws {
    var numbers = SeededNumbers(seed: 1)
    try Self.check(
      .offer(try numbers.offer()),
      each(unsoundRuns, "offer.run") { $0.offer.run = $1 },
      [
        Spoilt("offer.plan") { $0.offer.plan = Data() },
        Spoilt("offer.plan") { $0.offer.plan = Data(count: 1 << 20 + 1) },
        Spoilt("offer.researcher") { $0.offer.researcher.removeLast() },
        Spoilt("offer.researcher") { $0.offer.researcher.append(0) },
        Spoilt("offer.plan_signature") { $0.offer.planSignature.removeLast() },
        Spoilt("offer.run_signature") { $0.offer.runSignature.append(0) },
      ])
  }

  @Test("a set-up")
  func setup() throws {
    var numbers = SeededNumbers(seed: 2)
    try Self.check(
      .message(run: run, .openEpoch(1)),
      [
        Spoilt("open_epoch.run") { $0.openEpoch.run = sentinel },
        Spoilt("open_epoch.epoch") { $0.openEpoch.epoch = 0 },
        Spoilt("open_epoch.epoch") { $0.openEpoch.epoch = 1 << 31 },
      ])
    try Self.check(
      .message(run: run, .setupKeys(epoch: 1, [try numbers.setupKey(), try numbers.setupKey()])),
      [
        Spoilt("setup_keys.run") { $0.setupKeys.run = sentinel },
        Spoilt("setup_keys.epoch") { $0.setupKeys.epoch = 0 },
        Spoilt("setup_keys.keys[1].site") { $0.setupKeys.keys[1].site = sentinel },
        Spoilt("setup_keys.keys[1].journal.head") { $0.setupKeys.keys[1].journal.head.append(0) },
        Spoilt("setup_keys.keys") {
          $0.setupKeys.keys = Array(repeating: Konsil_V1_SignedSetupKey(), count: WireLimits.parameters + 1)
        },
      ])
    let delivery = CiphertextDelivery(
      site: "basel", digests: [numbers.digest(), numbers.digest()], ciphertext: numbers.bytes(1_120),
      signature: try numbers.signature())
    try Self.check(
      .message(run: run, .ciphertexts(epoch: 1, [delivery])),
      [
        Spoilt("deliveries.run") { $0.deliveries.run = sentinel },
        Spoilt("deliveries.epoch") { $0.deliveries.epoch = 0 },
        Spoilt("deliveries.deliveries") {
          $0.deliveries.deliveries = Array(
            repeating: Konsil_V1_CiphertextDelivery(), count: WireLimits.parameters + 1)
        },
        Spoilt("deliveries.deliveries[0].site") { $0.deliveries.deliveries[0].site = sentinel },
        Spoilt("deliveries.deliveries[0].digests[1]") {
          $0.deliveries.deliveries[0].digests[1].append(0)
        },
        Spoilt("deliveries.deliveries[0].digests") {
          $0.deliveries.deliveries[0].digests = Array(
            repeating: Data(count: 32), count: WireLimits.parameters + 1)
        },
        Spoilt("deliveries.deliveries[0].ciphertext") {
          $0.deliveries.deliveries[0].ciphertext.removeLast()
        },
        Spoilt("deliveries.deliveries[0].signature") {
          $0.deliveries.deliveries[0].signature.removeLast()
        },
      ])
  }

  @Test("a step")
  func step() throws {
    let query = Query(
      name: "newton", parameters: [0.5],
      segments: [
        .counts("rows", length: 1, bound: 240),
        try .reals("gradient", length: 3, bound: 480.5, sites: 3),
      ], isVerified: false)
    try Self.check(
      .message(
        run: run,
        .step(StepRequest(epoch: 1, step: 1, attempt: 0, sites: ["a", "b", "c"], query: query))),
      each(unsoundNames, "step.sites[1]") { $0.step.sites[1] = $1 },
      each(unsoundNames, "step.query.name") { $0.step.query.name = $1 },
      each(unsoundNames, "step.query.segments[0].name") { $0.step.query.segments[0].name = $1 },
      [
        Spoilt("step.run") { $0.step.run = sentinel },
        Spoilt("step.epoch") { $0.step.epoch = 0 },
        Spoilt("step.step") { $0.step.step = 0 },
        Spoilt("step.attempt") { $0.step.clearAttempt() },
        Spoilt("step.attempt") { $0.step.attempt = 1 << 31 },
        Spoilt("step.sites") { $0.step.sites = [] },
        Spoilt("step.sites") { $0.step.sites = Array(repeating: "a", count: WireLimits.parameters + 1) },
        Spoilt("step.query") { $0.step.clearQuery() },
        Spoilt("step.query.parameters[0]") { $0.step.query.parameters[0] = .nan },
        Spoilt("step.query.parameters[1]") { $0.step.query.parameters.append(-.infinity) },
        Spoilt("step.query.parameters") {
          $0.step.query.parameters = Array(repeating: 0, count: WireLimits.parameters + 1)
        },
        Spoilt("step.query.is_verified") { $0.step.query.clearIsVerified() },
        Spoilt("step.query.segments") {
          $0.step.query.segments = Array(
            repeating: $0.step.query.segments[0], count: WireLimits.parameters + 1)
        },
        Spoilt("step.query.segments") { $0.step.query.segments[0].length = 1 << 27 - 4 },
        Spoilt("step.query.segments[0].length") { $0.step.query.segments[0].clearLength() },
        Spoilt("step.query.segments[0].length") {
          $0.step.query.segments[0].length = 1 << 27 + 1
        },
        Spoilt("step.query.segments[0].bound") { $0.step.query.segments[0].clearBound() },
        Spoilt("step.query.segments[0].bound") { $0.step.query.segments[0].bound = -1 },
        Spoilt("step.query.segments[0].bound") { $0.step.query.segments[0].bound = .nan },
        Spoilt("step.query.segments[1].bound") { $0.step.query.segments[1].bound = .infinity },
        Spoilt("step.query.segments[1].fraction_bits") {
          $0.step.query.segments[1].clearFractionBits()
        },
        Spoilt("step.query.segments[1].fraction_bits") {
          $0.step.query.segments[1].fractionBits = 1_101
        },
        Spoilt("step.query.segments[0].fraction_bits") {
          $0.step.query.segments[0].fractionBits = .min
        },
        Spoilt("step.query.segments[0].width") { $0.step.query.segments[0].width = 0 },
        Spoilt("step.query.segments[0].width") { $0.step.query.segments[0].width = 12 },
      ])
  }

  @Test("an earlier step")
  func earlier() throws {
    let query = Query(
      name: "tree-histograms", parameters: [0.5],
      segments: [.words("words", length: 1, width: .full)],
      isVerified: false)
    try Self.check(
      .message(run: run, .earlier(epoch: 1, step: 1, query)),
      [
        Spoilt("earlier.run") { $0.earlier.run = sentinel },
        Spoilt("earlier.epoch") { $0.earlier.epoch = 0 },
        Spoilt("earlier.step") { $0.earlier.step = 1 << 31 },
        Spoilt("earlier.query") { $0.earlier.clearQuery() },
        Spoilt("earlier.query.parameters[0]") { $0.earlier.query.parameters[0] = .nan },
      ])
  }

  @Test("a list of contributions, and the end of a run")
  func contributionsAndEnd() throws {
    try Self.check(
      .message(run: run, .contributions(epoch: 1, step: 1, [])),
      [
        Spoilt("contributions_start.run") { $0.contributionsStart.run = sentinel },
        Spoilt("contributions_start.epoch") { $0.contributionsStart.epoch = 0 },
        Spoilt("contributions_start.step") { $0.contributionsStart.step = 0 },
      ])
    let failure = RunFailure(code: "aliased", message: "", advice: "")
    try Self.check(
      .message(run: run, .ended(.failed(failure))),
      [
        Spoilt("ended.run") { $0.ended.run = sentinel },
        Spoilt("ended.outcome") { $0.ended.outcome = nil },
        Spoilt("ended.failed.code") { $0.ended.failed.code = "" },
        Spoilt("ended.failed.message") { $0.ended.failed.message = sentinel + "\u{7F}" },
        Spoilt("ended.failed.advice") {
          $0.ended.failed.advice = String(repeating: "x", count: 16_385)
        },
      ])
  }

  @Test("a message that is too large for the stream is not sent")
  func tooLarge() throws {
    var numbers = SeededNumbers(seed: 4)
    let key = try numbers.setupKey()
    let sent = try Passage.bytes(
      .message(run: run, .setupKeys(epoch: 1, Array(repeating: key, count: 700))))
    #expect(sent.allSatisfy { $0.count <= 1 << 20 + 64 << 10 })
    let error = #expect(throws: WireError.self) {
      try ToSiteFramer.frames(
        .message(run: run, .setupKeys(epoch: 1, Array(repeating: key, count: 1_000))))
    }
    #expect(error?.what.contains("1114112") == true)
    let offer = RunOffer(
      run: run, plan: Array(repeating: 0x20, count: 1 << 20), researcher: try numbers.key(),
      planSignature: try numbers.signature(), runSignature: try numbers.signature())
    #expect(try Passage.coordinatorEvents(Passage.bytes(.offer(offer))) == [.offer(offer)])
  }
}
