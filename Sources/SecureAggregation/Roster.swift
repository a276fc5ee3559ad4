/// The sites of a run with their identity keys, in the plan's order. A site's index is its place here.
package struct Roster: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package let site: String
    package let key: IdentityKey

    package init(site: String, key: IdentityKey) {
      self.site = site
      self.key = key
    }
  }

  /// The least number of sites under `membership: fixed`.
  package static let leastSites = 3

  package let members: [Member]

  /// - Throws: `ProtocolFault` `.wrongRoster` for fewer than three sites or a repeated name, `.equalKeys`
  ///   for a repeated identity key.
  package init(_ members: [Member]) throws(ProtocolFault) {
    guard members.count >= Self.leastSites else {
      throw ProtocolFault(.wrongRoster, "a roster needs at least \(Self.leastSites) sites")
    }
    guard Set(members.map(\.site)).count == members.count else {
      throw ProtocolFault(.wrongRoster, "a site stands twice in the roster")
    }
    guard Set(members.map(\.key)).count == members.count else {
      throw ProtocolFault(.equalKeys, "two sites of the roster have the same identity key")
    }
    self.members = members
  }

  package var sites: [String] { members.map(\.site) }
  package var count: Int { members.count }

  package func index(of site: String) -> Int? { members.firstIndex { $0.site == site } }
  package func key(of site: String) -> IdentityKey? { members.first { $0.site == site }?.key }
}
