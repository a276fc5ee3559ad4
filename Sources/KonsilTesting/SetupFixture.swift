import Queries
import SecureAggregation

/// The sites of a federation in one process, for tests of set-up and of steps.
package struct SetupFixture: Sendable {
  package static let names = [
    "luxembourg", "strasbourg", "freiburg", "basel", "nancy", "trier", "metz", "liège",
  ]

  package let epoch: EpochName
  package let signers: [SigningKey]
  package let roster: Roster

  /// The name of the site at an index.
  package static func name(_ index: Int) -> String {
    names.indices.contains(index) ? names[index] : "hospital \(index + 1)"
  }

  /// - Parameter sites: 3 or more.
  package init(
    sites: Int, plan: String = "plan", run: String = "00112233445566778899aabbccddeeff", epoch: Int = 1
  ) throws {
    self.epoch = EpochName(plan: Digest(of: Array(plan.utf8)), run: run, epoch: epoch)
    let names = (0..<sites).map(Self.name)
    signers = try names.map { name in
      guard let signer = SigningKey(seed: Digest(of: Array("identity of \(name)".utf8)).bytes) else {
        throw FixtureError()
      }
      return signer
    }
    roster = try Roster(
      zip(names, signers).map { Roster.Member(site: $0, key: $1.identity) })
  }

  /// Where every site's journal stands unless a test says otherwise.
  package static let journal = JournalMark(count: 10, head: Digest(of: Array("journal".utf8)))

  /// One site that has made its key.
  package func site(
    _ index: Int, journal: JournalMark = journal, encapsulation: KeyEncapsulation = .system
  ) throws -> SetupSite {
    try SetupSite(
      index, in: self,
      SiteKeyPhase(
        epoch: epoch, roster: roster, site: roster.sites[index], journal: journal, signer: signers[index],
        encapsulation: encapsulation), encapsulation)
  }

  /// All sites, each with its key.
  package func begin() throws -> [SetupSite] { try signers.indices.map { try site($0) } }

  /// All sites after both exchanges.
  package func complete() throws -> [SetupSite] {
    let sites = try begin()
    try exchange(sites)
    return sites
  }

  /// Both exchanges, as an honest coordinator carries them.
  package func exchange(_ sites: [SetupSite]) throws {
    let keys = try sites.map { try $0.signedKey }
    let lists = try sites.map { try $0.accept(keys) }
    for site in sites { try site.accept(Self.deliveries(lists, to: site.index)) }
  }

  /// What an honest coordinator hands to the site at `receiver`.
  package static func deliveries(_ lists: [SignedCiphertexts], to receiver: Int) -> [CiphertextDelivery] {
    lists.prefix(receiver).enumerated().compactMap { $1.delivery(to: receiver, from: $0) }
  }

  /// All sites with masks from roots that a seed determines, in place of a set-up.
  package func masking(seed: UInt64) throws -> [SetupSite] {
    try signers.indices.map { try masking($0, seed: seed) }
  }

  /// One of them.
  package func masking(_ index: Int, seed: UInt64) throws -> SetupSite {
    try SetupSite(
      index, in: self,
      SiteMaskPhase(
        setup: Digest(of: Array("set-up \(seed)".utf8)), roster: roster, site: roster.sites[index],
        root: { SecretBytes(copying: Self.root(seed, index, $0)) },
        seal: { SecretBytes(copying: Self.seal(seed, index, $0)) }))
  }

  /// The root of a pair's masks under `masking(seed:)`.
  package static func root(_ seed: UInt64, _ first: Int, _ second: Int) -> [UInt8] {
    Digest(of: Array("root \(seed) \(min(first, second)) \(max(first, second))".utf8)).bytes
  }

  /// The root of what a pair seals to each other under `masking(seed:)`.
  package static func seal(_ seed: UInt64, _ first: Int, _ second: Int) -> [UInt8] {
    Digest(of: Array("seal \(seed) \(min(first, second)) \(max(first, second))".utf8)).bytes
  }

  /// An attempt over all sites.
  package func attempt(
    _ setup: Digest, step: Int, _ query: Query, number: Int = 0, sites: [String]? = nil,
    basis: Digest = Attempt.basis(of: [])
  ) -> Attempt {
    Attempt(
      setup: setup, step: step, number: number, query: query, sites: sites ?? roster.sites, basis: basis)
  }
}

/// A fixture that was not used as it must be.
package struct FixtureError: Error {
  package init() {}
}
