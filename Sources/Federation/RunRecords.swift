import SecureAggregation

/// A point in time: whole milliseconds since 1970-01-01 00:00 UTC. Clocks stay at the edge.
package struct Instant: Hashable, Comparable, Sendable, Codable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

/// A study as its owner signed it.
package struct SignedStudy: Hashable, Sendable {
  /// The exact bytes that were signed.
  package let text: [UInt8]
  package let owner: IdentityKey
  package let signature: Signature

  package init(text: [UInt8], owner: IdentityKey, signature: Signature) {
    self.text = text
    self.owner = owner
    self.signature = signature
  }

  package var digest: Digest { Digest(of: text) }
}

/// What a researcher hands in: a signed plan with the order to run it, and the study it names.
package struct Submission: Hashable, Sendable {
  package let study: SignedStudy
  package let offer: RunOffer

  package init(study: SignedStudy, offer: RunOffer) {
    self.study = study
    self.offer = offer
  }
}

/// Where a run is in its life.
package enum RunState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Some site has not accepted, or is away.
  case waiting
  case running
  case finished
  case failed
  case cancelled

  package var isOver: Bool { self == .finished || self == .failed || self == .cancelled }
}

/// A run in a list.
package struct RunSummary: Hashable, Sendable, Codable {
  package let run: String
  package let study: String
  package let plan: String
  package let planDigest: Digest
  package let algorithm: String
  /// The researcher's name in the study.
  package let researcher: String
  package let sites: [String]
  package let state: RunState
  /// Masked sums so far, void ones included.
  package let steps: Int
  package let mostSteps: Int
  package let submitted: Instant
  package let ended: Instant?
  package let failure: RunFailure?

  package init(
    run: String, study: String, plan: String, planDigest: Digest, algorithm: String,
    researcher: String, sites: [String], state: RunState, steps: Int, mostSteps: Int,
    submitted: Instant, ended: Instant?, failure: RunFailure?
  ) {
    self.run = run
    self.study = study
    self.plan = plan
    self.planDigest = planDigest
    self.algorithm = algorithm
    self.researcher = researcher
    self.sites = sites
    self.state = state
    self.steps = steps
    self.mostSteps = mostSteps
    self.submitted = submitted
    self.ended = ended
    self.failure = failure
  }
}

/// Something that happened in a run, in words that hold nothing from a record.
package struct RunEvent: Hashable, Sendable, Codable {
  /// From 1 within a run, without gaps.
  package let number: Int
  package let at: Instant
  package let site: String?
  package let text: String

  package init(number: Int, at: Instant, site: String?, text: String) {
    self.number = number
    self.at = at
    self.site = site
    self.text = text
  }
}

/// Whom a run waits for, why and since when.
package struct RunWait: Hashable, Sendable, Codable {
  package let site: String
  package let reason: String
  package let since: Instant

  package init(site: String, reason: String, since: Instant) {
    self.site = site
    self.reason = reason
    self.since = since
  }
}

/// A site as the coordinator knows it.
package struct SiteStatus: Hashable, Sendable, Codable {
  package let site: String
  package let isConnected: Bool
  /// When its connection last came or went.
  package let since: Instant
  package let certificateExpires: Instant?

  package init(site: String, isConnected: Bool, since: Instant, certificateExpires: Instant?) {
    self.site = site
    self.isConnected = isConnected
    self.since = since
    self.certificateExpires = certificateExpires
  }
}

/// A step in a list: what was asked, never what came back.
package struct StepLine: Hashable, Sendable, Codable {
  package let step: Int
  package let query: String
  /// Elements of the sum.
  package let elements: Int
  package let isVoid: Bool
  package let at: Instant

  package init(step: Int, query: String, elements: Int, isVoid: Bool, at: Instant) {
    self.step = step
    self.query = query
    self.elements = elements
    self.isVoid = isVoid
    self.at = at
  }
}

/// A run's model with the documents it was made by, as the coordinator gives it out.
package struct ReleasedModel: Sendable, Codable {
  /// The texts that were signed.
  package let study: String
  package let plan: String
  package let model: PlanModel

  package init(study: String, plan: String, model: PlanModel) {
    self.study = study
    self.plan = plan
    self.model = model
  }
}
