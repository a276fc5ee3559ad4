import ArgumentParser
import Boosting
import Foundation

struct BoostingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boosting",
    abstract: "Boosted trees over sites in this process, from records in memory to the model.")

  @OptionGroup var records: MatrixOptions
  @OptionGroup var options: TreeOptions
  @Option(help: "So many sites, each with every so-manieth row.")
  var sites = 1
  @Flag(help: "Real masks, under fixed membership, in place of the twin that adds in the clear.")
  var masked = false

  func validate() throws {
    guard sites > 0, sites > 1 || !masked else {
      throw ValidationError("--sites from 1; --masked with at least 2 sites")
    }
  }

  func run() throws {
    let matrix = try Matrix(records)
    let cohorts = try (0..<sites).map { try matrix.cohort(of: $0, sites: sites) }
    let plan = options.plan(outcome: Matrix.outcome, predictors: matrix.names, objective: .logistic)
    let frame = try options.frame(
      plan, dictionary: matrix.dictionary, sites: sites, mostRowsPerSite: records.rows)
    let input = TreeRun(
      frame: frame, cohorts: cohorts, dictionary: matrix.dictionary, workers: options.workers)
    let (atStart, clock) = (ProcessFacts(), ContinuousClock())
    let began = clock.now
    let result = try masked ? input.masked() : input.clear()
    let seconds = (clock.now - began) / .seconds(1)
    let atEnd = ProcessFacts()
    print(
      """
      {"seconds": \(seconds), "cpu_seconds": \(atEnd.cpuSeconds - atStart.cpuSeconds), \
      "peak_mib": \(atEnd.peakMiB), "peak_before_mib": \(atStart.peakMiB), "steps": \(result.steps), \
      "trees": \(result.model.trees.rounds.count), "site_bytes": \(result.siteBytes), \
      "loss": \(matrix.loss(of: result.model.trees))}
      """)
  }
}

/// What the kernel tells of this process.
struct ProcessFacts {
  let cpuSeconds: Double
  let peakMiB: Double

  init() {
    var usage = rusage()
    #if os(Linux)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      // What getrusage has as the greatest size may be that of the process which started this one.
      peakMiB = Self.status("VmHWM").map { $0 / 1024 } ?? .nan
    #else
      getrusage(RUSAGE_SELF, &usage)
      peakMiB = Double(usage.ru_maxrss) / 1_048_576
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// A number of kibibytes that the kernel tells of this process.
  private static func status(_ name: String) -> Double? {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
  }
}
