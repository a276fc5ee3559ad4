import Cohorts
import Foundation

/// Reads the `effect` of one variable in an effects document, and what the variable `follows`.
struct EffectFields {
  let variable: Variable
  let dictionary: StudyDictionary

  /// What an effect of this variable may be called.
  private var known: [String] {
    switch variable.kind {
    case .continuous, .count: ["linear", "logarithmic", "hinge", "at_least", "by"]
    case .binary: ["odds_ratio", "by"]
    case .categorical: ["levels", "by"]
    case .ordinal: ["levels", "linear", "by"]
    }
  }

  /// - Parameter isPositive: whether the variable has a logarithm.
  func effect(_ value: DocumentValue, isPositive: Bool) throws(DocumentError) -> VariableEffect.Effect {
    switch value.node.content {
    case .scalar:
      _ = try value.word(of: ["none"])
      return .sum([])
    case .list:
      return .sum(
        try value.list().map { (item) throws(DocumentError) in try effect(item, isPositive: isPositive) })
    case .mapping: break
    }
    let (name, value) = try value.only(known, "effect")
    switch name {
    case "by":
      let (other, effects) = try value.byLevel(
        in: dictionary, except: variable.name,
        { (value) throws(DocumentError) in try effect(value, isPositive: isPositive) })
      return .by(variable: other, effects)
    case "logarithmic":
      guard isPositive else {
        throw value.error("needs a positive variable", "use it with log_normal or gamma only")
      }
      return .logarithmic(
        logOddsRatio: try value.fields(["odds_ratio"]).required("odds_ratio").logOddsRatio())
    case "linear":
      let fields = try value.fields(["odds_ratio", "per"])
      return .linear(
        logOddsRatio: try fields.required("odds_ratio").logOddsRatio(),
        per: try fields.required("per").positive())
    case "hinge":
      let fields = try value.fields(["odds_ratio", "per", "from"])
      return .hinge(
        logOddsRatio: try fields.required("odds_ratio").logOddsRatio(),
        per: try fields.required("per").positive(), from: try fields.required("from").number())
    case "at_least":
      let fields = try value.fields(["value", "odds_ratio"])
      return .atLeast(
        value: try fields.required("value").number(),
        logOddsRatio: try fields.required("odds_ratio").logOddsRatio())
    case "odds_ratio": return .linear(logOddsRatio: try value.logOddsRatio(), per: 1)
    default: return try levels(value)
    }
  }

  private func levels(_ value: DocumentValue) throws(DocumentError) -> VariableEffect.Effect {
    let levels = variable.levels ?? []
    let fields = try value.fields(levels)
    let effects = try levels.map { (level) throws(DocumentError) in
      try fields.required(level).logOddsRatio()
    }
    guard effects.first == 0 else {
      throw value.error("has a first level with an effect", "give the dictionary's first level 1.0")
    }
    return .levels(effects)
  }

  /// The other variables that are numbers in every row.
  var numbers: [String] {
    dictionary.variables.filter {
      $0.name != variable.name && $0.levels == nil && $0.appliesWhen == nil
    }.map(\.name)
  }

  /// `follows`: a number's name to `{from, by}`.
  func trends(_ value: DocumentValue) throws(DocumentError) -> [VariableEffect.Trend] {
    _ = try value.fields(numbers)
    return try value.entries().map { (entry) throws(DocumentError) in
      let fields = try entry.value.fields(["from", "by"])
      return VariableEffect.Trend(
        variable: entry.key, from: try fields.required("from").number(),
        by: try fields.required("by").number())
    }
  }
}

extension DocumentValue {
  /// The natural logarithm of an odds ratio.
  fileprivate func logOddsRatio() throws(DocumentError) -> Double {
    log(try number("an odds ratio, a number above 0") { $0 > 0 })
  }
}
