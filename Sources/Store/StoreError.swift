import Federation
import SecureAggregation

/// Why the store could not do what was asked. No message holds a number of a sum, a model or a record.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process has the file open.
  case inUse(String)
  /// Group or others may read or write the file; `mode` holds the permission bits.
  case notPrivate(String, mode: UInt32)
  /// Not a database, or that of another program.
  case notOurs(String)
  /// Made by a newer version of this program.
  case newer(String)
  /// The file is damaged.
  case corrupt(String, detail: String)
  /// The system or SQLite refused a transaction, named for what it does.
  case failed(String, transaction: String, reason: String)

  case unknownRun(String)
  /// No run has this plan.
  case unknownPlan(Digest)
  /// The run's id is that of another plan's or researcher's run.
  case runTaken(String)
  /// The run has ended already.
  case runOver(String, RunState)
  /// A step that would leave a gap.
  case stepGap(run: String, step: Int, next: Int)
  case epochNotGrown(Digest, saved: Int, given: Int)
  /// What the coordinator gave contradicts itself.
  case inconsistent(String)

  package var description: String {
    switch self {
    case .inUse(let path):
      "another coordinator has this database open: \(path); stop it, or the tool that reads the file, or "
        + "name another database in the configuration"
    case .notPrivate(let path, let mode):
      "\(path) may be read or written by others (mode \(String(mode, radix: 8))); run: chmod 600 \(path)"
    case .notOurs(let path):
      "\(path) is not a Konsil coordinator's database, or its first bytes are damaged; name the right "
        + "file in the configuration, or put a backup in its place"
    case .newer(let path):
      "\(path) was written by a newer version of konsil-coordinator; run that version, or put a backup "
        + "from before the update in its place"
    case .corrupt(let path, let detail):
      "\(path) is damaged (\(detail)); stop the coordinator, keep a copy of the file and put a backup in its place"
    case .failed(let path, let transaction, let reason):
      "\(path): could not \(transaction): \(reason); nothing of it was kept; look at the disk and at the "
        + "permissions of file and folder"
    case .unknownRun(let run):
      "there is no run \(run); konsil run list shows those there are"
    case .unknownPlan(let plan):
      "no run has the plan \(plan)"
    case .runTaken(let run):
      "the run id \(run) is that of another plan or researcher; submit again under a new one"
    case .runOver(let run, let state):
      "run \(run) is over: \(state.rawValue); submit the plan again for a new run"
    case .stepGap(let run, let step, let next):
      "run \(run): step \(step) does not follow; the next is \(next); please report this fault of ours"
    case .epochNotGrown(let plan, let saved, let given):
      "plan \(plan): epoch \(given) is not after epoch \(saved), the last one saved; begin a later one"
    case .inconsistent(let problem):
      "\(problem); please report this fault of ours"
    }
  }
}
