import Cohorts
import Foundation

/// Draws the values of one variable at one site.
struct DrawnVariable {
  private static let mostDraws = 1000

  let variable: Variable
  private let effect: VariableEffect
  private let places: [String: Int]
  /// The levels of the variable that this one hangs on; nil for a number.
  private let conditionLevels: [String]?
  /// This site's shift of the mean, or of the mean's logarithm.
  private let shift: Double
  /// A level that this site does not have.
  private let absentLevel: Int?

  /// - Parameters:
  ///   - places: the index of each variable in a row.
  ///   - shift: of the site, in deviations.
  init(
    _ variable: Variable, effect: VariableEffect, dictionary: StudyDictionary, places: [String: Int],
    shift: Double, absentLevel: Int?
  ) throws(SimulationError) {
    self.variable = variable
    self.effect = effect
    self.places = places
    conditionLevels = variable.appliesWhen.flatMap { dictionary.variable(named: $0.variable)?.levels }
    self.shift = shift * effect.siteShift
    self.absentLevel = absentLevel
    guard EffectFit(variable: variable, dictionary: dictionary).holds(effect) else {
      throw .effectDoesNotFit(variable: variable.name)
    }
  }

  /// What has to be drawn before.
  var needs: Set<String> { effect.needs(of: variable) }

  /// - Parameter row: with the values of what this one needs.
  /// - Returns: the value and what stands in the records for it.
  func draw(
    row: [SimulatedValue], from random: inout SeededRandom
  ) throws(SimulationError) -> (value: SimulatedValue, text: String) {
    if let condition = variable.appliesWhen, let place = places[condition.variable],
      !row[place].meets(condition.test, levels: conditionLevels)
    {
      return (.notApplicable, "")
    }
    if let formula = variable.formula {
      let sum = formula.parts.reduce(0.0) { $0 + $1.factor * (number($1.variable, in: row) ?? 0) }
      return (.number(sum), "")
    }
    guard let distribution = effect.distribution.flatMap({ resolved($0, row: row) }) else {
      throw .effectDoesNotFit(variable: variable.name)
    }
    switch (variable.kind, distribution) {
    case (.categorical(let levels), .levels(let shares)), (.ordinal(let levels), .levels(let shares)):
      let index = index(of: random.uniform(), shares: shares)
      return (.level(index), levels[index])
    case (.binary, .bernoulli(let probability)):
      let isSet = random.uniform() < probability
      return (.number(isSet ? 1 : 0), isSet ? "1" : "0")
    case (.continuous(let range), _), (.count(let range), _):
      let written = try draw(distribution, in: range, row: row, from: &random)
      return (.number(written.value), written.text)
    default: throw .effectDoesNotFit(variable: variable.name)
    }
  }

  /// What a value adds to the log odds.
  func logOdds(of value: SimulatedValue, row: [SimulatedValue]) -> Double {
    logOdds(effect.effect, of: value, row: row)
  }

  private func logOdds(
    _ effect: VariableEffect.Effect, of value: SimulatedValue, row: [SimulatedValue]
  ) -> Double {
    switch (effect, value) {
    case (_, .notApplicable): return 0
    case (.sum(let effects), _): return effects.reduce(0) { $0 + logOdds($1, of: value, row: row) }
    case (.by(let other, let effects), _):
      guard let index = levelIndex(other, in: row) else { return 0 }
      return logOdds(effects[index], of: value, row: row)
    case (.levels(let effects), .level(let index)): return effects[index]
    case (.linear(let ratio, let per), .level(let index)): return ratio * Double(index) / per
    case (.linear(let ratio, let per), .number(let x)): return ratio * x / per
    case (.logarithmic(let ratio), .number(let x)): return ratio * log(x)
    case (.hinge(let ratio, let per, let from), .number(let x)): return ratio * max(0, x - from) / per
    case (.atLeast(let least, let ratio), .number(let x)): return x >= least ? ratio : 0
    case (.levels, .number), (.logarithmic, .level), (.hinge, .level), (.atLeast, .level): return 0
    }
  }

  /// Draws anew until the value, as it is written, lies in the range; for a distribution above 0, above 0.
  private func draw(
    _ distribution: VariableEffect.Distribution, in range: ValueRange, row: [SimulatedValue],
    from random: inout SeededRandom
  ) throws(SimulationError) -> DecimalText {
    let moved = effect.trends.reduce(shift) { sum, trend in
      sum + trend.by * ((number(trend.variable, in: row) ?? trend.from) - trend.from)
    }
    let bound = effect.atMost.flatMap { number($0, in: row) } ?? range.upper
    for _ in 0..<Self.mostDraws {
      guard let (value, isPositive) = draw(distribution, moved: moved, from: &random) else {
        throw .effectDoesNotFit(variable: variable.name)
      }
      let stepped = effect.step.map { (value / $0).rounded() * $0 } ?? value
      guard let written = DecimalText(stepped, decimals: effect.decimals),
        range.contains(written.value), written.value <= bound, !isPositive || written.value > 0
      else { continue }
      return written
    }
    throw .outsideRange(variable: variable.name)
  }

  /// - Parameter moved: by how much the mean, or its logarithm, is not the distribution's own.
  /// - Returns: nil for a distribution that is none of numbers.
  private func draw(
    _ distribution: VariableEffect.Distribution, moved: Double, from random: inout SeededRandom
  ) -> (value: Double, isPositive: Bool)? {
    switch distribution {
    case .normal(let mean, let deviation): (mean + moved + deviation * random.normal(), false)
    case .logNormal(let median, let deviation): (median * exp(moved + deviation * random.normal()), true)
    case .gamma(let mean, let deviation):
      (
        random.gamma(shape: (mean / deviation) * (mean / deviation)) * deviation * deviation / mean
          * exp(moved), true
      )
    case .poisson(let mean): (random.poisson(mean: mean * exp(moved)), false)
    case .negativeBinomial(let mean, let deviation):
      (random.negativeBinomial(mean: mean, deviation: deviation, times: exp(moved)), false)
    case .hurdle(let zeros, let positive):
      random.uniform() < zeros
        ? (0, false) : draw(positive, moved: moved, from: &random).map { ($0.value + 1, false) }
    case .bernoulli, .levels, .by: nil
    }
  }

  /// Without the choice by another variable's level.
  private func resolved(
    _ distribution: VariableEffect.Distribution, row: [SimulatedValue]
  ) -> VariableEffect.Distribution? {
    guard case .by(let other, let distributions) = distribution else { return distribution }
    return levelIndex(other, in: row).flatMap { resolved(distributions[$0], row: row) }
  }

  private func number(_ name: String, in row: [SimulatedValue]) -> Double? {
    places[name].flatMap { row[$0].number }
  }

  private func levelIndex(_ name: String, in row: [SimulatedValue]) -> Int? {
    places[name].flatMap { row[$0].levelIndex }
  }

  /// The level that holds `uniform` when the shares of the levels that the site has are laid end to end.
  private func index(of uniform: Double, shares: [Double]) -> Int {
    let present = shares.indices.filter { $0 != absentLevel && shares[$0] > 0 }
    let rest = uniform * present.reduce(0) { $0 + shares[$1] }
    var upper = 0.0
    for index in present {
      upper += shares[index]
      if rest < upper { return index }
    }
    return present.last ?? 0
  }
}
