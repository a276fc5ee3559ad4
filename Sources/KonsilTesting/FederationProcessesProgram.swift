import Foundation

/// A program of this package, as it lies beside the test bundle.
package enum Program: String, Sendable, CaseIterable {
  case konsil
  case agent = "konsil-agent"
  case coordinator = "konsil-coordinator"

  package static var areBuilt: Bool { allCases.allSatisfy { $0.file != nil } }

  var file: URL? {
    let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let file = folder?.appendingPathComponent(rawValue)
    return file.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil }
  }
}

/// What a program printed, and its exit status.
package struct ProgramResult: Sendable, CustomStringConvertible {
  package let status: Int32
  package let output: String
  package let errors: String

  package var description: String { "exit status \(status)\n\(output)\n\(errors)" }

  /// Standard output as one JSON value in snake case.
  package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(output.utf8))
  }
}

/// Something that did not come about in its time, with what the log said last.
package struct WaitFailure: Error, CustomStringConvertible {
  package let description: String
}

/// Waits until `condition` holds.
///
/// - Parameters:
///   - what: what is waited for, as it follows "waited in vain until".
///   - told: what to say besides when it does not come, such as a log's end.
/// - Throws: `WaitFailure` after `seconds`, and what `condition` throws.
package func wait(
  until what: String, within seconds: Double = 30, told: @autoclosure () -> String = "",
  _ condition: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(seconds)
  while try await !condition() {
    guard clock.now < end else {
      throw WaitFailure(description: "waited in vain until \(what)\n\(told())")
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// A process that a test has started, and that only the test ends.
package final class RunningProgram: Sendable {
  private let process: Process
  /// The files with its standard output and standard error.
  package let output: String
  package let errors: String

  /// - Parameters:
  ///   - folder: its working directory.
  ///   - output: path of the file that both streams are written beside: `output.out` and `output.log`.
  init(_ program: Program, _ arguments: [String], in folder: String, output stem: String) throws {
    guard let file = program.file else {
      throw WaitFailure(description: "the program \(program.rawValue) is not built beside the tests")
    }
    output = stem + ".out"
    errors = stem + ".log"
    process = Process()
    process.executableURL = file
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["COLUMNS": "100"]
    // Files and not pipes: a pipe that fills up would hold the program up.
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  var id: Int32 { process.processIdentifier }

  package var isRunning: Bool { process.isRunning }

  /// Everything it has logged so far.
  package var log: String { Self.text(errors) }

  /// The last lines of its log.
  package var tail: String {
    "\(errors):\n" + log.split(separator: "\n").suffix(20).joined(separator: "\n")
  }

  /// Waits until it has ended by itself.
  package func result(within seconds: Double = 60) async throws -> ProgramResult {
    do {
      try await wait(until: "the program ends", within: seconds, told: tail) { !isRunning }
    } catch {
      await kill()
      throw error
    }
    return ProgramResult(
      status: process.terminationStatus, output: Self.text(output), errors: log)
  }

  /// Ends it without a chance to put anything in order (SIGKILL).
  package func kill() async {
    if isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
    while isRunning { try? await Task.sleep(for: .milliseconds(2)) }
  }

  /// Asks it to end (SIGTERM), and ends it after five seconds.
  package func stop() async {
    if isRunning { process.terminate() }
    try? await wait(until: "the program ends", within: 5) { !isRunning }
    await kill()
  }

  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
