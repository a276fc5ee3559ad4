import Boosting
import KonsilTesting
import Queries
import Testing

struct QuantisationTests {
  @Test func theRingIsAsNarrowAsTheRowsAllow() throws {
    let quantisation = try Quantisation(gradientBits: 10, gradient: 1, hessian: 0.25, rows: 100_000)
    #expect(quantisation.greatestHessian == 256)
    #expect(quantisation.format(rows: 100_000).width.bits == 56)
    #expect(quantisation.format(rows: 8000).width.bits == 48)
    #expect(quantisation.format(rows: 100).width.bits == 40)
    let counting = try Quantisation(gradientBits: 12, gradient: 3, hessian: 1, rows: 1000, isConstant: true)
    #expect(counting.greatestHessian == 1)
    #expect(counting.format(rows: 1000).hessianBits == 10)
  }

  @Test func tooManyBitsAreRefusedWithTheNumberThatFits() {
    #expect {
      _ = try Quantisation(gradientBits: 16, gradient: 1, hessian: 1, rows: 100_000)
    } throws: { error in
      (error as? AnalysisError)?.advice.contains("at most 14") == true
    }
    #expect(Quantisation.fits(14, rows: 100_000))
    #expect(Quantisation.most(rows: 65_535) == 15)
    #expect(Quantisation.most(rows: 65_536) == 14)
  }

  /// The sums at their very bounds, and drawn ones: neither half of a word reaches into the other.
  @Test(arguments: [(1, 10), (100, 10), (8000, 12), (65_535, 15), (100_000, 10), (1 << 20, 10)])
  func noCarryCrosses(_ rows: Int, _ bits: Int) throws {
    let quantisation = try Quantisation(gradientBits: bits, gradient: 1, hessian: 1, rows: rows)
    let format = quantisation.format(rows: rows)
    let gradient = Int64(rows) << Int64(bits)
    let hessian = Int64(rows * quantisation.greatestHessian)
    var random = SeededRandom(seed: UInt64(rows))
    var sums = [
      (gradient, hessian), (-gradient, hessian), (-gradient, 0), (gradient, 0), (0, hessian), (-1, 0),
    ]
    for _ in 0..<200 {
      sums.append(
        (.random(in: -gradient...gradient, using: &random), .random(in: 0...hessian, using: &random)))
    }
    for (g, h) in sums {
      let word = UInt64(bitPattern: g) << 32 &+ UInt64(h)
      #expect(Int64(bitPattern: word) >> 32 == g && word & 0xffff_ffff == UInt64(h))
      let parts = 1 + Int.random(in: 0..<5, using: &random)
      // Any parts whose sum it is, taken modulo the ring as masks do.
      var rest = format.packed(word)
      var total: UInt64 = 0
      for _ in 0..<parts {
        let part = random.next() & format.width.mask
        total = (total &+ part) & format.width.mask
        rest = (rest &- part) & format.width.mask
      }
      #expect(format.unpacked((total &+ rest) & format.width.mask) == word, "\(g) \(h)")
    }
  }

  /// Packing sums and summing packed words are the same.
  @Test func packedWordsAddUp() throws {
    let quantisation = try Quantisation(gradientBits: 10, gradient: 1, hessian: 0.25, rows: 5000)
    let format = quantisation.format(rows: 5000)
    var random = SeededRandom(seed: 9)
    var (words, packed): (UInt64, UInt64) = (0, 0)
    for _ in 0..<5000 {
      let word =
        UInt64(bitPattern: Int64.random(in: -1024...1024, using: &random)) << 32
        &+ UInt64.random(in: 0...256, using: &random)
      words &+= word
      packed = (packed &+ format.packed(word)) & format.width.mask
    }
    #expect(format.unpacked(packed) == words)
  }
}
