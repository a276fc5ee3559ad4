import FoundationEssentials
import SecureAggregation

/// Bytes of an X-Wing public key and ciphertext (draft-connolly-cfrg-xwing-kem).
enum XWing {
  static let publicKeyBytes = 1_216
  static let ciphertextBytes = 1_120
}

extension Konsil_V1_SignedSetupKey {
  init(_ key: SignedSetupKey) {
    self.init()
    site = key.site
    publicKey = Data(key.publicKey)
    journal = Konsil_V1_JournalMark(key.journal)
    signature = Data(key.signature.bytes)
  }
}

extension SignedSetupKey {
  init(_ message: Konsil_V1_SignedSetupKey) throws(WireError) {
    self.init(
      site: try Field.name(message.site, "site"),
      publicKey: try Field.bytes(message.publicKey, exactly: XWing.publicKeyBytes, "public_key"),
      journal: try Field.message(message.hasJournal ? message.journal : nil, "journal") {
        mark throws(WireError) in try JournalMark(mark)
      },
      signature: try Field.signature(message.signature, "signature"))
  }
}

extension Konsil_V1_JournalMark {
  init(_ mark: JournalMark) {
    self.init()
    count = UInt64(bitPattern: Int64(mark.count))
    head = Data(mark.head.bytes)
  }
}

extension JournalMark {
  init(_ message: Konsil_V1_JournalMark) throws(WireError) {
    self.init(
      count: try Field.number(
        message.hasCount ? message.count : nil, in: 0...WireLimits.journalEntries, "count"),
      head: try Field.digest(message.head, "head"))
  }
}

extension Konsil_V1_SignedCiphertexts {
  init(_ list: SignedCiphertexts) {
    self.init()
    site = list.site
    ciphertexts = list.ciphertexts.map { Data($0) }
    signature = Data(list.signature.bytes)
  }
}

extension SignedCiphertexts {
  init(_ message: Konsil_V1_SignedCiphertexts) throws(WireError) {
    self.init(
      site: try Field.name(message.site, "site"),
      ciphertexts: try Field.list(message.ciphertexts, "ciphertexts") { data throws(WireError) in
        try Field.bytes(data, exactly: XWing.ciphertextBytes, "")
      },
      signature: try Field.signature(message.signature, "signature"))
  }
}

extension Konsil_V1_CiphertextDelivery {
  init(_ delivery: CiphertextDelivery) {
    self.init()
    site = delivery.site
    digests = delivery.digests.map { Data($0.bytes) }
    ciphertext = Data(delivery.ciphertext)
    signature = Data(delivery.signature.bytes)
  }
}

extension CiphertextDelivery {
  init(_ message: Konsil_V1_CiphertextDelivery) throws(WireError) {
    self.init(
      site: try Field.name(message.site, "site"),
      digests: try Field.list(message.digests, "digests") { data throws(WireError) in
        try Field.digest(data, "")
      },
      ciphertext: try Field.bytes(message.ciphertext, exactly: XWing.ciphertextBytes, "ciphertext"),
      signature: try Field.signature(message.signature, "signature"))
  }
}
