import Federation
import Identity
import SecureAggregation

extension SiteRun.Keys {
  /// The site's keys from its files; the digest key is made when it is not there.
  package static func load(identity: KeyFolder, state: StateFolder) throws -> SiteRun.Keys {
    let signer = try identity.signingKey()
    let present = StateFolder.names(in: state.path)
    if !present.contains("digest.key") {
      guard !present.contains("journal.jsonl") else {
        throw Complaint(
          .badInput, code: "digest-key-lost", "\(state.digestKey) is gone, and the journal rests on it",
          advice: "restore it from a copy of the state folder")
      }
      try StateFolder.make(state.path)
      try StateFolder.write((0..<32).map { _ in UInt8.random(in: .min ... .max) }, to: state.digestKey)
    }
    guard let digests = DigestKey(bytes: try StateFolder.read(state.digestKey)) else {
      throw Complaint(
        .badInput, code: "digest-key-damaged", "\(state.digestKey) does not have 32 bytes",
        advice: "restore it: the journal's digests cannot be checked without it")
    }
    return SiteRun.Keys(
      signer: signer, digests: digests, encapsulation: .system,
      noise: { UInt64.random(in: .min ... .max) })
  }
}
