/// A site's second phase of set-up: it has encapsulated to the sites above it and waits for the
/// ciphertexts of those below.
package struct SiteCiphertextPhase: ~Copyable, Sendable {
  package let setup: Digest
  private let roster: Roster
  private let index: Int
  private let publicKeys: [[UInt8]]
  private let privateKey: EncapsulationPrivateKey
  private var roots: PairRoots
  /// What the site sends.
  package let signedCiphertexts: SignedCiphertexts

  init(
    setup: Digest, roster: Roster, index: Int, publicKeys: [[UInt8]],
    privateKey: consuming EncapsulationPrivateKey, signer: SigningKey,
    encapsulation: KeyEncapsulation
  ) throws {
    var roots = PairRoots(sites: roster.count)
    var ciphertexts: [[UInt8]] = []
    for higher in (index + 1)..<max(index + 1, roster.count) {
      let sent: Encapsulation
      do {
        sent = try encapsulation.encapsulate(publicKeys[higher])
      } catch {
        throw ProtocolFault(
          .malformedKey, site: roster.members[higher].site, "its X-Wing key cannot be used")
      }
      for use in [KeySchedule.PairUse.masks, .seals] {
        roots.set(
          try KeySchedule.pairRoot(
            use, sharedSecret: sent.secret, lowerKey: publicKeys[index], higherKey: publicKeys[higher],
            ciphertext: Digest(of: sent.ciphertext), setup: setup, lower: index, higher: higher),
          peer: higher, use: use)
      }
      ciphertexts.append(sent.ciphertext)
    }
    let statement = SignedCiphertexts.statement(
      setup: setup, index: index, digests: ciphertexts.map(Digest.init(of:)))
    let signature = try signer.sign(.ciphertexts, statement)
    signedCiphertexts = SignedCiphertexts(
      site: roster.members[index].site, ciphertexts: ciphertexts, signature: signature)
    self.setup = setup
    self.roster = roster
    self.index = index
    self.publicKeys = publicKeys
    self.privateKey = privateKey
    self.roots = roots
  }

  /// Opens the ciphertexts of all sites of lower index, each only under its sender's signed list over
  /// this site's own `D`; the X-Wing private key goes with this phase.
  ///
  /// - Parameter deliveries: one for each site of lower index, in the roster's order.
  /// - Throws: `ProtocolFault` naming the sender.
  package consuming func accept(_ deliveries: [CiphertextDelivery]) throws -> SiteMaskPhase {
    guard deliveries.map(\.site) == Array(roster.sites.prefix(index)) else {
      throw ProtocolFault(.wrongRoster, "the ciphertexts are not those of all sites below, in order")
    }
    var roots = roots
    for (lower, delivery) in deliveries.enumerated() {
      let member = roster.members[lower]
      let statement = SignedCiphertexts.statement(
        setup: setup, index: lower, digests: delivery.digests)
      guard member.key.verifies(delivery.signature, .ciphertexts, statement) else {
        throw ProtocolFault(
          .badSignature, site: member.site, "its list of ciphertexts is not signed for this set-up")
      }
      let digest = Digest(of: delivery.ciphertext)
      guard delivery.digests.count == roster.count - lower - 1,
        delivery.digests[index - lower - 1] == digest
      else {
        throw ProtocolFault(
          .ciphertextMismatch, site: member.site, "the ciphertext is not the one it signed")
      }
      let secret: SecretBytes
      do {
        secret = try privateKey.decapsulate(delivery.ciphertext)
      } catch {
        throw ProtocolFault(.ciphertextMismatch, site: member.site, "its ciphertext does not open")
      }
      for use in [KeySchedule.PairUse.masks, .seals] {
        roots.set(
          try KeySchedule.pairRoot(
            use, sharedSecret: secret, lowerKey: publicKeys[lower], higherKey: publicKeys[index],
            ciphertext: digest, setup: setup, lower: lower, higher: index),
          peer: lower, use: use)
      }
    }
    return SiteMaskPhase(setup: setup, roster: roster, index: index, roots: roots)
  }
}
