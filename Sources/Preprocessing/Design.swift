import Cohorts

/// What a model is made of: the outcome and the design columns, as far as the verified sums have settled them.
package struct Design: Hashable, Sendable, Codable {
  package let outcome: String
  package let missing: MissingRule
  /// The weights' variable.
  package let weight: String?
  package private(set) var terms: [DesignTerm]
  /// Products, by the variables of two terms.
  private var interactions: [[String]]
  /// Names of columns that are not in the model though their terms are.
  private var leftOut: Set<String> = []
  /// Variables whose missing values keep a row out.
  package private(set) var required: [String]
  package private(set) var notes: [DesignNote] = []

  /// - Parameter terms: of variables of the dictionary; an unknown one is left out, for a plan that was checked
  ///   names none.
  package init(
    dictionary: StudyDictionary, outcome: String, terms: [PlannedTerm],
    missing: MissingRule = .completeCase, weight: String? = nil
  ) {
    self.outcome = outcome
    self.missing = missing
    self.weight = weight
    var known: [DesignTerm] = []
    var interactions: [[String]] = []
    for term in terms {
      switch term {
      case .predictor(let planned):
        if let variable = dictionary.variable(named: planned.variable) {
          known.append(DesignTerm(planned, variable: variable))
        }
      case .interaction(let first, let second): interactions.append([first, second])
      }
    }
    self.terms = known
    self.interactions = interactions
    required = missing == .completeCase ? Self.names(known) : []
  }

  /// Each variable of the plan once, whether it is still in the model or not.
  private static func names(_ terms: [DesignTerm]) -> [String] {
    terms.map(\.variable.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  package var variables: [String] { Self.names(terms) }

  /// In the order of the coefficients.
  package var columns: [DesignColumn] {
    var columns: [DesignColumn] = []
    for term in terms {
      for column in term.columns where !columns.contains(column) { columns.append(column) }
    }
    for pair in interactions {
      let sides = pair.map { name in terms.first { $0.variable.name == name }?.valueColumns ?? [] }
      for first in sides[0] { columns += sides[1].compactMap { DesignColumn.product(first, $0) } }
    }
    return columns.filter { !leftOut.contains($0.name) }
  }

  /// What the indicators of a variable leave over; rules on columns hold for it as well.
  package var references: [DesignColumn] {
    terms.filter { term in
      // With two groups and nothing else the complement of one varies where it does.
      guard let groups = term.groups else { return false }
      return groups.count > 2 || term.hasMissingIndicator || term.variable.appliesWhen != nil
    }.compactMap(\.referenceColumn)
  }

  /// Missing values of these variables do not keep a row out.
  package var imputed: [String] { variables.filter { !required.contains($0) } }

  mutating func note(_ kind: DesignNote.Kind, _ subject: String, _ detail: String) {
    notes.append(DesignNote(kind, subject, detail))
  }

  mutating func require(_ variable: String) {
    required.append(variable)
    setMissingIndicator(of: variable, false)
  }

  mutating func setMissingIndicator(of variable: String, _ isMade: Bool) {
    // Two transformations of one variable share the indicator of the first.
    guard let index = terms.firstIndex(where: { $0.variable.name == variable }) else { return }
    terms[index].hasMissingIndicator = isMade
  }

  mutating func merge(_ labels: [String], of variable: String) {
    for index in terms.indices where terms[index].variable.name == variable { terms[index].merge(labels) }
  }

  mutating func setKnots(_ knots: [Double], of variable: String) {
    for index in terms.indices where terms[index].variable.name == variable && terms[index].awaitsKnots {
      terms[index].knots = knots
    }
  }

  /// Takes a variable out of the model, and the products with it. Rows that lack it stay out.
  mutating func leaveOut(variable: String) {
    terms.removeAll { $0.variable.name == variable }
    interactions.removeAll { $0.contains(variable) }
  }

  mutating func leaveOut(column: String) { leftOut.insert(column) }
}
