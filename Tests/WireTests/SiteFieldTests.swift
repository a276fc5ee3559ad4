import Federation
import FoundationEssentials
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

@Suite("Each field of a site's message is checked")
struct SiteFieldTests {
  typealias Spoilt = SpoiltField<Konsil_V1_FromSite>

  /// The error for a sound frame after a change.
  static func error(
    _ event: SiteEvent, _ spoilt: Spoilt
  ) throws -> WireError? {
    var frame = try #require(Array(try FromSiteFramer.frames(event)).first)
    spoilt.change(&frame)
    let parsed = try Konsil_V1_FromSite(serializedBytes: try frame.serializedBytes() as [UInt8])
    return #expect(throws: WireError.self, "\(spoilt.field)") {
      var assembler = FromSiteAssembler(pendingLimit: 1 << 20)
      _ = try assembler.accept(parsed)
    }
  }

  static func check(_ event: SiteEvent, _ groups: [Spoilt]...) throws {
    for spoilt in groups.joined() {
      let error = try error(event, spoilt)
      #expect(error?.field == spoilt.field)
      #expect(error?.description.contains(sentinel) == false)
      #expect(error?.description.contains("\n") == false)
    }
  }

  let run = "0123456789abcdef0123456789abcdef"

  @Test("nothing at all, and a kind that is not known")
  func content() throws {
    // Field 99, one byte.
    let later = try Konsil_V1_FromSite(serializedBytes: [0x9A, 0x06, 0x01, 0x00] as [UInt8])
    for frame in [Konsil_V1_FromSite(), later] {
      var assembler = FromSiteAssembler(pendingLimit: 0)
      #expect(throws: WireError.self) { try assembler.accept(frame) }
    }
  }

  @Test("a field that a later version added is passed over")
  func laterField() throws {
    let event = SiteEvent.hello(version: 1, software: "agent", live: [:])
    var frame = try #require(Array(try FromSiteFramer.frames(event)).first)
    try frame.hello.merge(serializedBytes: [0x9A, 0x06, 0x01, 0x00] as [UInt8])
    var assembler = FromSiteAssembler(pendingLimit: 0)
    #expect(try assembler.accept(frame) == event)
  }

  @Test("a hello")
  func hello() throws {
    try Self.check(
      .hello(version: 1, software: "agent", live: [run: 3]),
      each(unsoundRuns, "hello.live[0].run") { $0.hello.live[0].run = $1 },
      [
        Spoilt("hello.protocol_version") { $0.hello.protocolVersion = 0 },
        Spoilt("hello.software") { $0.hello.software = "" },
        Spoilt("hello.software") { $0.hello.software = sentinel + "\u{1B}[2J" },
        Spoilt("hello.software") { $0.hello.software = String(repeating: "x", count: 257) },
        Spoilt("hello.live[0].epoch") { $0.hello.live[0].epoch = 1 << 31 },
        Spoilt("hello.live[0].epoch") { $0.hello.live[0].epoch = .max },
        Spoilt("hello.live") { $0.hello.live.append($0.hello.live[0]) },
        Spoilt("hello.live") {
          $0.hello.live = Array(repeating: $0.hello.live[0], count: 1_001)
        },
      ])
  }

  @Test("an answer to a plan")
  func planAnswer() throws {
    let readiness = SiteReadiness(highestEpoch: 0, verifiedThrough: 0)
    try Self.check(
      .message(run: run, .answer(.accepted(readiness))),
      each(unsoundRuns, "plan_answer.run") { $0.planAnswer.run = $1 },
      [
        Spoilt("plan_answer.answer") { $0.planAnswer.answer = nil },
        Spoilt("plan_answer.accepted.highest_epoch") { $0.planAnswer.accepted.clearHighestEpoch() },
        Spoilt("plan_answer.accepted.highest_epoch") {
          $0.planAnswer.accepted.highestEpoch = 1 << 31
        },
        Spoilt("plan_answer.accepted.verified_through") {
          $0.planAnswer.accepted.clearVerifiedThrough()
        },
        Spoilt("plan_answer.accepted.verified_through") {
          $0.planAnswer.accepted.verifiedThrough = 1 << 31
        },
      ])
    try Self.check(
      .message(run: run, .answer(.waiting(["a new roster"]))),
      [
        Spoilt("plan_answer.waiting.reasons[0]") {
          $0.planAnswer.waiting.reasons[0] = sentinel + "\u{9B}"
        },
        Spoilt("plan_answer.waiting.reasons[0]") {
          $0.planAnswer.waiting.reasons[0] = String(repeating: "x", count: 16_385)
        },
        Spoilt("plan_answer.waiting.reasons") {
          $0.planAnswer.waiting.reasons = Array(repeating: "", count: 1_001)
        },
      ])
    try Self.check(
      .message(run: run, .answer(.refused(Refusal(rule: "studies", detail: "")))),
      [
        Spoilt("plan_answer.refused.rule") { $0.planAnswer.refused.rule = "" },
        Spoilt("plan_answer.refused.rule") {
          $0.planAnswer.refused.rule = String(repeating: "x", count: 257)
        },
        Spoilt("plan_answer.refused.detail") { $0.planAnswer.refused.detail = sentinel + "\r" },
        Spoilt("plan_answer.refused.detail") {
          $0.planAnswer.refused.detail = String(repeating: "x", count: 16_385)
        },
      ])
  }

  @Test("a set-up key")
  func setupKey() throws {
    var numbers = SeededNumbers(seed: 1)
    try Self.check(
      .message(run: run, .setupKey(epoch: 1, try numbers.setupKey())),
      each(unsoundRuns, "setup_key.run") { $0.setupKey.run = $1 },
      each(unsoundNames, "setup_key.key.site") { $0.setupKey.key.site = $1 },
      [
        Spoilt("setup_key.epoch") { $0.setupKey.epoch = 0 },
        Spoilt("setup_key.epoch") { $0.setupKey.epoch = 1 << 31 },
        Spoilt("setup_key.key") { $0.setupKey.clearKey() },
        Spoilt("setup_key.key.public_key") { $0.setupKey.key.publicKey.removeLast() },
        Spoilt("setup_key.key.public_key") { $0.setupKey.key.publicKey.append(0) },
        Spoilt("setup_key.key.public_key") { $0.setupKey.key.publicKey = Data(sentinel.utf8) },
        Spoilt("setup_key.key.journal") { $0.setupKey.key.clearJournal() },
        Spoilt("setup_key.key.journal.count") { $0.setupKey.key.journal.clearCount() },
        Spoilt("setup_key.key.journal.count") { $0.setupKey.key.journal.count = 1 << 53 + 1 },
        Spoilt("setup_key.key.journal.head") { $0.setupKey.key.journal.head.removeLast() },
        Spoilt("setup_key.key.signature") { $0.setupKey.key.signature.append(0) },
        Spoilt("setup_key.key.signature") { $0.setupKey.key.signature = Data() },
      ])
  }

  @Test("ciphertexts")
  func ciphertexts() throws {
    var numbers = SeededNumbers(seed: 2)
    let list = SignedCiphertexts(
      site: "basel", ciphertexts: [numbers.bytes(1_120), numbers.bytes(1_120)],
      signature: try numbers.signature())
    try Self.check(
      .message(run: run, .ciphertexts(epoch: 1, list)),
      each(unsoundNames, "ciphertexts.ciphertexts.site") { $0.ciphertexts.ciphertexts.site = $1 },
      [
        Spoilt("ciphertexts.run") { $0.ciphertexts.run = "" },
        Spoilt("ciphertexts.epoch") { $0.ciphertexts.epoch = 0 },
        Spoilt("ciphertexts.ciphertexts") { $0.ciphertexts.clearCiphertexts() },
        Spoilt("ciphertexts.ciphertexts.ciphertexts[1]") {
          $0.ciphertexts.ciphertexts.ciphertexts[1].removeLast()
        },
        Spoilt("ciphertexts.ciphertexts.ciphertexts[0]") {
          $0.ciphertexts.ciphertexts.ciphertexts[0].append(0)
        },
        Spoilt("ciphertexts.ciphertexts.ciphertexts") {
          $0.ciphertexts.ciphertexts.ciphertexts = Array(repeating: Data(), count: 1_001)
        },
        Spoilt("ciphertexts.ciphertexts.signature") {
          $0.ciphertexts.ciphertexts.signature.removeLast()
        },
      ])
  }

  @Test("a contribution's header")
  func contribution() throws {
    var numbers = SeededNumbers(seed: 3)
    try Self.check(
      .message(
        run: run, .contribution(epoch: 1, step: 1, try numbers.contribution(elements: 1))),
      each(unsoundNames, "contribution_start.contribution.site") {
        $0.contributionStart.contribution.site = $1
      },
      [
        Spoilt("contribution_start.run") { $0.contributionStart.run = sentinel },
        Spoilt("contribution_start.epoch") { $0.contributionStart.epoch = 0 },
        Spoilt("contribution_start.step") { $0.contributionStart.step = 0 },
        Spoilt("contribution_start.step") { $0.contributionStart.step = 1 << 31 },
        Spoilt("contribution_start.contribution") { $0.contributionStart.clearContribution() },
        Spoilt("contribution_start.contribution.attempt") {
          $0.contributionStart.contribution.attempt.append(0)
        },
        Spoilt("contribution_start.contribution.signature") {
          $0.contributionStart.contribution.signature.removeLast()
        },
      ])
  }

  @Test("a refusal")
  func refusal() throws {
    try Self.check(
      .message(run: run, .refusal(Refusal(rule: "roster", detail: "another roster"))),
      [
        Spoilt("refusal.run") { $0.refusal.run = "" },
        Spoilt("refusal.refusal") { $0.refusal.clearRefusal() },
        Spoilt("refusal.attempt") { $0.refusal.attempt = Data() },
        Spoilt("refusal.refusal.rule") { $0.refusal.refusal.rule = "" },
      ])
  }

  @Test("a number that no message may hold does not pass, however the sender came to it")
  func negativeNumbers() throws {
    for event in [
      SiteEvent.hello(version: 1, software: "agent", live: [run: -1]),
      .message(
        run: run, .answer(.accepted(SiteReadiness(highestEpoch: -1, verifiedThrough: 0)))),
    ] {
      let frames = try Passage.bytes(event)
      #expect(throws: WireError.self) { try Passage.siteEvents(frames) }
    }
  }
}
