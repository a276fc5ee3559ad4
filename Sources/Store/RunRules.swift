import Federation

extension RunSummary {
  /// - Throws: `StoreError.inconsistent` unless this is how the run of `submission` begins.
  package func checkBeginning(of submission: Submission) throws(StoreError) {
    let problem: String? =
      if run != submission.offer.run || run.isEmpty {
        "its id is not the order's"
      } else if planDigest != submission.offer.planDigest {
        "its plan is not the order's"
      } else if sites.isEmpty || Set(sites).count < sites.count {
        "its sites are not distinct, or there is none"
      } else if mostSteps < 1 {
        "it has no steps to spend"
      } else if state != .waiting || steps != 0 || ended != nil || failure != nil {
        "a run begins waiting and without steps"
      } else {
        nil
      }
    if let problem { throw .inconsistent("run \(run): \(problem)") }
  }
}

extension RunState {
  /// - Throws: `StoreError.inconsistent` for a state that only `RunStore.end` may set.
  package func checkOpen(_ run: String) throws(StoreError) {
    if isOver { throw .inconsistent("run \(run): it becomes \(rawValue) by ending, not by a new state") }
  }
}

extension RunOutcome {
  package var state: RunState {
    switch self {
    case .finished: .finished
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }

  package var failure: RunFailure? { if case .failed(let failure) = self { failure } else { nil } }

  /// - Throws: `StoreError.inconsistent` unless a finished run, and no other, has a model.
  package func check(_ run: String, _ model: PlanModel?) throws(StoreError) {
    if (self == .finished) != (model != nil) {
      throw .inconsistent("run \(run): a run that finished has a model, and no other has one")
    }
  }
}
