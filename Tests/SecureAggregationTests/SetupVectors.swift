import KonsilTesting
import SecureAggregation
import Testing

/// `set-up.json`: a whole set-up of four sites, made in Python.
struct SetupVectors: Decodable {
  struct Site: Decodable {
    let name: String
    let identitySeed: Vectors.Hex
    let identityKey: Vectors.Hex
    let xwingSeed: Vectors.Hex
    let publicKey: Vectors.Hex
    let journalCount: Int
    let journalHead: Vectors.Hex
    let statement: Vectors.Hex
    let signature: Vectors.Hex

    func signer() throws -> SigningKey { try #require(SigningKey(seed: identitySeed.bytes)) }

    func signedKey() throws -> SignedSetupKey {
      SignedSetupKey(
        site: name, publicKey: publicKey.bytes,
        journal: JournalMark(count: journalCount, head: try #require(Digest(bytes: journalHead.bytes))),
        signature: try #require(Signature(bytes: signature.bytes)))
    }
  }
  struct List: Decodable {
    let site: String
    let ciphertexts: [Vectors.Hex]
    let statement: Vectors.Hex
    let signature: Vectors.Hex

    func signed() throws -> SignedCiphertexts {
      SignedCiphertexts(
        site: site, ciphertexts: ciphertexts.map(\.bytes),
        signature: try #require(Signature(bytes: signature.bytes)))
    }
  }
  struct Pair: Decodable {
    let lower: Int
    let higher: Int
    let sharedSecret: Vectors.Hex
    let root: Vectors.Hex
  }

  let plan: Vectors.Hex
  let run: String
  let epoch: Int
  let sites: [Site]
  let setup: Vectors.Hex
  let lists: [List]
  let pairs: [Pair]

  static func read() throws -> SetupVectors { try Vectors.read("set-up") }

  func epochName() throws -> EpochName {
    EpochName(plan: try #require(Digest(bytes: plan.bytes)), run: run, epoch: epoch)
  }

  func roster() throws -> Roster {
    try Roster(try sites.map { .init(site: $0.name, key: try $0.signer().identity) })
  }

  /// The key encapsulation of the site at `index`: its own seed, and the ciphertexts of its list.
  func encapsulation(_ index: Int) -> KeyEncapsulation {
    let sites = sites
    let lists = lists
    let pairs = pairs
    return KeyEncapsulation(
      makePrivateKey: { try EncapsulationPrivateKey(seed: sites[index].xwingSeed.bytes) },
      encapsulate: { publicKey in
        guard let receiver = sites.firstIndex(where: { $0.publicKey.bytes == publicKey }),
          let pair = pairs.first(where: { $0.lower == index && $0.higher == receiver })
        else { return try KeyEncapsulation.system.encapsulate(publicKey) }
        return Encapsulation(
          ciphertext: lists[index].ciphertexts[receiver - index - 1].bytes,
          secret: SecretBytes(copying: pair.sharedSecret.bytes))
      })
  }

  /// The phase in which the site at `index` waits for keys.
  func keyPhase(_ index: Int) throws -> SiteKeyPhase {
    try SiteKeyPhase(
      epoch: try epochName(), roster: try roster(), site: sites[index].name,
      journal: try sites[index].signedKey().journal, signer: try sites[index].signer(),
      encapsulation: encapsulation(index))
  }

  /// The phase in which it waits for ciphertexts, once it has taken `keys`.
  func ciphertextPhase(_ index: Int, keys: [SignedSetupKey]) throws -> SiteCiphertextPhase {
    try keyPhase(index).accept(
      keys, highestMarks: [:], signer: try sites[index].signer(), encapsulation: encapsulation(index))
  }
}
