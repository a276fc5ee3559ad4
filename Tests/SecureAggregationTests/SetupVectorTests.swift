import KonsilTesting
import SecureAggregation
import Testing

/// `set-up-bad.json`: changes to the good set-up, and the refusal each must meet.
private struct BadFile: Decodable {
  struct Change: Decodable {
    let publicKey: Vectors.Hex?
    let journalCount: Int?
    let journalHead: Vectors.Hex?
    let digests: [Vectors.Hex]?
    let ciphertext: Vectors.Hex?
    let signature: Vectors.Hex?

    func applied(to key: SignedSetupKey) throws -> SignedSetupKey {
      SignedSetupKey(
        site: key.site, publicKey: publicKey?.bytes ?? key.publicKey,
        journal: JournalMark(
          count: journalCount ?? key.journal.count,
          head: try #require(Digest(bytes: journalHead?.bytes ?? key.journal.head.bytes))),
        signature: try #require(Signature(bytes: signature?.bytes ?? key.signature.bytes)))
    }

    func applied(to delivery: CiphertextDelivery) throws -> CiphertextDelivery {
      CiphertextDelivery(
        site: delivery.site,
        digests: try digests?.map { try #require(Digest(bytes: $0.bytes)) } ?? delivery.digests,
        ciphertext: ciphertext?.bytes ?? delivery.ciphertext,
        signature: try #require(Signature(bytes: signature?.bytes ?? delivery.signature.bytes)))
    }
  }
  struct Case: Decodable {
    let why: String
    let receiver: String
    let site: String
    let change: Change
    let code: String
  }
  let keys: [Case]
  let ciphertexts: [Case]
}

@Suite("A set-up made in Python")
struct SetupVectorTests {
  @Test("has the same statements, signatures and names here")
  func statements() throws {
    let known = try SetupVectors.read()
    let epoch = try known.epochName()
    for site in known.sites {
      let key = try site.signedKey()
      #expect(try site.signer().identity.bytes == site.identityKey.bytes)
      let statement = SignedSetupKey.statement(epoch, publicKey: key.publicKey, journal: key.journal)
      #expect(statement == site.statement.bytes)
      #expect(try site.signer().identity.verifies(key.signature, .setupKey, statement))
      #expect(try site.signer().sign(.setupKey, statement) == key.signature)
    }
    let setup = SignedSetupKey.setupDigest(epoch, keys: try known.sites.map { try $0.signedKey() })
    #expect(setup.bytes == known.setup.bytes)
    for (index, list) in known.lists.enumerated() {
      let statement = SignedCiphertexts.statement(
        setup: setup, index: index, digests: list.ciphertexts.map { Digest(of: $0.bytes) })
      #expect(statement == list.statement.bytes)
      #expect(
        try known.sites[index].signer().sign(.ciphertexts, statement).bytes == list.signature.bytes)
    }
  }

  @Test("gives every site the vectors' set-up, list and roots", arguments: 0..<4)
  func wholeSetup(index: Int) throws {
    let known = try SetupVectors.read()
    let keys = try known.sites.map { try $0.signedKey() }
    let phase = try known.ciphertextPhase(index, keys: keys)
    #expect(phase.setup.bytes == known.setup.bytes)
    let list = phase.signedCiphertexts
    #expect(list == (try known.lists[index].signed()))
    let masks = try phase.accept(
      SetupFixture.deliveries(try known.lists.map { try $0.signed() }, to: index))
    let roots = masks.withUnsafeRoots { Array($0) }
    for pair in known.pairs where pair.lower == index || pair.higher == index {
      let peer = pair.lower == index ? pair.higher : pair.lower
      #expect(Array(roots[32 * peer..<32 * peer + 32]) == pair.root.bytes, "root with \(peer)")
    }
    #expect(roots[32 * index..<32 * index + 32].allSatisfy { $0 == 0 })
  }

  @Test("is refused by the receiver for every bad key of the vectors")
  func badKeys() throws {
    let known = try SetupVectors.read()
    let bad: BadFile = try Vectors.read("set-up-bad")
    #expect(bad.keys.count >= 10)
    for test in bad.keys {
      let receiver = try #require(known.sites.firstIndex { $0.name == test.receiver })
      let changed = try #require(known.sites.firstIndex { $0.name == test.site })
      var keys = try known.sites.map { try $0.signedKey() }
      keys[changed] = try test.change.applied(to: keys[changed])
      let code = try #require(ProtocolFault.Code(rawValue: test.code))
      expectFault(code, site: test.site, test.why) {
        _ = try known.ciphertextPhase(receiver, keys: keys)
      }
    }
  }

  @Test("is refused by the receiver for every bad ciphertext of the vectors")
  func badCiphertexts() throws {
    let known = try SetupVectors.read()
    let keys = try known.sites.map { try $0.signedKey() }
    let bad: BadFile = try Vectors.read("set-up-bad")
    #expect(bad.ciphertexts.count >= 10)
    for test in bad.ciphertexts {
      let receiver = try #require(known.sites.firstIndex { $0.name == test.receiver })
      let changed = try #require(known.sites.firstIndex { $0.name == test.site })
      var deliveries = SetupFixture.deliveries(try known.lists.map { try $0.signed() }, to: receiver)
      deliveries[changed] = try test.change.applied(to: deliveries[changed])
      let code = try #require(ProtocolFault.Code(rawValue: test.code))
      expectFault(code, site: test.site, test.why) {
        _ = try known.ciphertextPhase(receiver, keys: keys).accept(deliveries)
      }
    }
  }
}
