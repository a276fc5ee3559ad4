/// A site's first phase of set-up: it has made its X-Wing key and waits for everyone's.
package struct SiteKeyPhase: ~Copyable, Sendable {
  private let epoch: EpochName
  private let roster: Roster
  private let index: Int
  private let privateKey: EncapsulationPrivateKey
  /// What the site sends.
  package let signedKey: SignedSetupKey

  /// - Throws: `ProtocolFault` `.wrongRoster` when the signer is not in the roster; what the key
  ///   encapsulation and the signer throw.
  package init(
    epoch: EpochName, roster: Roster, site: String, journal: JournalMark, signer: SigningKey,
    encapsulation: KeyEncapsulation
  ) throws {
    guard let index = roster.index(of: site), roster.members[index].key == signer.identity else {
      throw ProtocolFault(.wrongRoster, site: site, "the roster does not hold this site's key")
    }
    let privateKey = try encapsulation.makePrivateKey()
    let publicKey = privateKey.publicKey
    let statement = SignedSetupKey.statement(epoch, publicKey: publicKey, journal: journal)
    let signature = try signer.sign(.setupKey, statement)
    self.epoch = epoch
    self.roster = roster
    self.index = index
    self.privateKey = privateKey
    signedKey = SignedSetupKey(
      site: site, publicKey: publicKey, journal: journal, signature: signature)
  }

  /// Checks everyone's keys and encapsulates to every site of higher index.
  ///
  /// - Parameters:
  ///   - keys: one for each member, in the roster's order.
  ///   - highestMarks: how far this site ever saw the journal of each other be, by the fingerprint of its key.
  /// - Throws: `ProtocolFault` naming the site whose key is not as it must be.
  package consuming func accept(
    _ keys: [SignedSetupKey], highestMarks: [String: JournalMark], signer: SigningKey,
    encapsulation: KeyEncapsulation
  ) throws -> SiteCiphertextPhase {
    guard keys.map(\.site) == roster.sites else {
      throw ProtocolFault(.wrongRoster, "the keys are not those of all the plan's sites, in order")
    }
    guard keys[index] == signedKey else {
      throw ProtocolFault(.wrongSetup, "this site's own key came back changed")
    }
    guard Set(keys.map(\.publicKey)).count == keys.count else {
      throw ProtocolFault(.equalKeys, "two sites have the same X-Wing key")
    }
    for (key, member) in zip(keys, roster.members) {
      let statement = SignedSetupKey.statement(
        epoch, publicKey: key.publicKey, journal: key.journal)
      guard member.key.verifies(key.signature, .setupKey, statement) else {
        throw ProtocolFault(
          .badSignature, site: key.site, "its X-Wing key is not signed for this plan, run and epoch")
      }
      guard highestMarks[member.key.fingerprint].map(key.journal.mayFollow) ?? true else {
        throw ProtocolFault(
          .journalWentBack, site: key.site, "its journal is not a continuation of the one it once had")
      }
    }
    return try SiteCiphertextPhase(
      setup: SignedSetupKey.setupDigest(epoch, keys: keys), roster: roster, index: index,
      publicKeys: keys.map(\.publicKey), privateKey: privateKey, signer: signer,
      encapsulation: encapsulation)
  }
}
