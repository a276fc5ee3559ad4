import KonsilTesting
import Queries
import Testing

private struct File: Decodable {
  struct Scale: Decodable {
    let bound: Vectors.Word
    let sites: Int
    let fractionBits: Int
  }
  struct NoScale: Decodable {
    let why: String
    let bound: Vectors.Word
    let sites: Int
  }
  struct Encoding: Decodable {
    let fractionBits: Int
    let value: Vectors.Word
    let element: Vectors.Word?
    let decoded: Vectors.Word?
  }
  let scales: [Scale]
  let noScale: [NoScale]
  let encodings: [Encoding]
}

@Suite("Fixed point")
struct FixedPointTests {
  @Test("scales are those of the vectors, edges of the rule included")
  func knownScales() throws {
    let file: File = try Vectors.read("fixed-point")
    for known in file.scales {
      let scale = FixedPoint(bound: known.bound.real, sites: known.sites)
      #expect(scale?.fractionBits == known.fractionBits, "bound \(known.bound.real), \(known.sites) sites")
    }
  }

  @Test("there is no scale for a bound that is not positive and finite, or an impossible number of sites")
  func noScale() throws {
    let file: File = try Vectors.read("fixed-point")
    for known in file.noScale {
      #expect(FixedPoint(bound: known.bound.real, sites: known.sites) == nil, "\(known.why)")
    }
  }

  @Test("encodes and decodes as the vectors, ties to even, and refuses what does not fit")
  func knownEncodings() throws {
    let file: File = try Vectors.read("fixed-point")
    #expect(file.encodings.contains { $0.element == nil })
    for known in file.encodings {
      let scale = FixedPoint(fractionBits: known.fractionBits)
      let element = scale.encode(known.value.real)
      #expect(element == known.element?.value, "\(known.value.real) at \(known.fractionBits)")
      #expect(
        element.map({ scale.decode($0) })?.bitPattern == known.decoded?.value,
        "\(known.value.real) at \(known.fractionBits)")
    }
  }

  @Test("the scale is the finest that fits, by exact arithmetic", arguments: [UInt64(1), 2, 3, 4])
  func finestScale(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let exponent = Int.random(in: -900..<890, using: &random)
      let bound = Double(
        sign: .plus, exponent: exponent, significand: Double.random(in: 1..<2, using: &random))
      let sites = 1 << Int.random(in: 0..<20, using: &random)
      let scale = try #require(FixedPoint(bound: bound, sites: sites))
      let f = scale.fractionBits
      #expect(Self.fits(bound, f, sites), "seed \(seed): bound \(bound), \(sites) sites, f \(f)")
      #expect(!Self.fits(bound, f + 1, sites), "seed \(seed): bound \(bound), \(sites) sites, f \(f)")
    }
  }

  /// `2 · bound · 2^f + sites < 2^63` in 128-bit integers; both sides times 2^60.
  private static func fits(_ bound: Double, _ fractionBits: Int, _ sites: Int) -> Bool {
    let mantissa = UInt128(bound.significandBitPattern | 1 << 52)
    let shift = Int(bound.exponent) - 52 + 1 + fractionBits + 60
    guard shift >= 0, shift <= 74 else { return shift < 0 }
    return mantissa << UInt128(shift) + UInt128(sites) << 60 < UInt128(1) << 123
  }

  @Test(
    "the round trip is off by at most half a unit of the scale, and of the real", arguments: [UInt64(11), 12])
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let bound = Double.random(in: 0.001...1e9, using: &random)
      let scale = try #require(FixedPoint(bound: bound, sites: 8))
      let value = Double.random(in: -bound...bound, using: &random)
      let back = scale.decode(try #require(scale.encode(value)))
      let unit = Double(sign: .plus, exponent: -scale.fractionBits, significand: 1)
      #expect((back - value).magnitude <= unit / 2 + value.ulp / 2, "seed \(seed): \(value) of \(bound)")
    }
  }

  @Test(
    "a sum within the bound does not leave the ring, however it is split", arguments: [UInt64(21), 22, 23])
  func sumsStayInTheRing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for sites in [1, 3, 4, 100, 5000] {
      for sign in [1.0, -1.0] {
        let bound = Double.random(in: 0.5...1e6, using: &random)
        let scale = try #require(FixedPoint(bound: bound, sites: sites))
        // Parts that cancel in pairs around a total that is the bound itself.
        var parts = [Double](repeating: sign * bound / Double(sites), count: sites)
        for index in stride(from: 0, to: sites - 1, by: 2) {
          let shift = Double.random(in: -bound...bound, using: &random) / 2
          parts[index] += shift
          parts[index + 1] -= shift
        }
        let elements = try parts.map { try #require(scale.encode($0)) }
        let sum = scale.decode(elements.reduce(0, &+))
        let slack = Double(sites) * Double(sign: .plus, exponent: -scale.fractionBits, significand: 1)
        #expect(
          (sum - sign * bound).magnitude <= slack + bound * Double(sites) * 0x1p-52,
          "seed \(seed), \(sites) sites")
      }
    }
  }

  @Test("what is not a number is refused")
  func notFinite() {
    for value in [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
      #expect(FixedPoint(fractionBits: 0).encode(value) == nil)
      #expect(FixedPoint(fractionBits: 40).encode(value) == nil)
    }
  }
}
