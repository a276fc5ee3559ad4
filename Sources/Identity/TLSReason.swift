import Foundation
import NIOSSL

/// Why the TLS library gave up. Its errors tell by text only, for example
/// `error:100003f0:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA at file:line`.
struct TLSReason: Hashable, Sendable {
  /// The names of all reasons on the error stack, first the deepest.
  let names: [String]

  /// - Returns: nil for an error that is not of the TLS library.
  init?(_ error: any Error) {
    let stack: NIOBoringSSLErrorStack
    switch error {
    case NIOSSLError.handshakeFailed(let inner), NIOSSLError.shutdownFailed(let inner):
      stack = Self.stack(of: inner)
    case let error as BoringSSLError: stack = Self.stack(of: error)
    case is NIOSSLError: stack = []
    default: return nil
    }
    names = stack.compactMap { entry in
      guard let start = entry.description.range(of: "OPENSSL_internal:")?.upperBound else {
        return nil
      }
      return String(entry.description[start...].prefix { $0 != " " })
    }
  }

  func contains(_ name: String) -> Bool { names.contains(name) }

  /// What the other side said in an alert, for example `unknown ca`; nil if it sent none.
  var alert: String? {
    for name in names {
      guard let range = name.range(of: "_ALERT_") else { continue }
      return name[range.upperBound...].lowercased().replacing("_", with: " ")
    }
    return nil
  }

  /// All reasons in a line for a log.
  var text: String {
    names.isEmpty
      ? "the connection was closed"
      : names.map { $0.lowercased().replacing("_", with: " ") }.joined(separator: ", ")
  }

  private static func stack(of error: BoringSSLError) -> NIOBoringSSLErrorStack {
    switch error {
    case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack),
      .failedToSetALPN(let stack):
      stack
    default: []
    }
  }
}
