import Queries
import SecureAggregation

/// What a run waits for at a site. Told in words only to whoever asks: it is looked at with every message.
package enum WaitReason: Hashable, Sendable, CustomStringConvertible {
  case connection
  case check
  case approval([String])
  case setupKey
  case ciphertexts
  case answer(step: Int, query: String)
  case shares(step: Int, query: String)

  package var description: String {
    switch self {
    case .connection: "not connected"
    case .check: "checking the plan"
    case .approval(let reasons): "approval by its administrator: " + reasons.joined(separator: "; ")
    case .setupKey: "its key for the set-up"
    case .ciphertexts: "its ciphertexts for the set-up"
    case .answer(let step, let query): "its answer to step \(step) (\(query))"
    case .shares(let step, let query): "its shares for step \(step) (\(query))"
    }
  }
}

extension CoordinatorRun {
  /// What the run waits for now, in the roster's order.
  package var waiting: [(site: String, reason: WaitReason)] {
    switch phase {
    case .over: []
    case .gathering: waiting { gatheringReason(for: $0) }
    case .keys(let keys): waiting { keys[$0] == nil ? .setupKey : nil }
    case .ciphertexts(_, let lists): waiting { lists[$0] == nil ? .ciphertexts : nil }
    case .step(let request, let sum, _):
      waiting {
        sum.has($0) || !request.sites.contains($0)
          ? nil : .answer(step: request.step, query: request.query.name)
      }
    case .opening(let request, _, _, let opening):
      waiting(but: opening) {
        opening.has($0) || !opening.attempt.sites.contains($0)
          ? nil : .shares(step: request.step, query: request.query.name)
      }
    }
  }

  /// - Parameters:
  ///   - opening: what may do without a site that is away.
  ///   - reason: what a site that is there has not done.
  private func waiting(
    but opening: Opening? = nil, _ reason: (String) -> WaitReason?
  ) -> [(site: String, reason: WaitReason)] {
    members.compactMap { site in
      if standings[site] ?? .away == .away {
        let isDispensable = opening.map { $0.has(site) || $0.isReady } ?? false
        return isDispensable ? nil : (site, .connection)
      }
      return reason(site).map { (site, $0) }
    }
  }

  private func gatheringReason(for site: String) -> WaitReason? {
    switch standings[site] {
    case .asked: .check
    case .waitingForApproval(let reasons): .approval(reasons)
    case .ready, .away, nil: nil
    }
  }
}
