import KonsilTesting
import SecureAggregation
import Testing

@Suite("A site refuses ciphertexts")
struct SetupCiphertextRefusalTests {
  /// Four sites that have exchanged keys, and their lists.
  private func lists() throws -> (sites: [SetupSite], lists: [SignedCiphertexts]) {
    let sites = try SetupFixture(sites: 4).begin()
    let keys = try sites.map { try $0.signedKey }
    return (sites, try sites.map { try $0.accept(keys) })
  }

  /// Hands changed ciphertexts to the site at `receiver`.
  private func hand(
    to receiver: Int,
    _ change: ([CiphertextDelivery], [SignedCiphertexts], [SetupSite]) throws -> [CiphertextDelivery]
  ) throws {
    let (sites, lists) = try lists()
    try sites[receiver].accept(change(SetupFixture.deliveries(lists, to: receiver), lists, sites))
  }

  private func replacing(
    _ delivery: CiphertextDelivery, digests: [Digest]? = nil, ciphertext: [UInt8]? = nil,
    signature: Signature? = nil
  ) -> CiphertextDelivery {
    CiphertextDelivery(
      site: delivery.site, digests: digests ?? delivery.digests,
      ciphertext: ciphertext ?? delivery.ciphertext, signature: signature ?? delivery.signature)
  }

  /// Every pair of a receiver and a site below it.
  private static let pairs = (1..<4).flatMap { receiver in (0..<receiver).map { (receiver, $0) } }

  @Test("and takes them unchanged", arguments: 0..<4)
  func unchanged(receiver: Int) throws { try hand(to: receiver) { deliveries, _, _ in deliveries } }

  @Test(
    "that the coordinator made itself in place of a site's, alone or with their digests", arguments: pairs)
  func replaced(receiver: Int, sender: Int) throws {
    let (sites, lists) = try lists()
    let key = try SetupFixture(sites: 4).site(receiver).signedKey.publicKey
    let own = try KeyEncapsulation.system.encapsulate(key).ciphertext
    var deliveries = SetupFixture.deliveries(lists, to: receiver)
    deliveries[sender] = replacing(deliveries[sender], ciphertext: own)
    expectFault(.ciphertextMismatch, site: sites[sender].name) { try sites[receiver].accept(deliveries) }
    expectFault(.badSignature, site: sites[sender].name) {
      try hand(to: receiver) { deliveries, _, _ in
        var deliveries = deliveries
        var digests = deliveries[sender].digests
        digests[receiver - sender - 1] = Digest(of: own)
        deliveries[sender] = replacing(deliveries[sender], digests: digests, ciphertext: own)
        return deliveries
      }
    }
  }

  @Test("all replaced, as for the last site, whom the coordinator would read", arguments: 1..<4)
  func allReplaced(receiver: Int) throws {
    let (sites, lists) = try lists()
    let key = try SetupFixture(sites: 4).site(receiver).signedKey.publicKey
    let deliveries = try SetupFixture.deliveries(lists, to: receiver).map {
      replacing($0, ciphertext: try KeyEncapsulation.system.encapsulate(key).ciphertext)
    }
    expectFault(.ciphertextMismatch, site: "luxembourg") { try sites[receiver].accept(deliveries) }
  }

  @Test("dropped, repeated or in another order", arguments: 1..<4)
  func dropped(receiver: Int) {
    for dropped in 0..<receiver {
      expectFault(.wrongRoster) {
        try hand(to: receiver) { deliveries, _, _ in
          deliveries.enumerated().filter { $0.offset != dropped }.map(\.element)
        }
      }
    }
    expectFault(.wrongRoster) { try hand(to: receiver) { deliveries, _, _ in deliveries + [deliveries[0]] } }
    if receiver > 1 {
      expectFault(.wrongRoster) { try hand(to: receiver) { deliveries, _, _ in deliveries.reversed() } }
    }
  }

  @Test("that the first site is handed, since none is below it")
  func toTheFirst() {
    expectFault(.wrongRoster) { try hand(to: 0) { _, lists, _ in SetupFixture.deliveries(lists, to: 1) } }
  }

