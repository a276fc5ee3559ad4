import Cohorts

/// A variable of the study's dictionary, as a model file keeps it: what its values may be.
package struct ModelVariable: Codable, Equatable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case continuous, count, binary, categorical, ordinal
  }

  /// A part of a computed variable, and what it is multiplied by.
  package struct Part: Codable, Equatable, Sendable {
    package let variable: String
    package let factor: Double
  }

  package let name: String
  package let label: String
  package let type: Kind
  /// In UCUM.
  package let unit: String?
  /// Least and greatest value, of a continuous variable or a count.
  package let range: [Double]?
  /// Of a categorical variable; of an ordinal one, the lowest first.
  package let levels: [String]?
  /// The texts that stand for a missing value, besides the empty one.
  package let missing: [String]
  /// In a model: whether a row that lacks it has no probability; else a missing value counts as the mean.
  package let required: Bool?
  /// In a model: levels that none of its rows had, so that a row with one has no probability; absent where there are
  /// none.
  package let unseen: [String]?
  /// Where it has a meaning; absent where that is everywhere.
  package let appliesWhen: ModelCondition?
  /// What it is the sum of; absent where it is recorded.
  package let computed: [Part]?

  enum CodingKeys: String, CodingKey {
    case name, label, type, unit, range, levels, missing, required, unseen, computed
    case appliesWhen = "applies_when"
  }

  package init(_ variable: Variable, required: Bool? = nil, unseen: [String]? = nil) {
    self.unseen = unseen
    self.required = required
    name = variable.name
    label = variable.label
    unit = variable.unit
    levels = variable.levels
    missing = variable.missing
    appliesWhen = variable.appliesWhen.map(ModelCondition.init)
    computed = variable.formula?.parts.map { Part(variable: $0.variable, factor: $0.factor) }
    switch variable.kind {
    case .continuous(let bounds): (type, range) = (.continuous, [bounds.lower, bounds.upper])
    case .count(let bounds): (type, range) = (.count, [bounds.lower, bounds.upper])
    case .binary: (type, range) = (.binary, nil)
    case .categorical: (type, range) = (.categorical, nil)
    case .ordinal: (type, range) = (.ordinal, nil)
    }
  }

  /// As the dictionary had it, without its codes; nil when range or levels do not fit the type.
  package var variable: Variable? {
    let bounds = range.flatMap { $0.count == 2 ? ValueRange(lower: $0[0], upper: $0[1]) : nil }
    let kind: Variable.Kind
    switch (type, bounds, levels) {
    case (.continuous, let bounds?, nil): kind = .continuous(bounds)
    case (.count, let bounds?, nil): kind = .count(bounds)
    case (.binary, nil, nil) where range == nil: kind = .binary
    case (.categorical, nil, let levels?) where range == nil && Self.areLevels(levels):
      kind = .categorical(levels: levels)
    case (.ordinal, nil, let levels?) where range == nil && Self.areLevels(levels):
      kind = .ordinal(levels: levels)
    default: return nil
    }
    return Variable(
      name: name, label: label, kind: kind, unit: unit, codes: [:], missing: missing,
      appliesWhen: appliesWhen?.condition,
      formula: computed.map { Formula($0.map { .init(variable: $0.variable, factor: $0.factor) }) })
  }

  /// The other variables that its values rest on.
  var foundations: [String] { variable?.foundations ?? [] }

  private static func areLevels(_ levels: [String]) -> Bool {
    levels.count >= 2 && Set(levels).count == levels.count
  }
}

extension Variable {
  /// The other variables that its values rest on.
  var foundations: [String] {
    (formula?.parts ?? []).map(\.variable) + [appliesWhen?.variable].compactMap(\.self)
  }
}

/// One condition of a plan's filter, or of where a variable has a meaning.
package struct ModelCondition: Codable, Equatable, Sendable {
  package let variable: String
  package let atLeast: Double?
  package let atMost: Double?
  package let oneOf: [String]?

  enum CodingKeys: String, CodingKey {
    case variable
    case atLeast = "at_least"
    case atMost = "at_most"
    case oneOf = "one_of"
  }

  package init(_ condition: FilterCondition) {
    variable = condition.variable
    switch condition.test {
    case .between(let lower, let upper): (atLeast, atMost, oneOf) = (lower, upper, nil)
    case .oneOf(let levels): (atLeast, atMost, oneOf) = (nil, nil, levels)
    }
  }

  var condition: FilterCondition {
    FilterCondition(
      variable: variable, test: oneOf.map { .oneOf($0) } ?? .between(atLeast: atLeast, atMost: atMost))
  }

  /// Such as `age at least 18 and at most 65`.
  var words: String {
    let parts = [
      atLeast.map { "at least \(NumberText.shortest($0))" },
      atMost.map { "at most \(NumberText.shortest($0))" },
      oneOf.map { "one of \($0.joined(separator: ", "))" },
    ]
    return "\(variable) " + parts.compactMap(\.self).joined(separator: " and ")
  }
}

extension [ModelCondition] {
  /// nil for no condition.
  var words: String? { isEmpty ? nil : map(\.words).joined(separator: "; ") }
}
