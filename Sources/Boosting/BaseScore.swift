/// The raw scores before the first tree, one a class.
enum BaseScore {
  /// From the plan, or from a training set's exact sums: the same integers wherever the rows are.
  static func scores(_ frame: BoostingFrame, _ totals: BoostingCounts.Totals) -> [Int64] {
    reals(frame, totals).map { LeafValue.fixed($0, fractionBits: frame.fractionBits) }
  }

  private static func reals(_ frame: BoostingFrame, _ totals: BoostingCounts.Totals) -> [Double] {
    let plan = frame.specification
    let weight = Double(sign: .plus, exponent: -frame.weightScale, significand: Double(totals.weight))
    let outcomes = totals.outcomes.map {
      Double(sign: .plus, exponent: -frame.outcomeScale, significand: Double($0))
    }
    let exposure = Double(sign: .plus, exponent: -frame.outcomeScale, significand: Double(totals.exposure))
    switch plan.objective {
    case .logistic:
      // Events weigh more where the plan scales them.
      let events = outcomes[0] * plan.scalePosWeight
      let share = plan.baseScore ?? events / (weight - outcomes[0] + events)
      return [PortableMath.log(share) - PortableMath.log(1 - share)]
    case .softmax:
      if let base = plan.baseScore { return outcomes.map { _ in base } }
      return outcomes.map { PortableMath.log($0 / weight) }
    case .squaredError: return [plan.baseScore ?? outcomes[0] / weight]
    case .poisson:
      return [PortableMath.log(plan.baseScore ?? max(outcomes[0], 0x1p-20 * exposure) / exposure)]
    }
  }
}

/// Values on the scale of raw scores.
enum LeafValue {
  /// Greater ones are cut off: by then a probability is 0 or 1, or the penalties are far too small.
  private static let most = 0x1p+44

  /// The nearest multiple of `2^-fractionBits` that has 24 bits at most, so that it is exact as a `Float`; 0
  /// for what is not a number.
  static func fixed(_ value: Double, fractionBits: Int) -> Int64 {
    let scaled = Double(sign: .plus, exponent: fractionBits, significand: value)
    guard !scaled.isNaN else { return 0 }
    let bounded = min(max(scaled, -most), most)
    return Int64(Double(Float(bounded)).rounded(.toNearestOrEven))
  }
}
