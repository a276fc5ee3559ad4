import ArgumentParser
import Console
import Coordinator
import Federation
import Logging
import Store

struct CoordinatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator", abstract: "The real coordinator on a probing run; prints each step's seconds."
  )

  @Option var config: String
  @Option(help: "Where the sites' folders are.")
  var folder: String
  @OptionGroup var probe: ProbeRun

  func run() async throws {
    Heap.configure()
    Heap.keepFreed()
    let log = Logger(label: "konsil-bench", factory: { StreamLogHandler.standardError(label: $0) })
    let configuration = try CoordinatorConfiguration.load(config)
    let store = TimedStore(try SQLiteRunStore(path: configuration.database))
    let daemon = try CoordinatorDaemon(configuration, store: store, log: log)
    let submission = try probe.submission()
    let offer = submission.offer
    _ = try store.addRun(
      RunSummary(
        run: offer.run, study: "probe", plan: "probe", planDigest: offer.planDigest, algorithm: "probe",
        researcher: "nobody", sites: probe.sites, state: .waiting, steps: 0, mostSteps: probe.steps,
        submitted: .system(), ended: nil, failure: nil), submission: submission)
    let machine = try CoordinatorRun(
      run: offer.run, plan: offer.planDigest, roster: probe.roster(in: folder), mostSteps: probe.steps,
      program: .probe(probe.program()), tolerance: probe.tolerance)
    await daemon.board.adopt(ActiveRun(offer, machine))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await daemon.run() }
      let (seconds, outcome) = await store.whenEnded()
      guard case .failed(let failure) = outcome, failure.code == "step-budget" else {
        throw BenchFault("the run \(outcome.words)")
      }
      print("{\"seconds\": \(seconds)}")
      group.cancelAll()
    }
  }
}
