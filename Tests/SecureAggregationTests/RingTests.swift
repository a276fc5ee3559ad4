import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Rings of every width")
struct RingTests {
  private static let sites = 6
  private static let words = Query(
    name: "rings", parameters: [],
    segments: RandomQueries.widths.map { .words("\($0.bits)", length: 3, width: $0) }
      // A ring may come again later, and a segment may be empty.
      + [
        .words("again", length: 2, width: RandomQueries.widths[1]),
        .words("none", length: 0, width: RandomQueries.widths[2]),
      ],
    isVerified: false)

  /// The sum over six sites of these elements, by both memberships.
  private func sums(_ query: Query, _ elements: (Int) throws -> [UInt64]) throws -> [Summation.Outcome] {
    let fixture = try SetupFixture(sites: Self.sites)
    let attempt = fixture.attempt(try fixture.masking(seed: 5)[0].setup, step: 1, query)
    let fixed = try fixture.masking(seed: 5).map {
      try $0.mask(elements: try elements($0.index), attempt, withheld: 0)
    }
    let threshold = Threshold.least(sites: Self.sites)
    let sites = try fixture.masking(seed: 5)
    var sum = MaskedSum(attempt, roster: fixture.roster, threshold: threshold)
    for site in sites {
      try site.begin(elements: try elements(site.index), step: 1, query)
      let sent = try site.send(attempt, secret: TolerantStep.secret(site.index), threshold: threshold)
      #expect(attempt.layout.fits(sent.vector))
      try sum.add(sent)
    }
    for site in sites {
      guard case .opening(let opening) = try site.answer(try sum.deliveries(to: site.name), attempt.digest)
      else {
        throw FixtureError()
      }
      try sum.add(opening)
    }
    return [try Summation.outcome(of: fixed, attempt, fixture.roster), try sum.outcome()]
  }

  @Test("add up modulo 2^w, each segment in its own")
  func words() throws {
    for seed in UInt64(1)...20 {
      var random = SeededRandom(seed: seed)
      let elements = (0..<Self.sites).map { _ in (0..<Self.words.length).map { _ in random.next() } }
      let expected = Summation.Outcome.sum(RandomQueries.sum(elements, of: Self.words))
      #expect(try sums(Self.words) { elements[$0] } == [expected, expected], "seed \(seed)")
    }
  }

  @Test("hold the greatest element at every site: each is one less than 2^w, so the sum is 2^w - 6")
  func greatest() throws {
    let expected = Self.words.segments.flatMap { segment in
      [UInt64](repeating: segment.width.mask - 5, count: segment.length)
    }
    let all = [UInt64](repeating: .max, count: Self.words.length)
    #expect(try sums(Self.words) { _ in all } == [.sum(expected), .sum(expected)])
  }

