import Cohorts
import Foundation

/// The document `konsil: effects/1`: how simulated records of a study are drawn.
package enum EffectsDocument {
  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  ///   - dictionary: the study's; the document has to give every variable of it, and no other.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String, dictionary: StudyDictionary
  ) throws(DocumentError) -> CohortEffects {
    let fields = try DocumentValue.root(bytes, file: file).fields(
      header: "effects/1", ["outcome", "prevalence", "site_shift", "variables"])
    let outcome = try fields.required("outcome").word(of: dictionary.outcomes.map(\.name))
    let given = try fields.required("variables").fields(dictionary.variables.map(\.name))
    let variables = try dictionary.variables.map { (variable) throws(DocumentError) in
      try effect(given.required(variable.name), on: variable)
    }
    return CohortEffects(
      outcome: outcome, prevalence: try fields.required("prevalence").probability(),
      siteShift: try fields.optional("site_shift").map(deviation) ?? 0, variables: variables)
  }

  private static func effect(
    _ value: DocumentValue, on variable: Variable
  ) throws(DocumentError) -> VariableEffect {
    let fields = try value.fields(["distribution", "effect", "decimals", "site_shift"])
    let distribution = try fields.required("distribution")
    let effect = try fields.required("effect")
    let decimals = fields.optional("decimals")
    let shift = fields.optional("site_shift")
    switch variable.kind {
    case .continuous, .count:
      let isWhole = if case .count = variable.kind { true } else { false }
      return VariableEffect(
        variable: variable.name, distribution: try spread(distribution),
        effect: try slope(effect, hasLogarithm: try isLogNormal(distribution)),
        decimals: try decimals.map { (value) throws(DocumentError) in
          try value.wholeNumber(in: 0...(isWhole ? 0 : 9))
        } ?? 0,
        siteShift: try shift.map(deviation) ?? 0)
    case .binary, .categorical:
      if let misplaced = decimals ?? shift {
        throw misplaced.error("goes with continuous variables and counts only", "remove it")
      }
      let (drawn, weighed) = try discrete(distribution, effect, kind: variable.kind)
      return VariableEffect(
        variable: variable.name, distribution: drawn, effect: weighed, decimals: 0, siteShift: 0)
    }
  }

  private static func spread(
    _ value: DocumentValue
  ) throws(DocumentError) -> VariableEffect.Distribution {
    let fields = try value.fields(["normal", "log_normal"])
    if try isLogNormal(value) {
      let values = try fields.required("log_normal").fields(["median", "log_deviation"])
      return .logNormal(
        median: try values.required("median").number("a number above 0") { $0 > 0 },
        logDeviation: try deviation(values.required("log_deviation")))
    }
    let values = try fields.required("normal").fields(["mean", "deviation"])
    return .normal(
      mean: try values.required("mean").number(), deviation: try deviation(values.required("deviation")))
  }

  private static func isLogNormal(_ value: DocumentValue) throws(DocumentError) -> Bool {
    let fields = try value.fields(["normal", "log_normal"])
    guard fields.has("normal") != fields.has("log_normal") else {
      throw value.error("must be one distribution", "write either normal or log_normal")
    }
    return fields.has("log_normal")
  }

  private static func slope(
    _ value: DocumentValue, hasLogarithm: Bool
  ) throws(DocumentError) -> VariableEffect.Effect {
    let fields = try value.fields(["linear", "logarithmic"])
    guard fields.has("linear") != fields.has("logarithmic") else {
      throw value.error("must be one effect", "write either linear or logarithmic")
    }
    if let logarithmic = fields.optional("logarithmic") {
      guard hasLogarithm else {
        throw logarithmic.error("needs a positive variable", "use it with log_normal only")
      }
      let ratio = try logarithmic.fields(["odds_ratio"]).required("odds_ratio")
      return .logarithmic(logOddsRatio: try logOdds(ratio))
    }
    let linear = try fields.required("linear").fields(["odds_ratio", "per"])
    return .linear(
      logOddsRatio: try logOdds(linear.required("odds_ratio")),
      per: try linear.required("per").number("a number above 0") { $0 > 0 })
  }

  private static func discrete(
    _ distribution: DocumentValue, _ effect: DocumentValue, kind: Variable.Kind
  ) throws(DocumentError) -> (VariableEffect.Distribution, VariableEffect.Effect) {
    guard case .categorical(let levels) = kind else {
      let probability = try distribution.fields(["bernoulli"]).required("bernoulli").probability()
      let ratio = try effect.fields(["odds_ratio"]).required("odds_ratio")
      return (.bernoulli(probability), .linear(logOddsRatio: try logOdds(ratio), per: 1))
    }
    let shares = try distribution.fields(["levels"]).required("levels").fields(levels)
    let probabilities = try levels.map { (level) throws(DocumentError) in
      try shares.required(level).probability()
    }
    guard abs(probabilities.reduce(-1, +)) < 1e-9 else {
      throw shares.value.error("has probabilities that do not add up to 1", "correct them")
    }
    let ratios = try effect.fields(["levels"]).required("levels").fields(levels)
    let effects = try levels.map { (level) throws(DocumentError) in
      try logOdds(ratios.required(level))
    }
    guard effects.first == 0 else {
      throw ratios.value.error(
        "has a reference level with an effect", "give the dictionary's first level 1.0")
    }
    return (.levels(probabilities), .levels(effects))
  }

  private static func deviation(_ value: DocumentValue) throws(DocumentError) -> Double {
    try value.number("a number from 0") { $0 >= 0 }
  }

  private static func logOdds(_ value: DocumentValue) throws(DocumentError) -> Double {
    log(try value.number("an odds ratio, a number above 0") { $0 > 0 })
  }
}

extension DocumentValue {
  fileprivate func probability() throws(DocumentError) -> Double {
    try number("a probability between 0 and 1") { $0 > 0 && $0 < 1 }
  }
}
