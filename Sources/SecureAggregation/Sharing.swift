/// The sharing of a secret `b` among the sites of an attempt: Shamir's, with coefficients that follow from `b`, so
/// that whoever opens it can check every share.
enum Sharing {
  /// - Parameter threshold: how many shares give `b` back, from 1.
  static func coefficients(
    _ secret: borrowing SecretBytes, attempt: Digest, threshold: Int
  ) throws(LibcryptoFailure) -> SecretBytes {
    var coefficients = SecretBytes(count: max(0, threshold - 1) * Shamir.secretByteCount)
    guard coefficients.count > 0 else { return coefficients }
    var generator = try MaskGenerator(key: KeySchedule.coefficientKey(secret: secret, attempt: attempt))
    try generator.fill(&coefficients)
    return coefficients
  }

  /// Whether a dealing is the one that follows from its secret.
  static func follows(
    _ dealing: Dealing, from secret: borrowing SecretBytes, attempt: Digest, sites: [String], dealer: String,
    threshold: Int
  ) throws(LibcryptoFailure) -> Bool {
    guard Dealing.digest(of: secret, attempt: attempt, from: dealer) == dealing.secret else { return false }
    let coefficients = try coefficients(secret, attempt: attempt, threshold: threshold)
    for (place, site) in sites.enumerated() {
      let share = Shamir.share(of: secret, coefficients: coefficients, place: UInt8(place + 1))
      guard Dealing.digest(of: share, attempt: attempt, from: dealer, to: site) == dealing.shares[place]
      else {
        return false
      }
    }
    return true
  }
}
