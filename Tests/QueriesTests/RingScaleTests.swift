import KonsilTesting
import Queries
import Testing

private struct File: Decodable {
  struct Scale: Decodable {
    let bound: Vectors.Word
    let sites: Int
    let width: Int
    let fractionBits: Int
  }
  let scales: [Scale]
}

@Suite("Fixed point in narrow rings")
struct RingScaleTests {
  @Test("scales are those of the vectors")
  func known() throws {
    let file: File = try Vectors.read("rings")
    #expect(file.scales.count > 100)
    for known in file.scales {
      let width = try #require(RingWidth(bits: known.width))
      let scale = FixedPoint(bound: known.bound.real, sites: known.sites, width: width)
      #expect(
        scale?.fractionBits == known.fractionBits,
        "bound \(known.bound.real), \(known.sites) sites, \(known.width)")
    }
  }

  @Test("there is none for as many sites as half the ring")
  func tooManySites() throws {
    for bits in [8, 16] {
      let width = try #require(RingWidth(bits: bits))
      let half = 1 << (bits - 1)
      #expect(FixedPoint(bound: 1, sites: half, width: width) == nil)
      #expect(FixedPoint(bound: 1, sites: half - 1, width: width) != nil)
    }
  }

  @Test("an element is a signed integer of the ring, and what does not fit is none")
  func limits() throws {
    let unit = FixedPoint(fractionBits: 0)
    for bits in stride(from: 8, to: 56, by: 8) {
      let width = try #require(RingWidth(bits: bits))
      let most = Double(width.mask >> 1)
      #expect(unit.encode(most, width: width) == width.mask >> 1)
      #expect(unit.encode(-most - 1, width: width) == width.mask >> 1 + 1)
      #expect(unit.encode(-1, width: width) == width.mask)
      #expect(unit.encode(most + 1, width: width) == nil)
      #expect(unit.encode(-most - 2, width: width) == nil)
      #expect(unit.encode(most + 0.5, width: width) == nil)
      #expect(unit.decode(width.mask, width: width) == -1)
      #expect(unit.decode(width.mask >> 1 + 1, width: width) == -most - 1)
    }
  }

  @Test("sums of words are words of the ring")
  func words() throws {
    let width = try #require(RingWidth(bits: 16))
    let query = Query(
      name: "words", parameters: [],
      segments: [.words("w", length: 2, width: width), .counts("n", length: 1, bound: 9, width: width)],
      isVerified: true)
    let sum = try #require(QuerySum(elements: [1, 0xffff, 0xfff7], for: query))
    #expect(sum.words == [[1, 0xffff], []])
    #expect(sum.values == [[], [-9]])
    #expect(QuerySum(elements: [1, 2, 0xfff6], for: query) == nil)
    let reals = Contribution([[1, 2], [3]], for: query)
    let isRefused = reals == nil
    #expect(isRefused)
    let contribution = Contribution(elements: [0x1_0001, .max, 5], for: query)
    guard let contribution else { throw FixtureError() }
    #expect(contribution.take() == [1, 0xffff, 5])
  }
}
