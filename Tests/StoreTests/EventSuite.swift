import Federation
import Store
import Testing

@Suite("Events and sites, in every back end")
struct EventSuite {
  @Test("Events are numbered from 1 within their run, also after its end", arguments: BackEnd.allCases)
  func events(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try StoreFixture.addRun("r2", to: store)
      let first = try store.addEvent("r1", at: StoreFixture.time(1), site: "basel", text: "accepted")
      let other = try store.addEvent("r2", at: StoreFixture.time(2), site: nil, text: "began")
      let second = try store.addEvent("r1", at: StoreFixture.time(3), site: nil, text: "")
      try store.end("r1", .cancelled, model: nil, at: StoreFixture.time(4))
      let third = try store.addEvent("r1", at: StoreFixture.time(5), site: nil, text: "cancelled")

      #expect(first == RunEvent(number: 1, at: StoreFixture.time(1), site: "basel", text: "accepted"))
      #expect(other.number == 1)
      #expect([second.number, third.number] == [2, 3])
      #expect(try store.events(of: "r1", after: 0) == [first, second, third])
      #expect(try store.events(of: "r1", after: 1) == [second, third])
      #expect(try store.events(of: "r1", after: 3).isEmpty)
      #expect(try store.events(of: "r2", after: 0) == [other])
    }
  }

  @Test("A site is as it was last recorded", arguments: BackEnd.allCases)
  func sites(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let expires = StoreFixture.time(900)
      let basel = SiteStatus(
        site: "basel", isConnected: false, since: StoreFixture.time(1), certificateExpires: nil)
      for status in [
        SiteStatus(
          site: "freiburg", isConnected: true, since: StoreFixture.time(2), certificateExpires: expires),
        SiteStatus(
          site: "basel", isConnected: true, since: StoreFixture.time(0), certificateExpires: expires),
        basel,
      ] { try store.recordSite(status) }
      #expect(try store.sites().map(\.site) == ["basel", "freiburg"])
      #expect(try store.sites().first == basel)
    }
  }

  @Test("When all sites go away, one that was away keeps its time", arguments: BackEnd.allCases)
  func away(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let expires = StoreFixture.time(900)
      for (site, isConnected) in [("basel", false), ("freiburg", true)] {
        try store.recordSite(
          SiteStatus(
            site: site, isConnected: isConnected, since: StoreFixture.time(1),
            certificateExpires: expires))
      }
      try store.markAllSitesAway(at: StoreFixture.time(50))
      let sites = try store.sites()
      #expect(sites.map(\.isConnected) == [false, false])
      #expect(sites.map(\.since) == [StoreFixture.time(1), StoreFixture.time(50)])
      #expect(sites.map(\.certificateExpires) == [expires, expires])
    }
  }
}
