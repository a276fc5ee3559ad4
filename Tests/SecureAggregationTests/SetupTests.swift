import KonsilTesting
import SecureAggregation
import Testing

@Suite("Set-up")
struct SetupTests {
  @Test("gives all sites one name and every pair one root of its own", arguments: 3...8)
  func agreement(count: Int) throws {
    let sites = try SetupFixture(sites: count).complete()
    #expect(Set(try sites.map { try $0.setup }).count == 1)
    let roots = try sites.map { try $0.roots }
    var different: Set<[UInt8]> = []
    for lower in 0..<count {
      for higher in (lower + 1)..<count {
        #expect(roots[lower][higher] == roots[higher][lower], "pair \(lower), \(higher)")
        different.insert(roots[lower][higher])
      }
    }
    #expect(different.count == count * (count - 1) / 2)
    #expect(!different.contains([UInt8](repeating: 0, count: 32)))
  }

  @Test("has new keys, a new name and new roots in every epoch, even of the same sites")
  func epochs() throws {
    let first = try SetupFixture(sites: 3).complete()
    let again = try SetupFixture(sites: 3).complete()
    #expect(try first[0].setup != again[0].setup)
    #expect(try first[0].roots[1] != again[0].roots[1])
  }

  @Test("has a name that says for which plan, run and epoch it is, whatever the keys")
  func name() throws {
    let keys = try SetupFixture(sites: 3).begin().map { try $0.signedKey }
    let names = try [
      SetupFixture(sites: 3), SetupFixture(sites: 3, plan: "other"), SetupFixture(sites: 3, run: "other"),
      SetupFixture(sites: 3, epoch: 2),
    ].map { SignedSetupKey.setupDigest($0.epoch, keys: keys) }
    let others = [
      SignedSetupKey.setupDigest(try SetupFixture(sites: 3).epoch, keys: Array(keys.dropLast())),
      SignedSetupKey.setupDigest(try SetupFixture(sites: 3).epoch, keys: keys.reversed()),
    ]
    #expect(Set(names + others).count == 6)
  }

  @Test("needs three sites, each named once and with a key of its own")
  func rosters() throws {
    let members = try SetupFixture(sites: 4).roster.members
    expectFault(.wrongRoster) { _ = try Roster([]) }
    expectFault(.wrongRoster) { _ = try Roster(Array(members.prefix(2))) }
    expectFault(.wrongRoster) { _ = try Roster([members[0], members[1], members[0]]) }
    expectFault(.wrongRoster) {
      _ = try Roster(Array(members.prefix(3)) + [.init(site: members[0].site, key: members[3].key)])
    }
    expectFault(.equalKeys) {
      _ = try Roster(Array(members.prefix(3)) + [.init(site: "other", key: members[0].key)])
    }
    #expect(try Roster(Array(members.prefix(3))).count == 3)
  }

  @Test("begins only for a site of the roster that holds its key")
  func ownKey() throws {
    let fixture = try SetupFixture(sites: 3)
    func begin(_ site: String, _ signer: SigningKey) throws {
      _ = try SiteKeyPhase(
        epoch: fixture.epoch, roster: fixture.roster, site: site, journal: SetupFixture.journal,
        signer: signer, encapsulation: .system)
    }
    expectFault(.wrongRoster, site: "nowhere") { try begin("nowhere", fixture.signers[0]) }
    expectFault(.wrongRoster, site: "luxembourg") { try begin("luxembourg", fixture.signers[1]) }
    try begin("luxembourg", fixture.signers[0])
  }
}
