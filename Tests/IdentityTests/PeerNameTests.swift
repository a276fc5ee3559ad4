import Identity
import Testing

@Suite("A party's name")
struct PeerNameTests {
  @Test("is one URI that holds role and name", arguments: Role.allCases)
  func roundTrip(role: Role) throws {
    let name = try #require(PeerName(role: role, name: "freiburg-2"))
    #expect(name.uri == "konsil://\(role.rawValue)/freiburg-2")
    #expect(PeerName(uri: name.uri) == name)
  }

  @Test("has 1 to 63 of a-z, 0-9 and '-' and begins with a letter")
  func rule() {
    let longest = String(repeating: "a", count: 63)
    for good in ["a", "luxembourg", "site-2", "a-", longest] {
      #expect(PeerName(role: .site, name: good) != nil, "\(good)")
    }
    for bad in [
      "", "2nd", "-a", "A", "Basel", "bâle", "a b", "a/b", "a.b", "a_b", "a\0", "a\n", longest + "a",
    ] {
      #expect(PeerName(role: .site, name: bad) == nil, "\(bad)")
    }
  }

  @Test(
    "is not read from any other spelling",
    arguments: [
      "konsil://site/basel/", "konsil://site//basel", "konsil://site/basel?x", "konsil://site",
      "konsil://site/", "konsil:///basel", "KONSIL://site/basel", "konsil://Site/basel",
      "konsil://admin/basel", "konsil:/site/basel", " konsil://site/basel", "konsil://site/basel ",
      "https://site/basel", "konsil://x@site/basel", "konsil://site:1/basel", "",
    ])
  func otherSpellings(uri: String) {
    #expect(PeerName(uri: uri) == nil)
  }
}
