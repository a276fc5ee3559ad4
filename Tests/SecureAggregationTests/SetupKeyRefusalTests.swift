import KonsilTesting
import SecureAggregation
import Testing

@Suite("A site refuses keys")
struct SetupKeyRefusalTests {
  /// Hands changed keys to the site at `index` of a fresh federation of four.
  private func hand(
    to index: Int, marks: [String: JournalMark] = [:], _ change: ([SignedSetupKey]) throws -> [SignedSetupKey]
  ) throws {
    let sites = try SetupFixture(sites: 4).begin()
    _ = try sites[index].accept(change(try sites.map { try $0.signedKey }), highestMarks: marks)
  }

  /// Another site's key with one change, signed by it or by `signer`.
  private func signed(
    _ key: SignedSetupKey, _ index: Int, in fixture: SetupFixture? = nil, publicKey: [UInt8]? = nil,
    journal: JournalMark? = nil
  ) throws -> SignedSetupKey {
    let fixture = try fixture ?? SetupFixture(sites: 4)
    let publicKey = publicKey ?? key.publicKey
    let journal = journal ?? key.journal
    let statement = SignedSetupKey.statement(fixture.epoch, publicKey: publicKey, journal: journal)
    return SignedSetupKey(
      site: key.site, publicKey: publicKey, journal: journal,
      signature: try fixture.signers[index].sign(.setupKey, statement))
  }

  @Test("and takes them unchanged", arguments: 0..<4)
  func unchanged(index: Int) throws { try hand(to: index) { $0 } }

  @Test("of fewer, more or other sites than the plan's, and in another order", arguments: 0..<4)
  func otherSites(index: Int) {
    for dropped in 0..<4 {
      expectFault(.wrongRoster, "without \(dropped)") {
        try hand(to: index) { keys in keys.enumerated().filter { $0.offset != dropped }.map(\.element) }
      }
    }
    expectFault(.wrongRoster, "one twice") { try hand(to: index) { $0 + [$0[1]] } }
    expectFault(.wrongRoster, "none") { try hand(to: index) { _ in [] } }
    expectFault(.wrongRoster, "swapped") { try hand(to: index) { [$0[1], $0[0], $0[2], $0[3]] } }
    expectFault(.wrongRoster, "reversed") { try hand(to: index) { $0.reversed() } }
    expectFault(.wrongRoster, "renamed") {
      try hand(to: index) { keys in
        keys.map {
          SignedSetupKey(
            site: $0.site == "freiburg" ? "nancy" : $0.site, publicKey: $0.publicKey, journal: $0.journal,
            signature: $0.signature)
        }
      }
    }
  }

  @Test("among which its own is not the one it made", arguments: 0..<4)
  func ownKeyChanged(index: Int) throws {
    let other = try SetupFixture(sites: 4).site(index).signedKey
    expectFault(.wrongSetup) {
      try hand(to: index) { keys in
        var keys = keys
        keys[index] = other
        return keys
      }
    }
  }

  @Test(
    "that are two times the same, though signed", arguments: [(0, 1, 2), (3, 0, 1), (2, 2, 3), (1, 3, 1)])
  func equalKeys(receiver: Int, copied: Int, copying: Int) throws {
    // Who copies the receiver's own key does so before the list is handed out, so the receiver sees both.
    expectFault(receiver == copying ? .wrongSetup : .equalKeys) {
      try hand(to: receiver) { keys in
        var keys = keys
        keys[copying] = try signed(keys[copying], copying, publicKey: keys[copied].publicKey)
        return keys
      }
    }
  }

  @Test("signed for another plan, run or epoch, or by another site", arguments: [0, 1, 3])
  func otherSignatures(receiver: Int) throws {
    let others = try [
      "another plan": SetupFixture(sites: 4, plan: "other"),
      "another run": SetupFixture(sites: 4, run: "other"),
      "the next epoch": SetupFixture(sites: 4, epoch: 2),
      "the epoch before": SetupFixture(sites: 4, epoch: 0),
    ]
    for (why, other) in others {
      expectFault(.badSignature, site: "freiburg", why) {
        try hand(to: receiver) { keys in
          var keys = keys
          keys[2] = try signed(keys[2], 2, in: other)
          return keys
        }
      }
    }
    expectFault(.badSignature, site: "freiburg", "another site's hand") {
      try hand(to: receiver) { keys in
        var keys = keys
        let byAnother = try signed(keys[2], receiver)
        keys[2] = byAnother
        return keys
      }
    }
  }

  @Test("of a site whose journal has gone back, or stands as high with another head")
  func journals() throws {
    let fixture = try SetupFixture(sites: 4)
    let fingerprint = fixture.signers[2].identity.fingerprint
    let head = SetupFixture.journal.head
    func hand(seen: JournalMark, for key: String = fingerprint) throws {
      try self.hand(to: 0, marks: [key: seen]) { $0 }
    }
    try hand(seen: JournalMark(count: 9, head: Digest(of: [1])))
    try hand(seen: SetupFixture.journal)
    try hand(seen: JournalMark(count: 99, head: head), for: "someone else")
    expectFault(.journalWentBack, site: "freiburg") { try hand(seen: JournalMark(count: 11, head: head)) }
    expectFault(.journalWentBack, site: "freiburg") { try hand(seen: JournalMark(count: .max, head: head)) }
    expectFault(.journalWentBack, site: "freiburg") {
      try hand(seen: JournalMark(count: 10, head: Digest(of: [1])))
    }
  }

  @Test("that are no X-Wing keys, if it has to encapsulate to them, though signed")
  func malformed() throws {
    for length in [0, 1, 32, 1215, 1217] {
      expectFault(.malformedKey, site: "basel", "\(length) bytes") {
        try hand(to: 1) { keys in
          var keys = keys
          keys[3] = try signed(keys[3], 3, publicKey: [UInt8](repeating: 7, count: length))
          return keys
        }
      }
    }
  }
}
