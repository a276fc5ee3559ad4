import Cohorts

/// The `variables` of a dictionary.
enum VariableFields {
  private static let keys = [
    "label", "type", "unit", "range", "levels", "codes", "missing", "applies_when", "computed",
  ]

  private enum VariableType: String, CaseIterable {
    case continuous, count, binary, categorical, ordinal

    /// Those of the keys that hang on the type.
    var allowedKeys: [String] {
      switch self {
      case .continuous: ["unit", "range", "computed"]
      case .count: ["unit", "range"]
      case .binary: []
      case .categorical, .ordinal: ["levels"]
      }
    }
  }

  static func read(_ value: DocumentValue) throws(DocumentError) -> [Variable] {
    let entries = try value.filledEntries()
    let variables = try entries.map { (entry) throws(DocumentError) in
      try variable(entry.value, name: entry.key)
    }
    for (entry, variable) in zip(entries, variables) {
      let fields = try entry.value.fields(keys)
      if let condition = variable.appliesWhen, let place = fields.optional("applies_when") {
        try VariableReferences.check(condition, of: variable, among: variables, at: place)
      }
      if let formula = variable.formula, let place = fields.optional("computed") {
        try VariableReferences.check(formula, of: variable, among: variables, at: place)
      }
    }
    return variables
  }

  private static func variable(_ value: DocumentValue, name: String) throws(DocumentError) -> Variable {
    let fields = try value.fields(keys)
    let type = try fields.required("type").choice(VariableType.self)
    for key in ["unit", "range", "levels", "computed"] where !type.allowedKeys.contains(key) {
      if let misplaced = fields.optional(key) {
        throw misplaced.error("does not go with type \(type)", "remove it or change the type")
      }
    }
    let formula = try fields.optional("computed").map(formula)
    if formula != nil, let misplaced = fields.optional("missing") {
      throw misplaced.error(
        "does not go with a computed variable", "give its parts the texts for missing values")
    }
    let kind: Variable.Kind =
      switch type {
      case .continuous: .continuous(try range(fields.required("range")))
      case .count: .count(try wholeRange(fields.required("range")))
      case .binary: .binary
      case .categorical:
        .categorical(levels: try levels(fields.required("levels"), advice: "the reference first"))
      case .ordinal: .ordinal(levels: try levels(fields.required("levels"), advice: "the lowest first"))
      }
    let unit =
      type == .continuous
      ? try fields.required("unit").text()
      : try fields.optional("unit")?.text()
    let variable = Variable(
      name: name, label: try fields.required("label").text(), kind: kind, unit: unit,
      codes: try codes(fields.optional("codes")),
      missing: try fields.optional("missing")?.distinctTexts() ?? [],
      appliesWhen: try fields.optional("applies_when").map(condition), formula: formula)
    if let both = variable.missing.first(where: { variable.levels?.contains($0) ?? false }),
      let place = fields.optional("missing")
    {
      throw place.error("has the level “\(both)”", "a level cannot stand for a missing value")
    }
    return variable
  }

  private static func range(_ value: DocumentValue) throws(DocumentError) -> ValueRange {
    let ends = try value.list()
    guard ends.count == 2, let range = ValueRange(lower: try ends[0].number(), upper: try ends[1].number())
    else {
      throw value.error("must be two numbers, the lower one first", "write “[0, 500]”")
    }
    return range
  }

  private static func wholeRange(_ value: DocumentValue) throws(DocumentError) -> ValueRange {
    let range = try range(value)
    guard [range.lower, range.upper].allSatisfy({ $0 == $0.rounded() && abs($0) < 0x1p53 }) else {
      throw value.error("must have whole ends for a count", "write “[0, 20]”")
    }
    return range
  }

  private static func levels(_ value: DocumentValue, advice: String) throws(DocumentError) -> [String] {
    let levels = try value.distinctTexts()
    guard levels.count >= 2 else {
      throw value.error("has a single level", "name at least two, \(advice)")
    }
    return levels
  }

  /// A code of a system that is not known here may have any form.
  private static func codes(_ value: DocumentValue?) throws(DocumentError) -> [String: String] {
    var codes: [String: String] = [:]
    for (name, value) in try value?.namedEntries(.party) ?? [] {
      let code = try value.text()
      if let system = CodeSystem(rawValue: name), !system.accepts(code) {
        throw value.error("is not \(system.form)", "look the code up again, or remove it")
      }
      codes[name] = code
    }
    return codes
  }

  private static func condition(_ value: DocumentValue) throws(DocumentError) -> FilterCondition {
    let conditions = try FilterFields.read(value).conditions
    guard let condition = conditions.first, conditions.count == 1 else {
      throw value.error("must name one variable", "write “{diagnosis: {one_of: [CD]}}”")
    }
    return condition
  }

  private static func formula(_ value: DocumentValue) throws(DocumentError) -> Formula {
    Formula(
      try value.filledEntries().map { (entry) throws(DocumentError) in
        Formula.Part(
          variable: entry.key, factor: try entry.value.number("a number other than 0") { $0 != 0 })
      })
  }
}
