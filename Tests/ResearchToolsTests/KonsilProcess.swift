import Foundation
import Testing

/// The `konsil` program, run as a person would.
enum KonsilProcess {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// Standard output as one JSON object and nothing else.
    func json() throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
    }
  }

  /// Beside the test bundle; nil when it was not built.
  private static func program(_ name: String) -> URL? {
    let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let program = folder?.appendingPathComponent(name)
    return program.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil }
  }

  static func isBuilt(_ name: String = "konsil") -> Bool { program(name) != nil }

  /// Runs the program, or another of this package, in the workspace's folder.
  static func run(
    _ arguments: [String], of name: String = "konsil", in workspace: Workspace,
    environment: [String: String] = [:]
  ) throws -> Result {
    let program: URL = try #require(Self.program(name))
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: workspace.path)
    process.environment = environment.merging(["COLUMNS": "80"]) { $1 }
    // Files and not pipes: a pipe that fills up would hold the program up.
    let names = ["out", "err"].map { "\($0)-\(UUID().uuidString)" }
    for name in names { try workspace.write("", to: name) }
    let files = try names.map { try FileHandle(forWritingTo: URL(fileURLWithPath: workspace($0))) }
    process.standardOutput = files[0]
    process.standardError = files[1]
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try workspace.text(names[0]),
      errors: try workspace.text(names[1]))
  }

  /// Runs a command that must succeed.
  @discardableResult
  static func succeed(
    _ arguments: String..., in workspace: Workspace, location: SourceLocation = #_sourceLocation
  ) throws -> Result {
    let result = try run(arguments, in: workspace)
    try #require(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: location)
    for line in result.output.split(separator: "\n") where !arguments.contains("--json") {
      #expect(line.count <= 100, "\(arguments): \(line)", sourceLocation: location)
    }
    return result
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that run the program.
  static var needsKonsil: Self {
    .enabled(if: KonsilProcess.isBuilt(), "the program konsil is not built beside the tests")
  }
}

extension Workspace {
  static let sites = ["luxembourg", "strasbourg", "freiburg", "basel"]

  /// `NAME=FILE` for each site.
  static func named(_ file: (String) -> String) -> [String] { sites.map { "\($0)=\(file($0))" } }

  /// Simulated records of four sites in `records`.
  func simulateRecords() throws {
    try KonsilProcess.succeed(
      "cohort", "simulate", "--study", "ibd.yaml", "--sites", Self.sites.joined(separator: ","), "--rows",
      "120,160,200,240", "--seed", "7", "--out", "records", in: self)
  }

  /// Keys of every party in `keys`, and the study `study.yaml` signed by its owner.
  func makeStudy(_ options: [String] = []) throws {
    for name in Self.sites + ["anna"] {
      try KonsilProcess.succeed("keys", "new", "--name", name, "--out", "keys/\(name)", in: self)
    }
    try KonsilProcess.succeed(
      "keys", "new", "--name", "owner", "--out", "keys/owner", "--identity-only", in: self)
    let made = try KonsilProcess.run(
      ["study", "new", "--dictionary", "ibd.yaml", "--out", "study.yaml", "--site"]
        + Self.named { "keys/\($0)/identity.pub" }
        + ["--researcher", "anna=keys/anna/identity.pub"] + options, in: self)
    try #require(made.status == 0, "\(made.errors)")
    try KonsilProcess.succeed("study", "sign", "study.yaml", "--key", "keys/owner", in: self)
  }

  /// A model of the simulated records in `result`.
  func simulateModel() throws {
    try simulateRecords()
    let run = try KonsilProcess.run(
      ["simulate", "--study", "ibd.yaml", "--plan", "ibd-failure.plan.yaml", "--out", "result", "--site"]
        + Self.named { "records/\($0).csv" }, in: self)
    try #require(run.status == 0, "\(run.errors)")
  }
}
