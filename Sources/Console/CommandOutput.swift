import Federation
import Foundation

/// Where a command's work meets the terminal: standard output holds the report and nothing else,
/// standard error the rest.
package enum CommandOutput {
  /// How the program was called, for what it tells.
  private static var program: String {
    CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "konsil"
  }

  /// Does a command's work and prints what it reports, or what is wrong.
  ///
  /// - Parameter asJSON: whether standard output gets one JSON object, also for an error.
  /// - Returns: the exit status, 0 for success.
  package static func deliver(
    asJSON: Bool, _ work: () async throws -> any Report
  ) async -> Int32 {
    do {
      let report = try await work()
      for note in report.notes { tell("\(program): \(note)") }
      try write(asJSON ? try JSONText.of(report) : report.text)
      return ExitStatus.success.rawValue
    } catch {
      let complaint = Complaint(error)
      if !asJSON || (try? write(JSONText.of(ErrorReport(complaint)))) == nil {
        tell("\(program): error: \(complaint)")
      }
      return complaint.status.rawValue
    }
  }

  /// Does the work of a command that runs until it is told to stop, and tells what went wrong.
  ///
  /// - Returns: the exit status, 0 for success.
  package static func serve(_ work: () async throws -> Void) async -> Int32 {
    do {
      try await work()
      return ExitStatus.success.rawValue
    } catch {
      let complaint = Complaint(error)
      tell("\(program): error: \(complaint)")
      return complaint.status.rawValue
    }
  }

  /// Writes a line to standard error; what cannot be written is lost.
  package static func tell(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
  }

  private static func write(_ text: String) throws(Complaint) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw Complaint(
        .cannotWrite, code: "output-unwritable", "standard output cannot be written",
        advice: "look for a full disk, or a program that stopped reading")
    }
  }
}

/// What `--json` prints of an error.
struct ErrorReport: Encodable {
  struct Content: Encodable {
    let code: String
    let message: String
    let advice: String?
    let exitStatus: Int32
  }

  let error: Content

  init(_ complaint: Complaint) {
    error = Content(
      code: complaint.code, message: complaint.message, advice: complaint.advice,
      exitStatus: complaint.status.rawValue)
  }
}
