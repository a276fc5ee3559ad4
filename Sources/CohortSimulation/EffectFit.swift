import Cohorts

/// Whether the effect of a variable goes with its type and names only what the dictionary has.
struct EffectFit {
  let variable: Variable
  let dictionary: StudyDictionary

  func holds(_ effect: VariableEffect) -> Bool {
    let hasDistribution =
      if let distribution = effect.distribution {
        variable.formula == nil && fits(distribution)
      } else {
        variable.formula != nil
      }
    return hasDistribution && fits(effect.effect, isPositive: effect.distribution?.isPositive ?? false)
      && decimals.contains(effect.decimals) && effect.step.map { $0 > 0 } ?? true
      && effect.missing >= 0 && effect.missing < 1
      && (effect.trends.map(\.variable) + (effect.atMost.map { [$0] } ?? [])).allSatisfy(isNumber)
  }

  private var decimals: ClosedRange<Int> { if case .continuous = variable.kind { 0...9 } else { 0...0 } }

  private func fits(_ distribution: VariableEffect.Distribution) -> Bool {
    switch (variable.kind, distribution) {
    case (_, .by(let other, let distributions)):
      levelCount(of: other) == distributions.count && distributions.allSatisfy(fits)
    case (.continuous, .normal), (.continuous, .logNormal), (.count, .normal), (.count, .logNormal): true
    case (.continuous, .gamma(let mean, let deviation)), (.count, .gamma(let mean, let deviation)):
      mean > 0 && deviation > 0
    case (.count, .poisson(let mean)), (.count, .hurdle(_, .poisson(let mean))): mean > 0
    case (.count, .negativeBinomial(let mean, let deviation)),
      (.count, .hurdle(_, .negativeBinomial(let mean, let deviation))):
      mean > 0 && deviation * deviation > mean
    case (.binary, .bernoulli): true
    case (.categorical(let levels), .levels(let shares)), (.ordinal(let levels), .levels(let shares)):
      shares.count == levels.count
    default: false
    }
  }

  private func fits(_ effect: VariableEffect.Effect, isPositive: Bool) -> Bool {
    switch (variable.kind, effect) {
    case (_, .sum(let effects)): effects.allSatisfy { fits($0, isPositive: isPositive) }
    case (_, .by(let other, let effects)):
      levelCount(of: other) == effects.count && effects.allSatisfy { fits($0, isPositive: isPositive) }
    case (.continuous, .logarithmic), (.count, .logarithmic): isPositive
    case (.continuous, .linear), (.count, .linear), (.continuous, .hinge), (.count, .hinge),
      (.continuous, .atLeast), (.count, .atLeast), (.binary, .linear), (.ordinal, .linear):
      true
    case (.categorical(let levels), .levels(let effects)), (.ordinal(let levels), .levels(let effects)):
      effects.count == levels.count
    default: false
    }
  }

  private func isNumber(_ name: String) -> Bool {
    dictionary.variable(named: name).map { $0.levels == nil && $0.appliesWhen == nil } ?? false
  }

  private func levelCount(of name: String) -> Int? {
    name == variable.name ? nil : dictionary.variable(named: name)?.simulatedLevels?.count
  }
}

extension VariableEffect {
  /// The variables whose values a value of this one is drawn by.
  func needs(of variable: Variable) -> Set<String> {
    var names = Set(trends.map(\.variable))
    if let atMost { names.insert(atMost) }
    if let condition = variable.appliesWhen { names.insert(condition.variable) }
    for part in variable.formula?.parts ?? [] { names.insert(part.variable) }
    func collect(_ distribution: Distribution) {
      guard case .by(let other, let distributions) = distribution else { return }
      names.insert(other)
      distributions.forEach(collect)
    }
    distribution.map(collect)
    return names
  }
}