  @Test("hold two numbers in a word at their greatest, neither spilling into the other")
  func halves() throws {
    for width in RandomQueries.widths {
      let half = UInt64(width.bits / 2)
      let most = ((UInt64(1) << half) - 1) / UInt64(Self.sites)
      let query = Query(
        name: "halves", parameters: [], segments: [.words("halves", length: 3, width: width)],
        isVerified: false)
      let outcomes = try sums(query) { _ in [most << half | most, most, most << half] }
      let sum = most * UInt64(Self.sites)
      #expect(
        outcomes == [Summation.Outcome](repeating: .sum([sum << half | sum, sum, sum << half]), count: 2),
        "\(width.bits)")
    }
  }

  @Test(
    "hold counts at the bound, from one site or from all together, of either sign",
    arguments: RandomQueries.widths)
  func counts(width: RingWidth) throws {
    let bound = Int(UInt64(1) << UInt64(min(width.bits - 1, 53)) - 1) / Self.sites * Self.sites
    let query = Query(
      name: "counts", parameters: [], segments: [.counts("n", length: 4, bound: bound, width: width)],
      isVerified: false)
    let most = Double(bound)
    let part = most / Double(Self.sites)
    let outcomes = try sums(query) { index in
      // What one site alone has, what all have a part of, and what cancels between two halves of the sites.
      let value = Contribution(
        [[index == 0 ? most : 0, index == 5 ? -most : 0, part, index.isMultiple(of: 2) ? most : -most]],
        for: query)
      guard let value else { throw FixtureError() }
      return value.take()
    }
    for outcome in outcomes {
      guard case .sum(let elements) = outcome else { throw FixtureError() }
      #expect(QuerySum(elements: elements, for: query)?.values == [[most, -most, most, 0]])
    }
  }

  @Test("hold reals at the bound to within the rounding of each site", arguments: RandomQueries.widths)
  func reals(width: RingWidth) throws {
    for bound in [1.0, 0.3, 720, 1e-9, 12345.678] {
      let segment = try Segment.reals("x", length: 4, bound: bound, sites: Self.sites, width: width)
      let query = Query(name: "reals", parameters: [], segments: [segment], isVerified: false)
      let part = bound / Double(Self.sites)
      let outcomes = try sums(query) { index in
        let value = Contribution(
          [[index == 0 ? bound : 0, part, -part, index.isMultiple(of: 2) ? bound : -bound]], for: query)
        guard let value else { throw FixtureError() }
        return value.take()
      }
      let unit = Double(sign: .plus, exponent: -segment.scale.fractionBits, significand: 1)
      for outcome in outcomes {
        guard case .sum(let elements) = outcome else { throw FixtureError() }
        let values = elements.map { segment.scale.decode($0, width: width) }
        for (value, expected) in zip(values, [bound, bound, -bound, 0]) {
          #expect(
            (value - expected).magnitude <= unit * Double(Self.sites) / 2 + bound * 0x1p-50, "\(width.bits)")
        }
      }
    }
  }

  @Test("no contribution goes beyond the bound", arguments: RandomQueries.widths)
  func beyond(width: RingWidth) throws {
    func fits(_ segment: Segment, _ value: Double) -> Bool {
      let query = Query(name: "one", parameters: [], segments: [segment], isVerified: false)
      let contribution = Contribution([[value]], for: query)
      return contribution != nil
    }
    let counts = Segment.counts("n", length: 1, bound: 100, width: width)
    let reals = try Segment.reals("x", length: 1, bound: 0.7, sites: Self.sites, width: width)
    for sign in [1.0, -1.0] {
      #expect(fits(counts, sign * 100))
      #expect(!fits(counts, sign * 101))
      #expect(!fits(counts, sign * 100.nextUp))
      #expect(fits(reals, sign * 0.7))
      #expect(!fits(reals, sign * 0.7.nextUp))
    }
    // A bound that the ring does not hold keeps nothing in: what does not fit is not sent.
    let wide = Segment.counts("n", length: 1, bound: .max, width: width)
    let most = Double(width.mask >> 1)
    if width.bits < 54 {
      #expect(fits(wide, most) && fits(wide, -most - 1))
      #expect(!fits(wide, most + 1) && !fits(wide, -most - 2))
    }
  }

  @Test("each have checks of 64 bits together, and any one wrong element fails them", arguments: 0..<60)
  func checks(place: Int) throws {
    let fixture = try SetupFixture(sites: 3)
    let sites = try fixture.masking(seed: 6)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, Self.words)
    let count = attempt.layout.count
    // Twenty-six elements, `withheld`, and 1 + 2 + 2 + 2 + 2 + 3 + 4 + 8 checks.
    #expect(count == 26 + 1 + 24)
    #expect(count <= Self.words.length + Contribution.spareCapacity)
    guard place < count else { return }
    var sent = try sites.map {
      try $0.mask(elements: [UInt64](repeating: 1, count: Self.words.length), attempt, withheld: 0)
    }
    var vector = sent[1].vector
    // The lowest bit; the top one of an element is missed by half of a check's odd and even coefficients.
    vector[place] ^= 1
    sent[1] = SignedContribution(
      site: sent[1].site, attempt: sent[1].attempt, layout: sent[1].layout, vector: vector,
      signature: try sites[1].signer.sign(
        .contribution,
        SignedContribution.statement(attempt: sent[1].attempt, site: sent[1].site, vector: vector)))
    expectFault(.masksDoNotCancel) { _ = try Summation.outcome(of: sent, attempt, fixture.roster) }
  }

  @Test("travel in as many bytes as they have")
  func bytes() {
    let layout = VectorLayout(of: Self.words)
    let elements = Self.words.segments.reduce(0) { $0 + $1.length * $1.width.bytes }
    // `withheld`, and the checks of 8, 7, 6, 5, 4, 3, 2 and 1 bytes.
    #expect(layout.byteCount == elements + 8 + 8 + 14 + 12 + 10 + 8 + 9 + 8 + 8)
    #expect(layout.stretches.allSatisfy { $0.count > 0 })
    #expect(zip(layout.stretches, layout.stretches.dropFirst()).allSatisfy { $0.width != $1.width })
  }

  @Test("are multiples of 8 from 8 to 64, and nothing else is one")
  func widths() {
    let bits = (-64...200).filter { RingWidth(bits: $0) != nil }
    #expect(bits == [8, 16, 24, 32, 40, 48, 56, 64])
    #expect(RingWidth(bits: .max) == nil && RingWidth(bits: .min) == nil)
    for width in RandomQueries.widths {
      #expect(width.signed(width.mask) == -1)
      #expect(width.signed(width.mask >> 1) == Int64(width.mask >> 1))
      #expect(width.element(.max) == width.mask)
      #expect(width.bytes * 8 == width.bits)
    }
  }
}
