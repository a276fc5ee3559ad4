/// How simulated records of a study are drawn: a distribution for each variable and its effect on the
/// log odds of the outcome.
package struct CohortEffects: Hashable, Sendable {
  /// The outcome that the effects are on, and its prevalence over all sites.
  package let outcome: String
  package let prevalence: Double
  /// Standard deviation of the sites' shifts of the intercept.
  package let siteShift: Double
  package let variables: [VariableEffect]

  package init(outcome: String, prevalence: Double, siteShift: Double, variables: [VariableEffect]) {
    self.outcome = outcome
    self.prevalence = prevalence
    self.siteShift = siteShift
    self.variables = variables
  }
}

/// The distribution of one simulated variable and its effect.
package struct VariableEffect: Hashable, Sendable {
  package enum Distribution: Hashable, Sendable {
    case normal(mean: Double, deviation: Double)
    /// `log x` is normal with mean `log median` and this deviation.
    case logNormal(median: Double, logDeviation: Double)
    case bernoulli(Double)
    /// A probability for each level, in the dictionary's order.
    case levels([Double])
  }

  package enum Effect: Hashable, Sendable {
    /// Log odds ratio for each `per` units.
    case linear(logOddsRatio: Double, per: Double)
    /// Log odds ratio for each unit of `log x`.
    case logarithmic(logOddsRatio: Double)
    /// Log odds ratio of each level against the reference, which has 0.
    case levels([Double])
  }

  package let variable: String
  package let distribution: Distribution
  package let effect: Effect
  /// Decimal places that the records are written with.
  package let decimals: Int
  /// Standard deviation of the sites' shifts: additive for normal, of the logarithm for log-normal, 0 otherwise.
  package let siteShift: Double

  package init(
    variable: String, distribution: Distribution, effect: Effect, decimals: Int, siteShift: Double
  ) {
    self.variable = variable
    self.distribution = distribution
    self.effect = effect
    self.decimals = decimals
    self.siteShift = siteShift
  }
}
