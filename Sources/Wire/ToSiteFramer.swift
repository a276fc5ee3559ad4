import Federation
import FoundationEssentials
import SecureAggregation

/// Turns what the coordinator says to a site into messages of the site's stream.
package enum ToSiteFramer {
  /// - Parameter vectorInHeader: bytes of a vector that goes without chunks.
  /// - Throws: `WireError` when a message would be larger than `WireLimits.streamMessage`.
  package static func frames(
    _ event: CoordinatorEvent, vectorInHeader: Int = WireLimits.vectorInHeader
  ) throws(WireError) -> Frames<Konsil_V1_ToSite> {
    var frame = Konsil_V1_ToSite()
    var pieces: [Frames<Konsil_V1_ToSite>.Piece] = []
    switch event {
    case .welcome(let version, let time):
      frame.welcome = Konsil_V1_Welcome(version: version, time: time)
    case .offer(let offer):
      frame.offer = Konsil_V1_RunOffer(offer)
    case .message(let run, .openEpoch(let epoch, let sites)):
      frame.openEpoch.run = run
      frame.openEpoch.sites = sites
      frame.openEpoch.epoch = UInt64(bitPattern: Int64(epoch))
    case .message(let run, .setupKeys(let epoch, let keys)):
      frame.setupKeys.run = run
      frame.setupKeys.epoch = UInt64(bitPattern: Int64(epoch))
      frame.setupKeys.keys = keys.map { Konsil_V1_SignedSetupKey($0) }
    case .message(let run, .ciphertexts(let epoch, let deliveries)):
      frame.deliveries.run = run
      frame.deliveries.epoch = UInt64(bitPattern: Int64(epoch))
      frame.deliveries.deliveries = deliveries.map { Konsil_V1_CiphertextDelivery($0) }
    case .message(let run, .earlier(let epoch, let step, let query)):
      frame.earlier.run = run
      frame.earlier.epoch = UInt64(bitPattern: Int64(epoch))
      frame.earlier.step = UInt64(bitPattern: Int64(step))
      frame.earlier.query = Konsil_V1_Query(query)
    case .message(let run, .step(let request)):
      frame.step = Konsil_V1_StepRequest(run: run, request)
    case .message(let run, .shares(let epoch, let step, let attempt, let deliveries)):
      frame.shares = Konsil_V1_ShareDeliveries(
        run: run, epoch: epoch, step: step, attempt: attempt, deliveries)
    case .message(let run, .contributions(let epoch, let step, let contributions, let secrets)):
      frame.contributionsStart.run = run
      frame.contributionsStart.epoch = UInt64(bitPattern: Int64(epoch))
      frame.contributionsStart.step = UInt64(bitPattern: Int64(step))
      frame.contributionsStart.count = UInt64(contributions.count)
      frame.contributionsStart.secrets = secrets.map { Data($0) }
      pieces = contributions.flatMap { Self.pieces(of: $0, vectorInHeader) }
    case .message(let run, .ended(let outcome)):
      frame.ended = Konsil_V1_RunEnded(run: run, outcome)
    }
    try checkSize(of: frame)
    return Frames([.message(frame)] + pieces) { chunk in
      var frame = Konsil_V1_ToSite()
      frame.chunk = chunk
      return frame
    }
  }

  private static func pieces(
    of contribution: SignedContribution, _ vectorInHeader: Int
  ) -> [Frames<Konsil_V1_ToSite>.Piece] {
    var frame = Konsil_V1_ToSite()
    frame.contribution = Konsil_V1_ContributionHeader(contribution, vectorBytes: vectorInHeader)
    guard frame.contribution.chunks.isEmpty else { return [.message(frame)] }
    return [.message(frame), .vector(contribution.vector, contribution.layout)]
  }
}
