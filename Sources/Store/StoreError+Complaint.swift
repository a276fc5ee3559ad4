import Federation

extension StoreError: Complaining {
  package var complaint: Complaint {
    let (status, code): (ExitStatus, String) =
      switch self {
      case .inUse: (.unavailable, "database-in-use")
      case .notPrivate: (.refused, "not-private")
      case .notOurs, .newer, .corrupt: (.badInput, "bad-database")
      case .failed: (.cannotWrite, "database-failed")
      case .unknownRun, .unknownPlan: (.noInput, "unknown-run")
      case .runTaken, .runOver: (.refused, "run-taken")
      case .stepGap, .epochNotGrown, .inconsistent: (.internalError, "store-inconsistent")
      }
    return Complaint(status, code: code, sentence: description)
  }
}
