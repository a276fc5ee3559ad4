import Federation
import Queries
import SecureAggregation

/// Puts the messages of the coordinator together again at a site: a value that takes one message and gives at most one
/// event. After an error it takes nothing more, and the stream is to be closed.
package struct ToSiteAssembler: Sendable {
  private let pendingLimit: Int
  private var pending: IncomingContributions?
  private var isBroken = false

  /// - Parameter pendingLimit: most bytes of vectors and dealings to hold for an event that is not complete.
  package init(pendingLimit: Int) { self.pendingLimit = pendingLimit }

  /// - Returns: nil while vectors are arriving.
  /// - Throws: `WireError` when the message is malformed, has no place here or announces too much.
  package mutating func accept(_ frame: Konsil_V1_ToSite) throws(WireError) -> CoordinatorEvent? {
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
  /// - Throws: `WireError` when it ended inside a vector or a list of vectors.
  package func finish() throws(WireError) {
    if let pending { throw pending.unfinished }
  }

  private mutating func begin(_ frame: Konsil_V1_ToSite) throws(WireError) -> CoordinatorEvent? {
    switch frame.content {
    case .welcome(let welcome):
      return try within("welcome") { () throws(WireError) in try welcome.decoded() }
    case .offer(let offer):
      return .offer(try within("offer") { () throws(WireError) in try RunOffer(offer) })
    case .openEpoch(let open):
      return try within("open_epoch") { () throws(WireError) in try open.decoded() }
    case .setupKeys(let setup):
      return try within("setup_keys") { () throws(WireError) in try setup.decoded() }
    case .deliveries(let setup):
      return try within("deliveries") { () throws(WireError) in try setup.decoded() }
    case .earlier(let earlier):
      return try within("earlier") { () throws(WireError) in try earlier.decoded() }
    case .step(let request):
      return try within("step") { () throws(WireError) in
        .message(run: try Field.run(request.run), .step(try StepRequest(request)))
      }
    case .shares(let shares):
      return try within("shares") { () throws(WireError) in try shares.decoded() }
    case .ended(let end):
      return try within("ended") { () throws(WireError) in
        .message(run: try Field.run(end.run), .ended(try RunOutcome(end)))
      }
    case .contributionsStart(let start):
      pending = try within("contributions_start") { () throws(WireError) in
        try IncomingContributions(start, room: pendingLimit)
      }
      return completed()
    case .contribution:
      throw WireError(field: "contribution", what: "no list of contributions has begun")
    case .chunk: throw .strayChunk
    case nil: throw .unknownContent
    }
  }

  private mutating func proceed(_ frame: Konsil_V1_ToSite) throws(WireError) -> CoordinatorEvent? {
    switch frame.content {
    case .contribution(let header): try pending?.begin(header)
    case .chunk(let chunk): try pending?.append(chunk)
    default: try finish()
    }
    return completed()
  }

  private mutating func completed() -> CoordinatorEvent? {
    guard let whole = pending, whole.isComplete else { return nil }
    pending = nil
    return whole.event
  }
}

extension Konsil_V1_OpenEpoch {
  fileprivate func decoded() throws(WireError) -> CoordinatorEvent {
    .message(
      run: try Field.run(run),
      .openEpoch(
        try Field.number(epoch, in: Field.ordinal, "epoch"),
        sites: try Field.list(sites, "sites") { site throws(WireError) in try Field.name(site, "") }))
  }
}

extension Konsil_V1_SetupKeys {
  fileprivate func decoded() throws(WireError) -> CoordinatorEvent {
    .message(
      run: try Field.run(run),
      .setupKeys(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        try Field.list(keys, "keys") { key throws(WireError) in try SignedSetupKey(key) }))
  }
}

extension Konsil_V1_EarlierStep {
  fileprivate func decoded() throws(WireError) -> CoordinatorEvent {
    .message(
      run: try Field.run(run),
      .earlier(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        step: try Field.number(step, in: Field.ordinal, "step"),
        try Field.message(hasQuery ? query : nil, "query") { query throws(WireError) in
          try Query(query)
        }))
  }
}

extension Konsil_V1_CiphertextDeliveries {
  fileprivate func decoded() throws(WireError) -> CoordinatorEvent {
    .message(
      run: try Field.run(run),
      .ciphertexts(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        try Field.list(deliveries, "deliveries") { delivery throws(WireError) in
          try CiphertextDelivery(delivery)
        }))
  }
}
