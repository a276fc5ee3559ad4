import Federation
import SecureAggregation

/// Puts the messages of an agent's stream together again: a value that takes one message and gives at most one event.
/// After an error it takes nothing more, and the stream is to be closed.
package struct FromSiteAssembler: Sendable {
  private struct Pending: Sendable {
    let run: String
    let epoch: Int
    let step: Int
    var vector: IncomingVector
  }

  private let pendingLimit: Int
  private var pending: Pending?
  private var isBroken = false

  /// - Parameter pendingLimit: most bytes of vector and dealing to hold for an event that is not complete.
  package init(pendingLimit: Int) { self.pendingLimit = pendingLimit }

  /// - Returns: nil while a vector is arriving.
  /// - Throws: `WireError` when the message is malformed, has no place here or announces too much.
  package mutating func accept(_ frame: Konsil_V1_FromSite) throws(WireError) -> SiteEvent? {
    guard !isBroken else { throw .afterError }
    do throws(WireError) {
      return try pending == nil ? begin(frame) : proceed(frame)
    } catch {
      isBroken = true
      pending = nil
      throw error
    }
  }

  /// The stream has ended.
  ///
  /// - Throws: `WireError` when it ended inside a vector.
  package func finish() throws(WireError) {
    if let pending { throw .unfinished(pending.vector) }
  }

  private mutating func begin(_ frame: Konsil_V1_FromSite) throws(WireError) -> SiteEvent? {
    switch frame.content {
    case .hello(let hello):
      return try within("hello") { () throws(WireError) in try hello.decoded() }
    case .planAnswer(let answer):
      return try within("plan_answer") { () throws(WireError) in
        .message(run: try Field.run(answer.run), .answer(try PlanAnswer(answer)))
      }
    case .setupKey(let setup):
      return try within("setup_key") { () throws(WireError) in try setup.decoded() }
    case .ciphertexts(let setup):
      return try within("ciphertexts") { () throws(WireError) in try setup.decoded() }
    case .refusal(let notice):
      return try within("refusal") { () throws(WireError) in try notice.decoded() }
    case .contributionStart(let start):
      pending = try within("contribution_start") { () throws(WireError) in
        Pending(
          run: try Field.run(start.run),
          epoch: try Field.number(start.epoch, in: Field.ordinal, "epoch"),
          step: try Field.number(start.step, in: Field.ordinal, "step"),
          vector: try Field.message(
            start.hasContribution ? start.contribution : nil, "contribution"
          ) { header throws(WireError) in try IncomingVector(header, room: pendingLimit) })
      }
      return completed()
    case .opening(let opening):
      return try within("opening") { () throws(WireError) in try opening.decoded() }
    case .complaint(let complaint):
      return try within("complaint") { () throws(WireError) in try complaint.decoded() }
    case .chunk: throw .strayChunk
    case nil: throw .unknownContent
    }
  }

  private mutating func proceed(_ frame: Konsil_V1_FromSite) throws(WireError) -> SiteEvent? {
    guard case .chunk(let chunk) = frame.content else {
      try finish()
      return nil
    }
    try within("chunk") { () throws(WireError) in try pending?.vector.append(chunk) }
    return completed()
  }

  private mutating func completed() -> SiteEvent? {
    guard let whole = pending, whole.vector.isComplete else { return nil }
    pending = nil
    return .message(
      run: whole.run,
      .contribution(epoch: whole.epoch, step: whole.step, whole.vector.contribution()))
  }
}

extension Konsil_V1_SetupKey {
  fileprivate func decoded() throws(WireError) -> SiteEvent {
    .message(
      run: try Field.run(run),
      .setupKey(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        try Field.message(hasKey ? key : nil, "key") { key throws(WireError) in
          try SignedSetupKey(key)
        }))
  }
}

extension Konsil_V1_Ciphertexts {
  fileprivate func decoded() throws(WireError) -> SiteEvent {
    .message(
      run: try Field.run(run),
      .ciphertexts(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        try Field.message(hasCiphertexts ? ciphertexts : nil, "ciphertexts") {
          list throws(WireError) in try SignedCiphertexts(list)
        }))
  }
}

extension Konsil_V1_RefusalNotice {
  fileprivate func decoded() throws(WireError) -> SiteEvent {
    let refused = hasAttempt ? try Field.digest(attempt, "attempt") : nil
    return .message(
      run: try Field.run(run),
      .refusal(
        try Field.message(hasRefusal ? refusal : nil, "refusal") { refusal throws(WireError) in
          try Refusal(refusal, attempt: refused)
        }))
  }
}
