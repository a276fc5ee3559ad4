import Foundation

/// Draws from the distributions of counts and waiting times.
extension SeededRandom {
  /// Gamma of this shape and scale 1, by Marsaglia and Tsang, 2000; shapes under 1 by the power of a uniform number.
  package mutating func gamma(shape: Double) -> Double {
    guard shape >= 1 else { return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Poisson, by counting uniform numbers until their product falls under `exp(-mean)` (Knuth), in parts of at most
  /// 100, so that it does not underflow.
  package mutating func poisson(mean: Double) -> Double {
    var count = 0.0
    var rest = mean
    while rest > 0 {
      let limit = exp(-min(rest, 100))
      var product = 1 - uniform()
      while product > limit {
        count += 1
        product *= 1 - uniform()
      }
      rest -= 100
    }
    return count
  }

  /// Negative binomial, as Poisson of a gamma.
  ///
  /// - Parameters:
  ///   - deviation: greater than the square root of the mean.
  ///   - factor: what the gamma is multiplied by, which keeps its shape.
  package mutating func negativeBinomial(mean: Double, deviation: Double, times factor: Double = 1) -> Double
  {
    let shape = mean * mean / (deviation * deviation - mean)
    return poisson(mean: gamma(shape: shape) * mean / shape * factor)
  }
}
