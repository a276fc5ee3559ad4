import Foundation
import NIOCore
import NIOPosix
import NIOSSL

extension ConnectFailure {
  /// What kept TCP from connecting to `address`.
  init(tcp error: any Error, to address: HostPort) {
    switch error {
    case let error as NIOConnectionError:
      if let failure = error.connectionErrors.last {
        self.init(tcp: failure.error, to: address)
      } else {
        self = .nameNotResolved(address.host)
      }
    case is SocketAddressError, is SocketAddressError.UnknownHost:
      self = .nameNotResolved(address.host)
    case ChannelError.connectTimeout: self = .timedOut(address, .connecting)
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      self = .connectionRefused(address)
    case let error as IOError where error.errnoCode == ETIMEDOUT:
      self = .timedOut(address, .connecting)
    default: self = .unreachable(address, reason: Self.reason(of: error))
    }
  }

  /// What went wrong in TLS with `server`.
  ///
  /// - Parameter phase: `handshake` while we have not verified the server, then `acceptance`.
  init(tls error: any Error, with server: HostPort, authority: String, in phase: Phase) {
    let reason = TLSReason(error)
    if phase == .acceptance {
      // The handshake is over on our side: only our certificate is left to object to. When the
      // server closes at once, its alert may be lost.
      self = .certificateRefused(server, alert: reason?.alert)
    } else if let reason, reason.contains("CERTIFICATE_VERIFY_FAILED") {
      self = .serverNotTrusted(server, authority: authority)
    } else if let reason, !reason.names.isEmpty {
      self = .notAgreed(server, reason: reason.alert ?? reason.text)
    } else if reason != nil || error is IOError {
      self = .closed(server, phase)
    } else {
      self = .failed(server, reason: Self.reason(of: error))
    }
  }

  /// A short text for an error of the network library, without file or line.
  static func reason(of error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      error.connectionErrors.last.map { reason(of: $0.error) } ?? "its name does not resolve"
    case is SocketAddressError, is SocketAddressError.UnknownHost: "its name does not resolve"
    default: "\(error)"
    }
  }
}
