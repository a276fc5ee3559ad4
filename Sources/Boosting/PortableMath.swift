/// Exponential and logarithm from additions, multiplications and one division alone, in a fixed order and
/// without fused operations: the same bits on every processor, which the system's mathematics library does
/// not promise.
package enum PortableMath {
  /// `e^x`, within 1 unit in the last place; 0 below -708.3, infinite above 709.78.
  ///
  /// `x = k · log 2 + r` with |r| ≤ log 2 / 2, log 2 in two parts of which the product of k and the first is
  /// exact; then Taylor's polynomial of degree 13, whose remainder is below 2^-58.
  @inline(__always)
  package static func exp(_ x: Double) -> Double {
    guard x <= 709.782_712_893_384 else { return x.isNaN ? x : .infinity }
    guard x >= lowest else { return 0 }
    return bounded(x)
  }

  private static let lowest = -708.3

  /// For numbers within the bounds of `exp`, without a branch.
  @inline(__always)
  private static func bounded(_ x: Double) -> Double {
    // Adding and taking away 1.5 · 2^52 rounds to a whole number, ties to even; in between it stands in the
    // last bits.
    let shifted = x * 0x1.7154_7652_b82f_ep+0 + 0x1.8p+52
    let whole = shifted - 0x1.8p+52
    let high = x - whole * 0x1.62e4_2fee_p-1
    let low = whole * 0x1.a39e_f357_93c7_6p-33
    let r = high - low
    let r2 = r * r
    let r4 = r2 * r2
    // Estrin's scheme: short chains, the order fixed by the parentheses.
    let a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120))
    let b = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40_320 + r * (1.0 / 362_880))
    let c = (1.0 / 3_628_800 + r * (1.0 / 39_916_800)) + r2 * (1.0 / 479_001_600 + r * (1.0 / 6_227_020_800))
    let tail = r2 * (a + r4 * (b + r4 * c))
    let significand = 1 + (high + (tail - low))
    return Double(bitPattern: significand.bitPattern &+ shifted.bitPattern &<< 52)
  }

  /// The natural logarithm, within 2 units in the last place; NaN below 0, -infinity at 0 and below the least
  /// normal number.
  ///
  /// `x = 2^k · m` with m near 1 and `log m = 2 artanh((m - 1)/(m + 1))` by its series to the 23rd power.
  package static func log(_ x: Double) -> Double {
    guard x >= 0 else { return .nan }
    guard x.isFinite else { return x }
    guard x.isNormal else { return -.infinity }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 0x1.6a09_e667_f3bc_dp+0 {
      significand /= 2
      exponent += 1
    }
    let s = (significand - 1) / (significand + 1)
    let s2 = s * s
    var series = 0.0
    for power in stride(from: 23, through: 3, by: -2) { series = (series + 1 / Double(power)) * s2 }
    return exponent * 0x1.62e4_2fee_p-1 + (exponent * 0x1.a39e_f357_93c7_6p-33 + 2 * (s * series)) + 2 * s
  }

  /// `1 / (1 + e^-x)`, without overflow; 0 below -708.3.
  @inline(__always)
  package static func sigmoid(_ x: Double) -> Double {
    let small = x.magnitude > 708.3 ? 0 : bounded(-x.magnitude)
    return (x < 0 ? small : 1) / (1 + small)
  }

  /// `log(1 + e^x)`, without overflow.
  package static func softplus(_ x: Double) -> Double {
    max(x, 0) + log(1 + exp(-x.magnitude))
  }
}
