import Queries
import SecureAggregation

/// A plan as it was signed, and the researcher's order to run it.
package struct RunOffer: Hashable, Sendable {
  /// 32 hexadecimal digits that the researcher drew.
  package let run: String
  /// The exact bytes that were signed.
  package let plan: [UInt8]
  package let researcher: IdentityKey
  package let planSignature: Signature
  /// Over `statement(run:plan:)`.
  package let runSignature: Signature

  package init(
    run: String, plan: [UInt8], researcher: IdentityKey, planSignature: Signature,
    runSignature: Signature
  ) {
    self.run = run
    self.plan = plan
    self.researcher = researcher
    self.planSignature = planSignature
    self.runSignature = runSignature
  }

  package var planDigest: Digest { Digest(of: plan) }

  /// The bytes that order a run: its id and the digest of its plan.
  package static func statement(run: String, plan: Digest) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.run.rawValue)
    encoder.append(run)
    encoder.append(plan.bytes)
    return encoder.bytes
  }
}

/// What a site says to a plan.
package enum PlanAnswer: Hashable, Sendable {
  /// It will take part, and says how far its journal is with this plan.
  case accepted(SiteReadiness)
  /// Its administrator has to approve; the reasons.
  case waiting([String])
  case refused(Refusal)
}

/// How far a site's journal is with a plan.
package struct SiteReadiness: Hashable, Sendable {
  /// The highest epoch it ever began for this plan; 0 when none.
  package let highestEpoch: Int
  /// The last step whose sum it verified; 0 when none.
  package let verifiedThrough: Int

  package init(highestEpoch: Int, verifiedThrough: Int) {
    self.highestEpoch = highestEpoch
    self.verifiedThrough = verifiedThrough
  }
}

/// A refusal in the open: the rule's name and what was wrong, never anything from a record.
package struct Refusal: Error, Hashable, Sendable, Codable {
  package let rule: String
  package let detail: String
  /// `T` of the attempt that is refused, where its step may be given up for it.
  package let attempt: Digest?

  package init(rule: String, detail: String, attempt: Digest? = nil) {
    self.rule = rule
    self.detail = detail
    self.attempt = attempt
  }
}

/// One step, as the coordinator asks it.
package struct StepRequest: Hashable, Sendable {
  package let epoch: Int
  package let step: Int
  package let attempt: Int
  package let sites: [String]
  package let query: Query

  package init(epoch: Int, step: Int, attempt: Int, sites: [String], query: Query) {
    self.epoch = epoch
    self.step = step
    self.attempt = attempt
    self.sites = sites
    self.query = query
  }
}

/// How a run ended.
package enum RunOutcome: Hashable, Sendable, Codable {
  case finished
  case failed(RunFailure)
  case cancelled

  /// The outcome in words for a log.
  package var words: String {
    switch self {
    case .finished: "finished"
    case .cancelled: "cancelled"
    case .failed(let failure): "failed: \(failure.message)"
    }
  }
}

/// Why a run failed.
package struct RunFailure: Error, Hashable, Sendable, Codable {
  package let code: String
  package let message: String
  package let advice: String

  package init(code: String, message: String, advice: String) {
    self.code = code
    self.message = message
    self.advice = advice
  }
}

/// From the coordinator to a site, about one run.
package enum MessageToSite: Hashable, Sendable {
  /// With the sites that are still in the run, in the roster's order; none stands for all of the plan.
  case openEpoch(Int, sites: [String] = [])
  case setupKeys(epoch: Int, [SignedSetupKey])
  case ciphertexts(epoch: Int, [CiphertextDelivery])
  /// A step of an earlier epoch that the site answered and that is not asked again, before the first that is.
  case earlier(epoch: Int, step: Int, Query)
  case step(StepRequest)
  /// Everyone's sealed shares for this site, under `membership: tolerant`.
  case shares(epoch: Int, step: Int, attempt: Digest, [ShareDelivery])
  /// Everyone's masked vectors of a verified step; under `membership: tolerant` with the opened secrets, in the order of
  /// the attempt's sites.
  case contributions(epoch: Int, step: Int, [SignedContribution], secrets: [[UInt8]] = [])
  case ended(RunOutcome)
}

/// From a site to the coordinator, about one run.
package enum MessageToCoordinator: Hashable, Sendable {
  case answer(PlanAnswer)
  case setupKey(epoch: Int, SignedSetupKey)
  case ciphertexts(epoch: Int, SignedCiphertexts)
  case contribution(epoch: Int, step: Int, SignedContribution)
  case opening(epoch: Int, step: Int, OpeningAnswer)
  case refusal(Refusal)
}