  @Test(
    "meant for another site", arguments: [(1, 0, 2), (1, 0, 3), (2, 0, 1), (2, 1, 3), (3, 0, 1), (3, 1, 2)])
  func exchanged(receiver: Int, sender: Int, meantFor: Int) throws {
    expectFault(.ciphertextMismatch, site: SetupFixture.names[sender]) {
      try hand(to: receiver) { deliveries, lists, _ in
        var deliveries = deliveries
        deliveries[sender] = replacing(
          deliveries[sender], ciphertext: lists[sender].ciphertexts[meantFor - sender - 1])
        return deliveries
      }
    }
  }

  @Test("under a list that is reordered, shortened, of another site or over another set-up", arguments: pairs)
  func otherLists(receiver: Int, sender: Int) throws {
    let name = SetupFixture.names[sender]
    func expect(
      _ code: ProtocolFault.Code, _ why: String,
      _ change: (CiphertextDelivery, [SignedCiphertexts], [SetupSite]) throws -> CiphertextDelivery
    ) {
      expectFault(code, site: name, why) {
        try hand(to: receiver) { deliveries, lists, sites in
          var deliveries = deliveries
          deliveries[sender] = try change(deliveries[sender], lists, sites)
          return deliveries
        }
      }
    }
    if sender < 2 {
      expect(.badSignature, "reordered") { delivery, _, _ in
        replacing(delivery, digests: delivery.digests.reversed())
      }
    }
    expect(.badSignature, "shortened") { delivery, _, _ in
      replacing(delivery, digests: Array(delivery.digests.dropLast()))
    }
    expect(.badSignature, "list of another site") { delivery, lists, _ in
      let other = lists[sender == 0 ? 1 : 0]
      return replacing(
        delivery, digests: other.ciphertexts.map(Digest.init(of:)), signature: other.signature)
    }
    expect(.badSignature, "over another set-up") { delivery, _, sites in
      let statement = SignedCiphertexts.statement(
        setup: Digest(of: [1]), index: sender, digests: delivery.digests)
      return replacing(delivery, signature: try sites[sender].signer.sign(.ciphertexts, statement))
    }
    expect(.badSignature, "with another index") { delivery, _, sites in
      let statement = SignedCiphertexts.statement(
        setup: try sites[receiver].setup, index: sender + 1, digests: delivery.digests)
      return replacing(delivery, signature: try sites[sender].signer.sign(.ciphertexts, statement))
    }
    expect(.badSignature, "by another site") { delivery, _, sites in
      let statement = SignedCiphertexts.statement(
        setup: try sites[receiver].setup, index: sender, digests: delivery.digests)
      return replacing(delivery, signature: try sites[receiver].signer.sign(.ciphertexts, statement))
    }
  }

  @Test("of another length, though signed", arguments: [0, 1, 1119, 1121])
  func malformed(length: Int) throws {
    expectFault(.ciphertextMismatch, site: "luxembourg") {
      try hand(to: 3) { deliveries, _, sites in
        let ciphertext = [UInt8](repeating: 9, count: length)
        let digests = Array(deliveries[0].digests.dropLast()) + [Digest(of: ciphertext)]
        let statement = SignedCiphertexts.statement(
          setup: try sites[3].setup, index: 0, digests: digests)
        return [
          replacing(
            deliveries[0], digests: digests, ciphertext: ciphertext,
            signature: try sites[0].signer.sign(.ciphertexts, statement))
        ] + deliveries.dropFirst()
      }
    }
  }

  @Test("of a set-up in which a site saw other keys: the name D differs")
  func otherKeys() throws {
    let fixture = try SetupFixture(sites: 4)
    let sites = try fixture.begin()
    let keys = try sites.map { try $0.signedKey }
    // A colluding site signs two keys, and the coordinator shows each to some sites.
    let second = try fixture.site(3).signedKey
    let lists = try [
      sites[0].accept(keys), sites[1].accept(Array(keys.dropLast()) + [second]), sites[2].accept(keys),
    ]
    #expect(try sites[0].setup != sites[1].setup)
    expectFault(.badSignature, site: "strasbourg") {
      try sites[2].accept(SetupFixture.deliveries(lists, to: 2))
    }
  }
}
