/// How simulated records of a study are drawn: a distribution for each variable and its effect on the
/// log odds of the outcome.
package struct CohortEffects: Hashable, Sendable {
  /// The outcome that the effects are on, and its prevalence over all sites.
  package let outcome: String
  package let prevalence: Double
  /// Standard deviation of the sites' shifts of the intercept.
  package let siteShift: Double
  /// What all log odds ratios are multiplied by, which sets how well the outcome can be told from the variables.
  package let scale: Double
  package let variables: [VariableEffect]
  package let mess: MessDetails

  package init(
    outcome: String, prevalence: Double, siteShift: Double, scale: Double = 1, variables: [VariableEffect],
    mess: MessDetails = MessDetails()
  ) {
    self.outcome = outcome
    self.prevalence = prevalence
    self.siteShift = siteShift
    self.scale = scale
    self.variables = variables
    self.mess = mess
  }
}

/// The distribution of one simulated variable and its effect.
package struct VariableEffect: Hashable, Sendable {
  package indirect enum Distribution: Hashable, Sendable {
    case normal(mean: Double, deviation: Double)
    /// `log x` is normal with mean `log median` and this deviation.
    case logNormal(median: Double, logDeviation: Double)
    case gamma(mean: Double, deviation: Double)
    case poisson(mean: Double)
    /// The deviation is greater than that of a Poisson distribution, the square root of the mean.
    case negativeBinomial(mean: Double, deviation: Double)
    /// 0 with this probability, otherwise 1 more than is drawn from another distribution.
    case hurdle(zeros: Double, Distribution)
    case bernoulli(Double)
    /// A probability for each level, in the dictionary's order; 0 for levels that do not occur.
    case levels([Double])
    /// One distribution for each level of another variable, in the order of `Variable.simulatedLevels`.
    case by(variable: String, [Distribution])
  }

  package indirect enum Effect: Hashable, Sendable {
    /// Log odds ratio for each `per` units; of an ordinal variable, for each `per` levels.
    case linear(logOddsRatio: Double, per: Double)
    /// Log odds ratio for each unit of `log x`.
    case logarithmic(logOddsRatio: Double)
    /// Log odds ratio for each `per` units above `from`.
    case hinge(logOddsRatio: Double, per: Double, from: Double)
    /// Log odds ratio of values from `value` on against lower ones.
    case atLeast(value: Double, logOddsRatio: Double)
    /// Log odds ratio of each level against the first, which has 0.
    case levels([Double])
    /// Several that add up; none of them for no effect.
    case sum([Effect])
    /// One effect for each level of another variable, in the order of `Variable.simulatedLevels`.
    case by(variable: String, [Effect])
  }

  /// How the mean grows with another variable that is a number: `by` for each unit of it above `from`. Added to the
  /// mean of a normal distribution, and to the logarithm of that of any other.
  package struct Trend: Hashable, Sendable {
    package let variable: String
    package let from: Double
    package let by: Double

    package init(variable: String, from: Double, by: Double) {
      self.variable = variable
      self.from = from
      self.by = by
    }
  }

  package let variable: String
  /// nil for a computed variable, which is not drawn.
  package let distribution: Distribution?
  package let trends: [Trend]
  /// Another variable, a number, that values are never above; nil for no such bound.
  package let atMost: String?
  package let effect: Effect
  /// Decimal places that the records are written with.
  package let decimals: Int
  /// What values are multiples of; nil where the decimals alone say so.
  package let step: Double?
  /// Standard deviation of the sites' shifts: added to the mean of a normal distribution, and to the logarithm of that
  /// of any other; 0 where there is no mean to shift.
  package let siteShift: Double
  /// The share of missing values in records that are messy.
  package let missing: Double

  package init(
    variable: String, distribution: Distribution?, trends: [Trend] = [], atMost: String? = nil,
    effect: Effect, decimals: Int = 0, step: Double? = nil, siteShift: Double = 0, missing: Double = 0
  ) {
    self.variable = variable
    self.distribution = distribution
    self.trends = trends
    self.atMost = atMost
    self.effect = effect
    self.decimals = decimals
    self.step = step
    self.siteShift = siteShift
    self.missing = missing
  }
}

extension VariableEffect.Distribution {
  /// Whether all its values are above 0.
  package var isPositive: Bool {
    switch self {
    case .logNormal, .gamma: true
    case .by(_, let distributions): distributions.allSatisfy(\.isPositive)
    case .normal, .poisson, .negativeBinomial, .hurdle, .bernoulli, .levels: false
    }
  }
}

extension Variable {
  /// The levels by which distributions and effects of other variables may differ: those of a categorical or ordinal
  /// variable, `0` and `1` of a binary one; nil for others, and where the variable does not always apply.
  package var simulatedLevels: [String]? {
    guard appliesWhen == nil else { return nil }
    return kind == .binary ? ["0", "1"] : levels
  }
}
