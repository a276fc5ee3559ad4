import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("In set-up a site refuses")
struct SetupRefusalTests {
  /// The last of four sites, to which the other three have encapsulated.
  private struct Lists {
    let bench: Bench
    let lists: [SignedCiphertexts]
    var last: BenchSite { bench.sites[3] }
    var deliveries: [CiphertextDelivery] { bench.deliveries(lists, to: 3) }

    init() throws {
      bench = try Bench(SmallStudy.drawn(sites: 4))
      lists = try bench.exchangeKeys(bench.openEpoch())
    }

    /// What the coordinator encapsulates itself.
    func ownCiphertext() throws -> [UInt8] {
      try KeyEncapsulation.system.encapsulate(bench.keys[3].publicKey).ciphertext
    }

    func refuse(_ rule: String, _ detail: String, _ deliveries: [CiphertextDelivery]) throws {
      last.refuses(rule, detail, .ciphertexts(epoch: 1, deliveries))
      // Without a set-up nothing can be masked any more.
      #expect(last.liveEpoch == nil)
      last.refuses("out-of-order", "a step comes after set-up", .step(try bench.request()))
    }
  }

  @Test("a ciphertext that the coordinator put in place of a site's")
  func replacedCiphertext() throws {
    let setup = try Lists()
    let own = try setup.ownCiphertext()
    let first = setup.deliveries[0]
    let replaced = CiphertextDelivery(
      site: first.site, digests: first.digests, ciphertext: own, signature: first.signature)
    try setup.refuse(
      "ciphertext-mismatch", "site luxembourg: the ciphertext is not the one it signed",
      [replaced] + setup.deliveries.dropFirst())
  }

  @Test("such a ciphertext with its digest in the list, for the list is signed")
  func replacedDigest() throws {
    let setup = try Lists()
    let own = try setup.ownCiphertext()
    let first = setup.deliveries[0]
    let replaced = CiphertextDelivery(
      site: first.site, digests: first.digests.dropLast() + [Digest(of: own)], ciphertext: own,
      signature: first.signature)
    try setup.refuse(
      "bad-signature", "site luxembourg: its list of ciphertexts is not signed for this set-up",
      [replaced] + setup.deliveries.dropFirst())
  }

  @Test("a ciphertext that another site was to get")
  func strayCiphertext() throws {
    let setup = try Lists()
    let stray = try #require(setup.lists[0].delivery(to: 2, from: 0))
    try setup.refuse(
      "ciphertext-mismatch", "site luxembourg: the ciphertext is not the one it signed",
      [stray] + setup.deliveries.dropFirst())
  }

  @Test("ciphertexts of which one is dropped, in another order, or twice")
  func otherCiphertexts() throws {
    for change: ([CiphertextDelivery]) -> [CiphertextDelivery] in [
      { Array($0.dropLast()) }, { Array($0.dropFirst()) }, { $0.reversed() }, { $0 + [$0[0]] }, { _ in [] },
    ] {
      let setup = try Lists()
      try setup.refuse(
        "wrong-roster", "the ciphertexts are not those of all sites below, in order",
        change(setup.deliveries))
    }
  }

  @Test("ciphertexts twice, or before the keys")
  func ciphertextsOutOfOrder() throws {
    let setup = try Lists()
    let deliveries = setup.deliveries
    #expect(setup.last.tell(.ciphertexts(epoch: 1, deliveries)) == Told())
    setup.last.refuses(
      "out-of-order", "ciphertexts come once, after the setup keys", .ciphertexts(epoch: 1, deliveries))
    // What was set up before stands.
    #expect(setup.last.liveEpoch == 1)
    let early = try Bench(SmallStudy.drawn(sites: 4))
    _ = try early.openEpoch()
    early.sites[3].refuses(
      "out-of-order", "ciphertexts come once, after the setup keys", .ciphertexts(epoch: 1, deliveries))
  }

  @Test("a key that was signed for another run or another epoch")
  func keyOfElsewhere() throws {
    let study = try SmallStudy.drawn()
    let elsewhere = try Bench(study)
    let ofEarlierEpoch = try elsewhere.openEpoch()[1]
    try elsewhere.beginRun(String(repeating: "0b", count: 16))
    let ofOtherRun = try elsewhere.openEpoch(2)[1]
    for foreign in [ofEarlierEpoch, ofOtherRun] {
      let bench = try Bench(study)
      _ = try bench.openEpoch()
      var keys = try bench.openEpoch()
      keys[1] = foreign
      bench.sites[0].refuses(
        "bad-signature",
        "site strasbourg: its X-Wing key is not signed for this plan, run and epoch",
        .setupKeys(epoch: 2, keys))
      #expect(bench.sites[0].liveEpoch == nil)
    }
  }

  @Test("a key that the coordinator made")
  func forgedKey() throws {
    let bench = try Bench(SmallStudy.drawn())
    var keys = try bench.openEpoch()
    let key = try KeyEncapsulation.system.makePrivateKey().publicKey
    keys[2] = SignedSetupKey(
      site: keys[2].site, publicKey: key, journal: keys[2].journal, signature: keys[2].signature)
    bench.sites[0].refuses(
      "bad-signature", "site freiburg: its X-Wing key is not signed for this plan, run and epoch",
      .setupKeys(epoch: 1, keys))
  }

