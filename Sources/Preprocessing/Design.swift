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
    var known: Set<DesignColumn> = []
    for term in terms {
      for column in term.columns where known.insert(column).inserted { columns.append(column) }
    }
    for pair in interactions {
      let sides = pair.map { name in terms.first { $0.variable.name == name }?.valueColumns ?? [] }
      for first in sides[0] { columns += sides[1].compactMap { DesignColumn.product(first, $0) } }
    }
    return columns.filter { !leftOut.contains($0.name) }
  }

  /// A column's name and those of the products with it, which mean nothing without it.
  package func withProducts(of name: String) -> [String] {
    let columns = columns
    guard let column = columns.first(where: { $0.name == name }) else { return [] }
    let products = columns.filter {
      $0.factors.count > column.factors.count && column.factors.allSatisfy($0.factors.contains)
    }
    return [name] + products.map(\.name)
  }

  /// Indicators of levels, those that are left over among them.
  var levelColumns: [DesignColumn] { (columns + references).filter(\.isLevel) }

  /// Missing values of these variables do not keep a row out.
  package var imputed: [String] { variables.filter { !required.contains($0) } }

  /// Levels that no row of the model has, by the variable.
  package var unseenLevels: [String: [String]] {
    terms.reduce(into: [:]) { unseen, term in
      guard let groups = term.groups, let levels = term.variable.levels else { return }
      let seen = Set(groups.flatMap(\.indices))
      let rest = levels.indices.filter { !seen.contains($0) }.map { levels[$0] }
      if !rest.isEmpty { unseen[term.variable.name] = rest }
    }
  }

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

  mutating func leaveOut(levels labels: [String], of variable: String) {
    for index in terms.indices where terms[index].variable.name == variable { terms[index].leaveOut(labels) }
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
