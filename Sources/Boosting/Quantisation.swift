import Queries

/// How a row's gradient and Hessian become integers, once and ties to even, fixed for a run by the plan and
/// the federation's rows. In memory a row is the word `g · 2^32 + h`; both sums stay in their halves over all
/// rows, so no carry crosses.
package struct Quantisation: Hashable, Sendable, Codable {
  /// `q`: a row's integer gradient is at most 2^q in magnitude.
  package let gradientBits: Int
  /// `g · 2^gradientScale`, rounded, is the integer.
  package let gradientScale: Int
  package let hessianScale: Int
  /// The greatest integer Hessian of a row.
  package let greatestHessian: Int

  /// - Parameters:
  ///   - gradient: the greatest magnitude of a row's gradient, its weight within.
  ///   - hessian: the greatest Hessian of a row, likewise.
  ///   - rows: over the federation.
  ///   - isConstant: whether every row has the greatest Hessian or none, so that its sum counts rows.
  /// - Throws: `AnalysisError` with code `.tooFewRows` where so many bits do not fit so many rows.
  package init(
    gradientBits: Int, gradient: Double, hessian: Double, rows: Int, isConstant: Bool = false
  ) throws(AnalysisError) {
    guard Self.fits(gradientBits, rows: rows) else {
      throw AnalysisError(
        .rangeTooWide, "“gradient_bits: \(gradientBits)” leaves no room for \(rows) rows",
        advice: "name at most \(Self.most(rows: rows)), or leave it out")
    }
    self.gradientBits = gradientBits
    gradientScale = gradientBits - Self.exponent(gradient)
    if isConstant {
      hessianScale = 0
      greatestHessian = 1
    } else {
      let finest = gradientBits - Self.exponent(hessian)
      hessianScale = min(max(gradientScale, finest - 2), finest)
      greatestHessian = Int(Double(sign: .plus, exponent: hessianScale, significand: hessian).rounded(.up))
    }
  }

  /// `ceil(log2(n + 1)) + q + 1 ≤ 32`.
  package static func fits(_ gradientBits: Int, rows: Int) -> Bool { gradientBits <= most(rows: rows) }

  package static func most(rows: Int) -> Int { 31 - bits(rows) }

  /// The bits of a whole number: the least b with `value < 2^b`.
  static func bits(_ value: Int) -> Int { Int.bitWidth - max(value, 0).leadingZeroBitCount }

  /// The least e with `value ≤ 2^e`.
  private static func exponent(_ value: Double) -> Int {
    guard value.isNormal else { return 0 }
    return Int(value.exponent) + (value.significand > 1 ? 1 : 0)
  }

  package func gradient(_ sum: Int64) -> Double {
    Double(sign: .plus, exponent: -gradientScale, significand: Double(sum))
  }

  package func hessian(_ sum: Int64) -> Double {
    Double(sign: .plus, exponent: -hessianScale, significand: Double(sum))
  }

  /// How words of a node with at most so many rows travel.
  package func format(rows: Int) -> WordFormat { WordFormat(self, rows: max(rows, 1)) }
}

/// A row's integers, made with factors that are powers of two, so that only the last step rounds.
struct Quantiser: Sendable {
  private let gradientFactor: Double
  private let hessianFactor: Double
  private let gradientMost: Double
  private let hessianMost: Double

  init(_ quantisation: Quantisation) {
    gradientFactor = Double(sign: .plus, exponent: quantisation.gradientScale, significand: 1)
    hessianFactor = Double(sign: .plus, exponent: quantisation.hessianScale, significand: 1)
    gradientMost = Double(1 << quantisation.gradientBits)
    hessianMost = Double(quantisation.greatestHessian)
  }

  /// The word of a gradient and a Hessian; both are brought within their bounds, which only rounding leaves.
  @inline(__always)
  func word(_ gradient: Double, _ hessian: Double) -> UInt64 {
    let (g, h) = (gradient * gradientFactor, hessian * hessianFactor)
    let low = g < -gradientMost ? -gradientMost : g
    let small = h > 0 ? h : 0
    return Self.rounded(low > gradientMost ? gradientMost : low) &<< 32
      &+ Self.rounded(small > hessianMost ? hessianMost : small)
  }

  /// The nearest whole number, ties to even, of magnitudes below 2^51: adding 1.5 · 2^52 puts it into the
  /// last bits.
  @inline(__always)
  private static func rounded(_ value: Double) -> UInt64 {
    (value + 0x1.8p+52).bitPattern &- (0x1.8p+52).bitPattern
  }
}

/// How a histogram's words travel: `g · 2^hessianBits + h` in the narrowest ring for the rows.
package struct WordFormat: Hashable, Sendable {
  package let hessianBits: Int
  package let width: RingWidth
  // For loops over cells.
  private let mask: UInt64
  private let hessianMask: UInt64

  init(_ quantisation: Quantisation, rows: Int) {
    let (most, overflows) = rows.multipliedReportingOverflow(by: quantisation.greatestHessian)
    hessianBits = min(32, overflows ? 32 : Quantisation.bits(most))
    let bits = hessianBits + Quantisation.bits(rows) + quantisation.gradientBits + 1
    width = RingWidth(bits: (bits + 7) / 8 * 8) ?? .full
    mask = width.mask
    hessianMask = (1 << UInt64(hessianBits)) - 1
  }

  /// From the halves of a word in memory to one on its way.
  @inline(__always)
  package func packed(_ word: UInt64) -> UInt64 {
    let gradient = UInt64(bitPattern: Int64(bitPattern: word) >> 32)
    return ((gradient &<< UInt64(hessianBits)) &+ (word & 0xffff_ffff)) & mask
  }

  /// And back, from a sum over sites.
  @inline(__always)
  package func unpacked(_ element: UInt64) -> UInt64 {
    // The sign of the ring's element becomes that of 64 bits; the gradient's 32 last bits are all of it.
    let sign = (mask &>> 1) &+ 1
    let gradient = ((element ^ sign) &- sign) &>> UInt64(hessianBits)
    return (gradient &<< 32) &+ (element & hessianMask)
  }
}
