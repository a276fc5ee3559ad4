import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// The sites of a run of any size, with masks from given roots in place of a set-up.
struct DrawnSites {
  let roster: Roster
  let signers: [SigningKey]
  let setup = Digest(of: Array("set-up".utf8))
  let threshold: Int
  let colluding: Int

  init(_ count: Int) throws {
    signers = try (0..<count).map {
      try #require(SigningKey(seed: Digest(of: Array("site \($0)".utf8)).bytes))
    }
    roster = try Roster(signers.enumerated().map { .init(site: "s\($0)", key: $1.identity) })
    threshold = Threshold.least(sites: count)
    colluding = Threshold.mostColluding(sites: count)
  }

  /// One site that has not masked anything yet. Two of the same are one site and its clone.
  func phase(_ index: Int) throws -> SiteMaskPhase {
    func root(_ word: String, _ peer: Int) -> SecretBytes {
      SecretBytes(copying: Digest(of: Array("\(word) \(min(index, peer)) \(max(index, peer))".utf8)).bytes)
    }
    return try SiteMaskPhase(
      setup: setup, roster: roster, site: roster.sites[index], root: { root("root", $0) },
      seal: { root("seal", $0) })
  }

  func attempt(_ indices: [Int], _ query: Query, number: Int) -> Attempt {
    Attempt(
      setup: setup, step: 1, number: number, query: query, sites: indices.map { roster.sites[$0] },
      basis: Attempt.basis(of: []))
  }
}
