import Federation
import FoundationEssentials
import SecureAggregation

/// Turns what an agent says into messages of its stream.
package enum FromSiteFramer {
  /// - Parameter vectorInHeader: bytes of a vector that goes without chunks.
  /// - Throws: `WireError` when a message would be larger than `WireLimits.streamMessage`.
  package static func frames(
    _ event: SiteEvent, vectorInHeader: Int = WireLimits.vectorInHeader
  ) throws(WireError) -> Frames<Konsil_V1_FromSite> {
    var frame = Konsil_V1_FromSite()
    switch event {
    case .hello(let version, let software, let live):
      frame.hello = Konsil_V1_Hello(version: version, software: software, live: live)
    case .message(let run, .answer(let answer)):
      frame.planAnswer = Konsil_V1_PlanAnswer(run: run, answer)
    case .message(let run, .setupKey(let epoch, let key)):
      frame.setupKey.run = run
      frame.setupKey.epoch = UInt64(bitPattern: Int64(epoch))
      frame.setupKey.key = Konsil_V1_SignedSetupKey(key)
    case .message(let run, .ciphertexts(let epoch, let ciphertexts)):
      frame.ciphertexts.run = run
      frame.ciphertexts.epoch = UInt64(bitPattern: Int64(epoch))
      frame.ciphertexts.ciphertexts = Konsil_V1_SignedCiphertexts(ciphertexts)
    case .message(let run, .contribution(let epoch, let step, let contribution)):
      frame.contributionStart.run = run
      frame.contributionStart.epoch = UInt64(bitPattern: Int64(epoch))
      frame.contributionStart.step = UInt64(bitPattern: Int64(step))
      frame.contributionStart.contribution = Konsil_V1_ContributionHeader(
        contribution, vectorBytes: vectorInHeader)
      // To serialise it only to see that it is no longer than its lists allow would take as long as to send it.
      if !frame.contributionStart.contribution.chunks.isEmpty { return frames(frame) }
      return frames(frame, [.vector(contribution.vector, contribution.layout)])
    case .message(let run, .opening(let epoch, let step, .opening(let opening))):
      frame.opening = Konsil_V1_Opening(run: run, epoch: epoch, step: step, opening)
    case .message(let run, .opening(let epoch, let step, .complaint(let complaint))):
      frame.complaint = Konsil_V1_Complaint(run: run, epoch: epoch, step: step, complaint)
    case .message(let run, .refusal(let refusal)):
      frame.refusal.run = run
      frame.refusal.refusal = Konsil_V1_Refusal(refusal)
      if let attempt = refusal.attempt { frame.refusal.attempt = Data(attempt.bytes) }
    }
    try checkSize(of: frame)
    return frames(frame)
  }

  private static func frames(
    _ first: Konsil_V1_FromSite, _ pieces: [Frames<Konsil_V1_FromSite>.Piece] = []
  ) -> Frames<Konsil_V1_FromSite> {
    Frames([.message(first)] + pieces) { chunk in
      var frame = Konsil_V1_FromSite()
      frame.chunk = chunk
      return frame
    }
  }
}
