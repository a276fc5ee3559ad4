import Cohorts
import Foundation

/// Draws the values of one variable at one site.
struct DrawnVariable {
  struct Value {
    /// As it stands in the records.
    let text: String
    /// What it adds to the log odds.
    let logOdds: Double
  }

  private static let mostDraws = 1000

  private let name: String
  private let kind: Variable.Kind
  private let effect: VariableEffect
  /// This site's shift of the mean, or of the logarithm's mean.
  private let shift: Double

  init(
    _ variable: Variable, effect: VariableEffect, shift: Double
  ) throws(SimulationError) {
    name = variable.name
    kind = variable.kind
    self.effect = effect
    self.shift = shift * effect.siteShift
    guard Self.fits(variable.kind, effect) else {
      throw .effectDoesNotFit(variable: variable.name)
    }
  }

  private static func fits(_ kind: Variable.Kind, _ effect: VariableEffect) -> Bool {
    switch (kind, effect.distribution, effect.effect) {
    case (.continuous, .normal, .linear), (.continuous, .logNormal, .linear),
      (.continuous, .logNormal, .logarithmic):
      (0...9).contains(effect.decimals)
    case (.count, .normal, .linear), (.count, .logNormal, .linear), (.count, .logNormal, .logarithmic):
      effect.decimals == 0
    case (.binary, .bernoulli, .linear): true
    case (.categorical(let levels), .levels(let shares), .levels(let effects)):
      shares.count == levels.count && effects.count == levels.count
    default: false
    }
  }

  func draw(from random: inout SeededRandom) throws(SimulationError) -> Value {
    switch (kind, effect.distribution) {
    case (.categorical(let levels), .levels(let shares)):
      let index = Self.index(of: random.uniform(), shares: shares)
      return Value(text: CSVText.cell(levels[index]), logOdds: logOdds(level: index))
    case (.binary, .bernoulli(let probability)):
      let isSet = random.uniform() < probability
      return Value(text: isSet ? "1" : "0", logOdds: logOdds(of: isSet ? 1 : 0))
    case (.continuous(let range), _), (.count(let range), _):
      return try draw(in: range, from: &random)
    default: throw .effectDoesNotFit(variable: name)
    }
  }

  /// Draws anew until the value, as it is written, lies in the range; for a log-normal one, above 0.
  private func draw(
    in range: ValueRange, from random: inout SeededRandom
  ) throws(SimulationError) -> Value {
    for _ in 0..<Self.mostDraws {
      var isPositive = false
      let value: Double
      switch effect.distribution {
      case .normal(let mean, let deviation):
        value = mean + shift + deviation * random.normal()
      case .logNormal(let median, let deviation):
        value = median * exp(shift + deviation * random.normal())
        isPositive = true
      case .bernoulli, .levels: throw .effectDoesNotFit(variable: name)
      }
      guard let written = DecimalText(value, decimals: effect.decimals),
        range.contains(written.value), !isPositive || written.value > 0
      else { continue }
      return Value(text: written.text, logOdds: logOdds(of: written.value))
    }
    throw .outsideRange(variable: name)
  }

  private func logOdds(of value: Double) -> Double {
    switch effect.effect {
    case .linear(let logOddsRatio, let per): logOddsRatio * value / per
    case .logarithmic(let logOddsRatio): logOddsRatio * log(value)
    case .levels: 0
    }
  }

  private func logOdds(level index: Int) -> Double {
    if case .levels(let effects) = effect.effect { effects[index] } else { 0 }
  }

  /// The level that holds `uniform` when the shares are laid end to end.
  private static func index(of uniform: Double, shares: [Double]) -> Int {
    var upper = 0.0
    for (index, share) in shares.enumerated() {
      upper += share
      if uniform < upper { return index }
    }
    return shares.count - 1
  }
}
