import ArgumentParser
import Foundation
import PooledReference

/// Fits the demo's simulated records pooled, which only the demo may do, and compares. It shares no code with the
/// federated path: what it knows of it are the JSON files that the commands wrote.
@main
struct KonsilDemo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil-demo", abstract: "Compare a federated model with the fit on the pooled records.")

  @Option(name: .customLong("run"), help: "What konsil run submit --watch --json printed.")
  var runFile: String

  @Option(name: .customLong("model"), help: "What konsil model export --format json wrote.")
  var modelFile: String

  @Option(name: .customLong("check"), help: "What konsil-agent check --json printed.")
  var checkFile: String

  @Option(parsing: .upToNextOption, help: "Each site's records.")
  var records: [String]

  @Option(help: "Peak resident memory of the coordinator in KiB.")
  var coordinatorKib: Int

  @Option(help: "Greatest peak resident memory of an agent in KiB.")
  var agentKib: Int

  @Option(help: "Seconds from the first agent's start to the model.")
  var seconds: Double

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let run: RunFile = try read(runFile)
    let model: ModelFile = try read(modelFile)
    let check: CheckFile = try read(checkFile)
    let comparison = try Comparison(model, records: records)
    let result = DemoResult(
      studies: [
        DemoResult.Study(
          study: model.study.name, algorithm: model.algorithm, sites: model.sites, rows: model.rows,
          steps: run.run.steps, newtonSteps: model.newtonSteps, seconds: run.run.seconds,
          maxDifference: comparison.coefficients, maxErrorDifference: comparison.standardErrors)
      ],
      transport: .init(tls: check.transport.tls, group: check.transport.group),
      memoryMib: .init(coordinator: mebibytes(coordinatorKib), agent: mebibytes(agentKib)),
      secondsInAll: seconds)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    print(json ? String(decoding: try encoder.encode(result), as: UTF8.self) : result.text)
  }

  private func read<File: Decodable>(_ path: String) throws -> File {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func mebibytes(_ kibibytes: Int) -> Double {
    (Double(kibibytes) / 1024 * 10).rounded() / 10
  }
}
