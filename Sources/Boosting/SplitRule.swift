/// Gains and leaf values by the second-order formulas of Chen and Guestrin (XGBoost, KDD 2016), with
/// XGBoost's penalties and constraints.
struct SplitRule: Sendable {
  private let lambda: Double
  private let alpha: Double
  private let largestStep: Double
  private let eta: Double
  private let fractionBits: Int
  private let gradientUnit: Double
  private let hessianUnit: Double

  init(_ context: TreeContext) {
    let plan = context.frame.specification
    lambda = plan.lambda
    alpha = plan.alpha
    largestStep = plan.largestStep
    eta = plan.eta
    fractionBits = context.frame.fractionBits
    gradientUnit = context.quantisation.gradient(1)
    hessianUnit = context.quantisation.hessian(1)
  }

  /// Between which values a leaf may lie, by monotone constraints above it.
  struct Bounds: Hashable, Sendable, Codable {
    var lower = -Double.greatestFiniteMagnitude
    var upper = Double.greatestFiniteMagnitude
  }

  func hessian(_ sum: Int64) -> Double { Double(sum) * hessianUnit }

  /// A leaf's value before `eta`.
  @inline(__always)
  func weight(_ gradient: Int64, _ hessian: Int64, _ bounds: Bounds) -> Double {
    let sum = Double(hessian) * hessianUnit + lambda
    guard sum > 0 else { return min(max(0, bounds.lower), bounds.upper) }
    var weight = -shrunk(Double(gradient) * gradientUnit) / sum
    if largestStep > 0 { weight = min(max(weight, -largestStep), largestStep) }
    return min(max(weight, bounds.lower), bounds.upper)
  }

  /// By how much the objective, twice, falls with a leaf of this weight.
  @inline(__always)
  func score(_ gradient: Int64, _ hessian: Int64, weight: Double) -> Double {
    let (g, h) = (Double(gradient) * gradientUnit, Double(hessian) * hessianUnit)
    return -(2 * g * weight + (h + lambda) * (weight * weight) + 2 * alpha * weight.magnitude)
  }

  /// The same at the best weight, where nothing bounds it.
  @inline(__always)
  func score(_ gradient: Int64, _ hessian: Int64) -> Double {
    let sum = Double(hessian) * hessianUnit + lambda
    let g = shrunk(Double(gradient) * gradientUnit)
    return sum > 0 ? g * g / sum : 0
  }

  /// Whether `score` without a weight serves.
  func isFree(_ bounds: Bounds) -> Bool { largestStep == 0 && bounds == Bounds() }

  /// Whether gains have no penalty of the first kind, too, and so the form of `gains`.
  func isPlain(_ bounds: Bounds) -> Bool { isFree(bounds) && alpha == 0 }

  /// The gains of splits with these words on the left, by the steps of `score`, without a branch; -infinity where a
  /// side has not the least Hessian.
  func gains(
    _ left: UnsafeBufferPointer<UInt64>, _ sums: CellSums, _ leastHessian: Int64, _ parent: Double,
    into gains: UnsafeMutableBufferPointer<Double>
  ) {
    let (lambda, gradientUnit, hessianUnit) = (lambda, gradientUnit, hessianUnit)
    let (gradient, hessian) = (Double(sums.gradient), Double(sums.hessian))
    let least = Double(leastHessian)
    for place in left.indices {
      let word = left[place]
      // 32 bits in the last places of 2^52 are a whole number of their own; integers of 53 bits subtract exactly.
      let h = Double(bitPattern: 0x4330_0000_0000_0000 | (word & 0xffff_ffff)) - 0x1p52
      let g = Double(bitPattern: 0x4330_0000_0000_0000 | (word &>> 32 ^ 0x8000_0000)) - 0x1.0000_08p52
      let (otherH, otherG) = (hessian - h, gradient - g)
      let (lower, upper) = (h * hessianUnit + lambda, otherH * hessianUnit + lambda)
      let (a, b) = (g * gradientUnit, otherG * gradientUnit)
      let lowerScore = lower > 0 ? a * a / lower : 0
      let upperScore = upper > 0 ? b * b / upper : 0
      let gain = lowerScore + upperScore - parent
      gains.initializeElement(at: place, to: h >= least && otherH >= least ? gain : -.infinity)
    }
  }

  /// The value of a leaf on the scale of raw scores.
  func leaf(_ sums: CellSums, _ bounds: Bounds) -> Int64 {
    LeafValue.fixed(eta * weight(sums.gradient, sums.hessian, bounds), fractionBits: fractionBits)
  }

  @inline(__always)
  private func shrunk(_ gradient: Double) -> Double {
    guard alpha > 0 else { return gradient }
    return gradient > alpha ? gradient - alpha : gradient < -alpha ? gradient + alpha : 0
  }
}
