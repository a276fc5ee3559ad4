import Queries

/// What a site sends with its `y` under `membership: tolerant`: the shares of the secret `b` of its own mask, sealed
/// to each site of the attempt, and digests by which they are recognised. The signature over `y` covers it.
package struct Dealing: Hashable, Sendable {
  package static let sealedByteCount = Shamir.secretByteCount + Sealing.tagByteCount

  /// Digest of `b`.
  package let secret: Digest
  /// Digests of the shares, in the order of the attempt's sites.
  package let shares: [Digest]
  /// The sealed shares in the same order; empty in the dealer's own place.
  package let sealed: [[UInt8]]

  package init(secret: Digest, shares: [Digest], sealed: [[UInt8]]) {
    self.secret = secret
    self.shares = shares
    self.sealed = sealed
  }

  /// What stands for all of it under a signature.
  package var digest: Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/dealing")
    encoder.append(secret.bytes)
    encoder.append(list: shares) { $0.append($1.bytes) }
    encoder.append(list: sealed) { $0.append($1) }
    return Digest(of: encoder.bytes)
  }

  /// The digest of a secret `b` or, with both ends named, of a share of it.
  package static func digest(
    of bytes: borrowing SecretBytes, attempt: Digest, from dealer: String, to receiver: String? = nil
  ) -> Digest {
    var encoder = CanonicalEncoder(
      label: receiver == nil ? "konsil/v1/secret-digest" : "konsil/v1/share-digest")
    encoder.append(attempt.bytes)
    encoder.append(dealer)
    if let receiver { encoder.append(receiver) }
    return Digest(of: encoder.bytes, then: bytes)
  }
}

/// A sealed share on its way to its receiver, with the digest its dealer signed for it.
package struct ShareDelivery: Hashable, Sendable {
  /// Who dealt it.
  package let site: String
  package let digest: Digest
  package let sealed: [UInt8]

  package init(site: String, digest: Digest, sealed: [UInt8]) {
    self.site = site
    self.digest = digest
    self.sealed = sealed
  }
}

/// A site's answer in the second exchange: its shares of the secrets of all sites of one attempt.
package struct OpenedShares: Hashable, Sendable {
  package static let shareByteCount = Shamir.secretByteCount

  package let site: String
  /// `T`.
  package let attempt: Digest
  /// One share for each site of the attempt, in its order.
  package let shares: [[UInt8]]

  package init(site: String, attempt: Digest, shares: [[UInt8]]) {
    self.site = site
    self.attempt = attempt
    self.shares = shares
  }
}

/// A site's word that a dealer's share does not open or is not the one it signed.
package struct SignedComplaint: Hashable, Sendable {
  package let site: String
  /// `T`.
  package let attempt: Digest
  package let dealer: String
  package let signature: Signature

  package init(site: String, attempt: Digest, dealer: String, signature: Signature) {
    self.site = site
    self.attempt = attempt
    self.dealer = dealer
    self.signature = signature
  }

  /// The bytes that are signed.
  package static func statement(attempt: Digest, site: String, dealer: String) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.complaint.rawValue)
    encoder.append(attempt.bytes)
    encoder.append(site)
    encoder.append(dealer)
    return encoder.bytes
  }
}

/// What a site says in the second exchange.
package enum OpeningAnswer: Hashable, Sendable {
  case opening(OpenedShares)
  case complaint(SignedComplaint)
}
