import Foundation

/// Why a certificate or a request for one is not accepted. No text from it is shown but a name
/// that was found well formed.
package enum CertificateProblem: Error, Hashable, CustomStringConvertible {
  case malformed
  /// The request is not signed by the key that it wants certified.
  case badSignature
  case keyNotP256
  /// No URI `konsil://role/name`.
  case noName
  case severalNames
  case badName
  case roleMismatch(found: PeerName, wanted: [Role])
  /// A request may ask for its name and nothing else.
  case extraNames
  case outsideDates(from: Date, until: Date)
  case validity(days: Int, most: Int)
  case badHost(String)
  case signingFailed

  package var description: String {
    switch self {
    case .malformed: "not a certificate or request that can be read; make it again"
    case .badSignature: "the request is not signed by its own key; make it again"
    case .keyNotP256: "the request's key is not a P-256 key; make it again with 'init' or 'keys new'"
    case .noName: "it names no party: no URI konsil://role/name in the subject alternative name"
    case .severalNames: "it names more than one party in the subject alternative name"
    case .badName: "its konsil URI is malformed: \(PeerName.rule)"
    case .roleMismatch(let found, let wanted):
      "it names \(found), but the role must be "
        + wanted.map(\.rawValue).joined(separator: " or ")
    case .extraNames: "the request asks for more than its name; make it again"
    case .outsideDates(let from, let until):
      "it is valid from \(from.formatted(.iso8601)) until \(until.formatted(.iso8601)) only; "
        + "check the clock or have a new one issued"
    case .validity(let days, let most):
      "\(days) days are not possible: choose 1 to \(most)"
    case .badHost(let host): "\(host.debugDescription) is neither a host name nor an IP address"
    case .signingFailed: "it could not be signed"
    }
  }
}
