import NIOSSL

/// A TLS 1.3 key exchange. Which one of several was agreed cannot be read back from the TLS
/// library, so that offering one alone is how to be sure.
package enum KeyExchangeGroup: String, CaseIterable, Sendable, CustomStringConvertible {
  /// X25519 with ML-KEM-768: safe against a recording that a quantum computer opens later.
  case x25519MLKEM768 = "X25519MLKEM768"
  case x25519 = "X25519"
  case secp256r1 = "secp256r1"
  case secp384r1 = "secp384r1"

  package static let defaults: [Self] = [.x25519MLKEM768]

  /// - Returns: nil unless `name` is one of `allCases`' names, in either case of letters.
  package init?(named name: String) {
    guard let group = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else { return nil }
    self = group
  }

  package var description: String { rawValue }

  var curve: NIOTLSCurve {
    switch self {
    case .x25519MLKEM768: .x25519_MLKEM768
    case .x25519: .x25519
    case .secp256r1: .secp256r1
    case .secp384r1: .secp384r1
    }
  }
}
