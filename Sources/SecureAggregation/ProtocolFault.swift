/// What a peer sent that the protocol does not allow, and who is to be asked about it.
package struct ProtocolFault: Error, Hashable, Sendable {
  package enum Code: String, Sendable, CaseIterable {
    case wrongRoster = "wrong-roster"
    case wrongEpoch = "wrong-epoch"
    case wrongSetup = "wrong-setup"
    case wrongAttempt = "wrong-attempt"
    case wrongLength = "wrong-length"
    case badSignature = "bad-signature"
    case malformedKey = "malformed-key"
    case equalKeys = "equal-keys"
    case journalWentBack = "journal-went-back"
    case ciphertextMismatch = "ciphertext-mismatch"
    case duplicate
    case outOfOrder = "out-of-order"
    case falseShare = "false-share"
    case masksDoNotCancel = "masks-do-not-cancel"
  }

  package let code: Code
  /// The site whose message it is, where that can be known.
  package let site: String?
  package let detail: String

  package init(_ code: Code, site: String? = nil, _ detail: String) {
    self.code = code
    self.site = site
    self.detail = detail
  }
}
