import Boosting
import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// The table of bytes in `docs/secure-aggregation.md`.
@Suite("What a message holds, without what carries it,")
struct MessageByteTests {
  @Test("in set-up: keys, ciphertexts and deliveries")
  func setUp() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 5))
    let keys = try bench.openEpoch()
    let lists = try bench.exchangeKeys(keys)
    for key in keys { #expect(key.publicKey.count + 8 + key.journal.head.bytes.count == 1216 + 40) }
    for (site, list) in lists.enumerated() {
      #expect(list.ciphertexts.map(\.count) == Array(repeating: 1120, count: 4 - site))
      #expect(list.signature.bytes.count == 64)
    }
    for receiver in bench.sites.indices {
      for (sender, delivery) in bench.deliveries(lists, to: receiver).enumerated() {
        #expect(delivery.ciphertext.count == 1120)
        #expect(delivery.digests.reduce(0) { $0 + $1.bytes.count } == 32 * (4 - sender))
      }
    }
  }

  /// `B` of the table.
  private func vectorBytes(_ query: Query) -> Int {
    let numbers = query.segments.reduce(0) { $0 + $1.length * $1.width.bits / 8 }
    let widths = Set(query.segments.map(\.width.bits)).union([64])
    let checks = widths.reduce(0) { $0 + (64 + $1 - 1) / $1 * $1 / 8 }
    return numbers + 8 + checks
  }

  @Test("in a contribution, whatever the widths of its rings")
  func contribution() throws {
    var widths: Set<Int> = []
    for study in [
      try SmallStudy.drawn(sites: 4), try SmallStudy.drawn(sites: 4).growing(rounds: 2, depth: 2),
    ] {
      let bench = try Bench(study)
      try bench.setUp()
      for _ in 1...6 {
        let request = try bench.request()
        let sent = try bench.answers(request)
        for contribution in sent {
          #expect(contribution.layout.byteCount == vectorBytes(request.query), "\(request.query.name)")
          #expect(contribution.attempt.bytes.count + contribution.signature.bytes.count == 32 + 64)
        }
        widths.formUnion(request.query.segments.map(\.width.bits))
        if Set(request.query.segments.map(\.width)) == [.full] {
          #expect(vectorBytes(request.query) == 8 * (request.query.length + 2))
        }
        try bench.absorb(request, sent)
        if request.query.isVerified {
          for site in bench.sites { _ = site.tell(bench.contributions(request, sent)) }
        }
      }
    }
    #expect(widths.count > 2)
  }

  @Test("under tolerant: dealings, what each site gets to open, and its answer", arguments: [4, 7])
  func tolerant(sites count: Int) throws {
    let bench = try Bench.tolerant(sites: count)
    try bench.setUp()
    let request = try bench.request()
    let sent = try bench.vectors(request)
    for contribution in sent {
      let dealing = try #require(contribution.dealing)
      let bytes =
        dealing.secret.bytes.count + dealing.shares.reduce(0) { $0 + $1.bytes.count }
        + dealing.sealed.reduce(0) { $0 + $1.count }
      #expect(bytes == 32 + 32 * count + 48 * (count - 1))
    }
    let opening = try bench.opening(request, sent)
    let site = bench.sites[1]
    let deliveries = opening.deliveries(to: site.name)
    #expect(deliveries.reduce(0) { $0 + $1.digest.bytes.count + $1.sealed.count } == 80 * (count - 1))
    let answer = try site.tell(bench.shares(request, opening, to: site.name)).opening()
    #expect(answer.attempt.bytes.count + answer.shares.reduce(0) { $0 + $1.count } == 32 + 32 * count)
  }

  @Test("in a Newton step of p columns, 744 bytes where p is 11")
  func newton() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 4))
    try bench.setUp()
    try bench.advance(to: "newton")
    func numbers(_ p: Int) -> Int { 1 + (p + 1) + (p + 1) * (p + 2) / 2 }
    #expect(try bench.request().query.length == numbers(2))
    #expect(8 * (numbers(11) + 2) == 744)
  }
}
