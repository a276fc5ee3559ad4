import Federation
import GRPCCore
import SwiftProtobuf

/// A complaint travels as the gRPC code that is nearest to its exit status, with its texts in the trailer
/// `konsil-problem-bin`, as `failure.proto` describes it.
private let trailer = "konsil-problem-bin"

extension RPCError {
  /// The error that a call throws to make this complaint. Texts longer than the trailer may carry are cut.
  package init(_ complaint: Complaint) {
    var detail = Konsil_V1_ProblemDetail()
    detail.code = FreeText.sendable(complaint.code, most: WireLimits.label)
    detail.message = FreeText.sendable(complaint.message, most: WireLimits.trailerText)
    if let advice = complaint.advice {
      detail.advice = FreeText.sendable(advice, most: WireLimits.trailerText)
    }
    var metadata = Metadata()
    if let bytes: [UInt8] = try? detail.serializedBytes() {
      metadata.addBinary(bytes, forKey: trailer)
    }
    self.init(
      code: Self.code(complaint.status),
      message: FreeText.sendable(complaint.message, most: WireLimits.statusMessage),
      metadata: metadata)
  }

  private static func code(_ status: ExitStatus) -> Code {
    switch status {
    case .usage, .badInput: .invalidArgument
    case .noInput: .notFound
    case .refused: .permissionDenied
    case .unavailable: .unavailable
    case .runFailed: .failedPrecondition
    case .success, .internalError, .cannotWrite: .internalError
    }
  }
}

extension Complaint {
  /// The complaint that a failed call carries.
  ///
  /// - Returns: nil when the error carries none, or a malformed one.
  package init?(_ error: RPCError) {
    guard let bytes = error.metadata[binaryValues: trailer].first(where: { _ in true }),
      let detail = try? Konsil_V1_ProblemDetail(serializedBytes: bytes),
      let complaint = try? Complaint(Self.status(error.code), detail)
    else { return nil }
    self = complaint
  }

  private init(_ status: ExitStatus, _ detail: Konsil_V1_ProblemDetail) throws(WireError) {
    self.init(
      status, code: try Field.label(detail.code, "code"),
      try Field.written(detail.message, 0...WireLimits.trailerText, "message"),
      advice: detail.hasAdvice
        ? try Field.written(detail.advice, 0...WireLimits.trailerText, "advice") : nil)
  }

  private static func status(_ code: RPCError.Code) -> ExitStatus {
    switch code {
    case .invalidArgument: .badInput
    case .notFound: .noInput
    case .permissionDenied: .refused
    case .unavailable: .unavailable
    case .failedPrecondition: .runFailed
    default: .internalError
    }
  }
}
