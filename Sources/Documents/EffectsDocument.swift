import Cohorts

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
      header: "effects/1", ["outcome", "prevalence", "site_shift", "scale", "variables", "mess"])
    let outcome = try fields.required("outcome").word(of: dictionary.outcomes.map(\.name))
    let given = try fields.required("variables").fields(dictionary.variables.map(\.name))
    let variables = try dictionary.variables.map { (variable) throws(DocumentError) in
      try effect(given.required(variable.name), on: variable, in: dictionary)
    }
    return CohortEffects(
      outcome: outcome, prevalence: try fields.required("prevalence").probability(),
      siteShift: try fields.optional("site_shift")?.deviation() ?? 0,
      scale: try fields.optional("scale")?.positive() ?? 1, variables: variables,
      mess: try fields.optional("mess").map { (value) throws(DocumentError) in
        try MessFields.read(value, dictionary: dictionary)
      } ?? MessDetails())
  }

  private static func effect(
    _ value: DocumentValue, on variable: Variable, in dictionary: StudyDictionary
  ) throws(DocumentError) -> VariableEffect {
    let reader = EffectFields(variable: variable, dictionary: dictionary)
    guard variable.formula == nil else {
      let effect = try value.fields(["effect"]).required("effect")
      return VariableEffect(
        variable: variable.name, distribution: nil, effect: try reader.effect(effect, isPositive: false))
    }
    let fields = try value.fields(
      ["distribution", "follows", "at_most", "effect", "decimals", "step", "site_shift", "missing"])
    let distribution = try DistributionFields(variable: variable, dictionary: dictionary).read(
      fields.required("distribution"))
    if variable.levels != nil || variable.kind == .binary {
      for key in ["decimals", "step", "site_shift", "follows", "at_most"] {
        if let misplaced = fields.optional(key) {
          throw misplaced.error("goes with continuous variables and counts only", "remove it")
        }
      }
    }
    let isWhole = if case .count = variable.kind { true } else { false }
    return VariableEffect(
      variable: variable.name, distribution: distribution,
      trends: try fields.optional("follows").map(reader.trends) ?? [],
      atMost: try fields.optional("at_most")?.word(of: reader.numbers),
      effect: try reader.effect(fields.required("effect"), isPositive: distribution.isPositive),
      decimals: try fields.optional("decimals")?.wholeNumber(in: 0...(isWhole ? 0 : 9)) ?? 0,
      step: try fields.optional("step")?.positive(),
      siteShift: try fields.optional("site_shift")?.deviation() ?? 0,
      missing: try fields.optional("missing")?.number("a share from 0 to below 1") { $0 >= 0 && $0 < 1 } ?? 0)
  }
}

extension DocumentValue {
  func probability() throws(DocumentError) -> Double {
    try number("a probability between 0 and 1") { $0 > 0 && $0 < 1 }
  }

  func deviation() throws(DocumentError) -> Double { try number("a number from 0") { $0 >= 0 } }

  func positive() throws(DocumentError) -> Double { try number("a number above 0") { $0 > 0 } }

  /// A mapping with one entry, its key one of `known`.
  ///
  /// - Parameter what: what the entries are, for errors.
  func only(_ known: [String], _ what: String) throws(DocumentError) -> (key: String, value: DocumentValue) {
    _ = try fields(known)
    let entries = try entries()
    guard let entry = entries.first, entries.count == 1 else {
      throw error("must be one \(what)", "write one of \(known.joined(separator: ", "))")
    }
    return entry
  }

  /// Reads `{VARIABLE: {LEVEL: ..., LEVEL: ...}}`: something for each level of another variable.
  func byLevel<Value>(
    in dictionary: StudyDictionary, except variable: String,
    _ read: (DocumentValue) throws(DocumentError) -> Value
  ) throws(DocumentError) -> (variable: String, values: [Value]) {
    let others = dictionary.variables.filter { $0.name != variable && $0.simulatedLevels != nil }
    let (name, value) = try only(others.map(\.name), "variable with levels that always applies")
    let levels = dictionary.variable(named: name)?.simulatedLevels ?? []
    let fields = try value.fields(levels)
    return (name, try levels.map { (level) throws(DocumentError) in try read(fields.required(level)) })
  }
}
