import Federation
import FoundationEssentials
import SecureAggregation

extension Konsil_V1_RunOffer {
  init(_ offer: RunOffer) {
    self.init()
    run = offer.run
    plan = Data(offer.plan)
    researcher = Data(offer.researcher.bytes)
    planSignature = Data(offer.planSignature.bytes)
    runSignature = Data(offer.runSignature.bytes)
  }
}

extension RunOffer {
  init(_ message: Konsil_V1_RunOffer) throws(WireError) {
    self.init(
      run: try Field.run(message.run), plan: try Field.document(message.plan, "plan"),
      researcher: try Field.key(message.researcher, "researcher"),
      planSignature: try Field.signature(message.planSignature, "plan_signature"),
      runSignature: try Field.signature(message.runSignature, "run_signature"))
  }
}

extension Konsil_V1_PlanAnswer {
  init(run: String, _ answer: PlanAnswer) {
    self.init()
    self.run = run
    switch answer {
    case .accepted(let readiness): accepted = Konsil_V1_SiteReadiness(readiness)
    case .waiting(let reasons):
      waiting.reasons = reasons.map { FreeText.sendable($0, most: WireLimits.text) }
    case .refused(let refusal): refused = Konsil_V1_Refusal(refusal)
    }
  }
}

extension PlanAnswer {
  init(_ message: Konsil_V1_PlanAnswer) throws(WireError) {
    switch message.answer {
    case .accepted(let readiness):
      self = .accepted(
        try within("accepted") { () throws(WireError) in try SiteReadiness(readiness) })
    case .waiting(let waiting):
      self = .waiting(
        try within("waiting") { () throws(WireError) in
          try Field.list(waiting.reasons, "reasons") { reason throws(WireError) in
            try Field.text(reason, "")
          }
        })
    case .refused(let refusal):
      self = .refused(try within("refused") { () throws(WireError) in try Refusal(refusal) })
    case nil:
      throw WireError(field: "answer", what: "missing or of an unknown kind")
    }
  }
}

extension Konsil_V1_SiteReadiness {
  init(_ readiness: SiteReadiness) {
    self.init()
    highestEpoch = UInt64(bitPattern: Int64(readiness.highestEpoch))
    verifiedThrough = UInt64(bitPattern: Int64(readiness.verifiedThrough))
  }
}

extension SiteReadiness {
  init(_ message: Konsil_V1_SiteReadiness) throws(WireError) {
    self.init(
      highestEpoch: try Field.number(
        message.hasHighestEpoch ? message.highestEpoch : nil, in: Field.count, "highest_epoch"),
      verifiedThrough: try Field.number(
        message.hasVerifiedThrough ? message.verifiedThrough : nil, in: Field.count,
        "verified_through"))
  }
}

extension Konsil_V1_Refusal {
  init(_ refusal: Refusal) {
    self.init()
    rule = FreeText.sendable(refusal.rule, most: WireLimits.label)
    detail = FreeText.sendable(refusal.detail, most: WireLimits.text)
  }
}

extension Refusal {
  init(_ message: Konsil_V1_Refusal, attempt: Digest? = nil) throws(WireError) {
    self.init(
      rule: try Field.label(message.rule, "rule"), detail: try Field.text(message.detail, "detail"),
      attempt: attempt)
  }
}

extension Konsil_V1_RunFailure {
  init(_ failure: RunFailure) {
    self.init()
    code = FreeText.sendable(failure.code, most: WireLimits.label)
    message = FreeText.sendable(failure.message, most: WireLimits.text)
    advice = FreeText.sendable(failure.advice, most: WireLimits.text)
  }
}

extension RunFailure {
  init(_ message: Konsil_V1_RunFailure) throws(WireError) {
    self.init(
      code: try Field.label(message.code, "code"),
      message: try Field.text(message.message, "message"),
      advice: try Field.text(message.advice, "advice"))
  }
}

extension Konsil_V1_RunEnded {
  init(run: String, _ outcome: RunOutcome) {
    self.init()
    self.run = run
    switch outcome {
    case .finished: finished = Finished()
    case .failed(let failure): failed = Konsil_V1_RunFailure(failure)
    case .cancelled: cancelled = Cancelled()
    }
  }
}

extension RunOutcome {
  init(_ message: Konsil_V1_RunEnded) throws(WireError) {
    switch message.outcome {
    case .finished: self = .finished
    case .failed(let failure):
      self = .failed(try within("failed") { () throws(WireError) in try RunFailure(failure) })
    case .cancelled: self = .cancelled
    case nil: throw WireError(field: "outcome", what: "missing or of an unknown kind")
    }
  }
}
