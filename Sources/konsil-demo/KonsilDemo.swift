import ArgumentParser
import Foundation
import PooledReference

/// Fits the demo's simulated records pooled, which only the demo may do, and compares. It shares no code with the
/// federated path: what it knows of it are the JSON files that the commands wrote.
@main
struct KonsilDemo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil-demo", abstract: "Compare federated models with those of the pooled records.")

  @Option(
    parsing: .upToNextOption,
    help: """
      Studies: NAME.run.json and NAME.model.json are theirs, SITE/records/NAME.csv their records; of trees \
      NAME.trees.run.json, NAME.trees.model.json, and as XGBoost reads them NAME.trees.xgboost.json and, from the \
      pooled records, NAME.pooled.xgboost.json.
      """)
  var studies: [String]

  @Option(parsing: .upToNextOption, help: "The sites' folders.")
  var sites: [String]

  @Option(name: .customLong("check"), help: "What konsil-agent check --json printed.")
  var checkFile: String

  @Option(help: "Peak resident memory of the coordinator in KiB.")
  var coordinatorKib: Int

  @Option(help: "Greatest peak resident memory of an agent in KiB.")
  var agentKib: Int

  @Option(help: "Seconds from the first agent's start to the last model.")
  var seconds: Double

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let check: CheckFile = try read(checkFile)
    let result = DemoResult(
      studies: try studies.map { study in
        let run: RunFile = try read("\(study).run.json")
        let model: ModelFile = try read("\(study).model.json")
        return DemoResult.Study(
          model, run.run, try Comparison(model, records: sites.map { "\($0)/records/\(study).csv" }),
          trees: try trees(study))
      },
      transport: .init(tls: check.transport.tls, group: check.transport.group),
      memoryMib: .init(coordinator: mebibytes(coordinatorKib), agent: mebibytes(agentKib)),
      secondsInAll: seconds)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    print(json ? String(decoding: try encoder.encode(result), as: UTF8.self) : result.text)
  }

  private func trees(_ study: String) throws -> DemoResult.Trees {
    let run: RunFile = try read("\(study).trees.run.json")
    let federated = try Data(contentsOf: URL(fileURLWithPath: "\(study).trees.xgboost.json"))
    let pooled = try Data(contentsOf: URL(fileURLWithPath: "\(study).pooled.xgboost.json"))
    return DemoResult.Trees(
      try read("\(study).trees.model.json"), run.run, equalsPooled: federated == pooled)
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