  @Test("two equal keys, though a colluding site signs the other's key as its own")
  func equalKeys() throws {
    let bench = try Bench(SmallStudy.drawn())
    var keys = try bench.openEpoch()
    let colluder = bench.sites[2]
    let statement = SignedSetupKey.statement(
      bench.epochName, publicKey: keys[1].publicKey, journal: keys[2].journal)
    keys[2] = SignedSetupKey(
      site: colluder.name, publicKey: keys[1].publicKey, journal: keys[2].journal,
      signature: try colluder.signer.sign(.setupKey, statement))
    bench.sites[0].refuses(
      "equal-keys", "two sites have the same X-Wing key", .setupKeys(epoch: 1, keys))
  }

  @Test("its own key changed, and keys of too few, of too many, or in another order")
  func otherKeys() throws {
    for change: ([SignedSetupKey]) -> [SignedSetupKey] in [
      { Array($0.dropLast()) }, { [$0[0], $0[2], $0[1]] }, { $0 + [$0[1]] }, { [$0[0], $0[1], $0[1]] },
    ] {
      let bench = try Bench(SmallStudy.drawn())
      let keys = try bench.openEpoch()
      bench.sites[0].refuses(
        "wrong-roster", "the keys are not those of all the plan's sites, in order",
        .setupKeys(epoch: 1, change(keys)))
    }
    let bench = try Bench(SmallStudy.drawn())
    var keys = try bench.openEpoch()
    keys[0] = SignedSetupKey(
      site: keys[0].site, publicKey: keys[1].publicKey, journal: keys[0].journal, signature: keys[0].signature
    )
    bench.sites[0].refuses(
      "wrong-setup", "this site's own key came back changed", .setupKeys(epoch: 1, keys))
  }

  @Test("a site whose journal has gone back, or has another line where it was")
  func journalWentBack() throws {
    let study = try SmallStudy.drawn()
    for isAsLong in [false, true] {
      let bench = try Bench(study)
      try bench.setUp()
      try bench.advance(to: "newton")
      try bench.setUp()
      // Its folder is restored from an older copy; the other sites' journals stay.
      let restored = try Bench(study)
      if isAsLong {
        try restored.setUp()
        try restored.advance(to: "newton")
      }
      var keys = try bench.openEpoch(3)
      let seen = bench.sites[0].journal.peerMarks[bench.sites[1].signer.identity.fingerprint]
      keys[1] = try restored.sites[1].tell(.openEpoch(3)).key()
      #expect(keys[1].journal.count == (isAsLong ? seen?.count : 1))
      bench.sites[0].refuses(
        "journal-went-back",
        "site strasbourg: its journal is not a continuation of the one it once had",
        .setupKeys(epoch: 3, keys))
    }
  }

  @Test(
    "an epoch that is over, the same again, and a leap that would use epochs up, without a word to anyone")
  func epochs() throws {
    let bench = try Bench(SmallStudy.drawn())
    let keys = try bench.openEpoch(5)
    let site = bench.sites[0]
    let leap = EpochName.greatestLeap
    for epoch in [5, 4, 0, -1, .min, 5 + leap + 1, .max] {
      site.refuses(
        "wrong-epoch", "epoch \(epoch) does not follow 5, which this site has seen", .openEpoch(epoch),
        isLate: true)
    }
    // The epoch that is open goes on; messages of others are dropped.
    site.refuses(
      "wrong-epoch", "the message is for epoch 4; this site is in 5", .setupKeys(epoch: 4, keys), isLate: true
    )
    _ = try site.tell(.setupKeys(epoch: 5, keys)).ciphertexts()
    _ = try site.tell(.openEpoch(5 + leap)).key()
    site.refuses(
      "wrong-epoch", "the message is for epoch 5; this site is in \(5 + leap)",
      .ciphertexts(epoch: 5, []), isLate: true)
  }

  @Test(
    "everything of an epoch that another run of the plan has replaced, and forgets it then if not before",
    arguments: [false, true])
  func otherRunIsLive(isTold: Bool) throws {
    let bench = try Bench(SmallStudy.drawn())
    try bench.setUp()
    let request = try bench.request()
    let frame = SiteRun.Frame(
      run: String(repeating: "0c", count: 16), site: bench.names[0], roster: bench.roster,
      subject: PlanOnSnapshot(plan: bench.plan, snapshot: Digest(of: Array("records 0".utf8))),
      mostSteps: 60)
    let other = try BenchSite(0, bench.study, ConstantComputation(value: 0), frame)
    let site = bench.sites[0]
    site.shareJournal(with: other) { _ = other.tell(.openEpoch(2)) }
    #expect(site.liveEpoch == 1)
    if isTold {
      site.forgetIfLeftBehind()
      #expect(site.liveEpoch == nil)
    }
    site.refuses(
      "wrong-epoch", "the message is for epoch 1; this site is in 2", .step(request), isLate: true)
    #expect(site.liveEpoch == nil)
  }

  @Test("to begin where its own library fails, and can begin afterwards from an intact journal")
  func libraryFails() throws {
    let fails = Counter()
    let encapsulation = KeyEncapsulation(
      makePrivateKey: {
        if fails.next() == 1 { throw FixtureError() }
        return try KeyEncapsulation.system.makePrivateKey()
      }, encapsulate: KeyEncapsulation.system.encapsulate)
    let bench = try Bench(SmallStudy.drawn())
    let site = try bench.freshSite(0, encapsulation: encapsulation)
    site.refuses("internal", "the site could not go on: FixtureError", .openEpoch(1))
    _ = try site.tell(.openEpoch(1)).key()
    #expect(try Journal(replaying: site.records).mark == site.journal.mark)
  }
}
