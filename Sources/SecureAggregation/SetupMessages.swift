import Queries

/// Which epoch of which run a set-up is for.
package struct EpochName: Hashable, Sendable, Codable {
  /// Digest of the plan's bytes.
  package let plan: Digest
  package let run: String
  /// Grows with every set-up of the plan.
  package let epoch: Int

  /// An epoch further above the last one is refused, so that no one uses them up.
  package static let greatestLeap = 1_000_000

  package init(plan: Digest, run: String, epoch: Int) {
    self.plan = plan
    self.run = run
    self.epoch = epoch
  }

  func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(plan.bytes)
    encoder.append(run)
    encoder.append(epoch)
  }
}

/// How far a site's journal has come: it may never go back.
package struct JournalMark: Hashable, Sendable, Codable {
  /// Number of entries.
  package let count: Int
  /// Digest of the last entry, which holds that of the one before, and so on.
  package let head: Digest

  package init(count: Int, head: Digest) {
    self.count = count
    self.head = head
  }

  /// Whether a journal at this mark can be one that was at `earlier`.
  func mayFollow(_ earlier: JournalMark) -> Bool {
    count > earlier.count || self == earlier
  }
}

/// First message of set-up: a site's fresh X-Wing public key, signed with its identity key.
package struct SignedSetupKey: Hashable, Sendable {
  package let site: String
  package let publicKey: [UInt8]
  package let journal: JournalMark
  package let signature: Signature

  package init(site: String, publicKey: [UInt8], journal: JournalMark, signature: Signature) {
    self.site = site
    self.publicKey = publicKey
    self.journal = journal
    self.signature = signature
  }

  /// The bytes that are signed.
  package static func statement(
    _ epoch: EpochName, publicKey: [UInt8], journal: JournalMark
  ) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.setupKey.rawValue)
    epoch.encode(into: &encoder)
    encoder.append(publicKey)
    encoder.append(journal.count)
    encoder.append(journal.head.bytes)
    return encoder.bytes
  }

  /// `D`: the name of a set-up, over the plan, run, epoch and all signed keys in roster order.
  package static func setupDigest(_ epoch: EpochName, keys: [SignedSetupKey]) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/setup")
    epoch.encode(into: &encoder)
    encoder.append(list: keys) { encoder, key in
      encoder.append(key.site)
      encoder.append(key.publicKey)
      encoder.append(key.journal.count)
      encoder.append(key.journal.head.bytes)
      encoder.append(key.signature.bytes)
    }
    return Digest(of: encoder.bytes)
  }
}

/// Second message of set-up: a site's ciphertexts to all sites of higher index, in their order.
package struct SignedCiphertexts: Hashable, Sendable {
  package let site: String
  package let ciphertexts: [[UInt8]]
  package let signature: Signature

  package init(site: String, ciphertexts: [[UInt8]], signature: Signature) {
    self.site = site
    self.ciphertexts = ciphertexts
    self.signature = signature
  }

  /// The bytes that are signed: one list a `D`.
  package static func statement(setup: Digest, index: Int, digests: [Digest]) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.ciphertexts.rawValue)
    encoder.append(setup.bytes)
    encoder.append(index)
    encoder.append(list: digests) { $0.append($1.bytes) }
    return encoder.bytes
  }

  /// What the coordinator passes on to the site at `receiver`, an index above this site's.
  package func delivery(to receiver: Int, from index: Int) -> CiphertextDelivery? {
    let place = receiver - index - 1
    guard ciphertexts.indices.contains(place) else { return nil }
    return CiphertextDelivery(
      site: site, digests: ciphertexts.map(Digest.init(of:)), ciphertext: ciphertexts[place],
      signature: signature)
  }
}

/// One ciphertext to one site, with the signed list that it stands in.
package struct CiphertextDelivery: Hashable, Sendable {
  package let site: String
  package let digests: [Digest]
  package let ciphertext: [UInt8]
  package let signature: Signature

  package init(site: String, digests: [Digest], ciphertext: [UInt8], signature: Signature) {
    self.site = site
    self.digests = digests
    self.ciphertext = ciphertext
    self.signature = signature
  }
}
