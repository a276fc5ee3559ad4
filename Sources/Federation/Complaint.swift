import Queries
import SecureAggregation

/// The exit statuses of every command; those from 64 on are those of BSD's sysexits.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case success = 0
  /// The run ended without a model.
  case runFailed = 1
  /// The command line is wrong.
  case usage = 64
  /// A document or a file of records is wrong.
  case badInput = 65
  /// A file is not there or cannot be read.
  case noInput = 66
  /// The coordinator cannot be reached, or a service cannot start.
  case unavailable = 69
  /// A fault of ours.
  case internalError = 70
  /// A file cannot be written.
  case cannotWrite = 73
  /// A signature, certificate, policy or permission forbids it.
  case refused = 77
}

/// An error as a person meets it: a stable code, what is wrong and where, what to do, and the exit
/// status. It never holds a value from a record.
package struct Complaint: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  package let code: String
  package let message: String
  package let advice: String?
  private let exitStatus: Int32

  package init(_ status: ExitStatus, code: String, _ message: String, advice: String? = nil) {
    self.code = code
    self.message = message
    self.advice = advice
    exitStatus = status.rawValue
  }

  /// - Parameter sentence: what is wrong, and after the first semicolon what to do.
  package init(_ status: ExitStatus, code: String, sentence: String) {
    let cut = sentence.firstIndex(of: ";")
    self.init(
      status, code: code, String(sentence[..<(cut ?? sentence.endIndex)]),
      advice: cut.map { String(sentence[$0...].drop { $0 == ";" || $0 == " " }) })
  }

  package var status: ExitStatus { ExitStatus(rawValue: exitStatus) ?? .internalError }

  package var description: String { advice.map { "\(message); \($0)" } ?? message }
}

/// An error that knows how a person is to be told.
package protocol Complaining: Error {
  var complaint: Complaint { get }
}

extension Complaint: Complaining {
  package var complaint: Complaint { self }

  /// What to tell of any error.
  package init(_ error: any Error) {
    self =
      (error as? any Complaining)?.complaint
      ?? Complaint(
        .internalError, code: "internal", "\(error)", advice: "report this as a fault of ours")
  }
}

extension AnalysisError: Complaining {
  package var complaint: Complaint {
    Complaint(.runFailed, code: code.rawValue, message, advice: advice)
  }
}

extension PlanProblem: Complaining {
  package var complaint: Complaint {
    Complaint(.badInput, code: "plan-does-not-fit-study", "\(key): \(message)", advice: advice)
  }
}

extension RunFailure: Complaining {
  package var complaint: Complaint {
    Complaint(.runFailed, code: code, message, advice: advice)
  }
}

extension Refusal: Complaining {
  package var complaint: Complaint { Complaint(.refused, code: rule, detail) }
}

extension ProtocolFault: Complaining {
  package var complaint: Complaint {
    Complaint(.refused, code: code.rawValue, (site.map { "\($0): " } ?? "") + detail)
  }
}
