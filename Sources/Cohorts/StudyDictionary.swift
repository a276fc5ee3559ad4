/// A binary outcome of a study: its column holds 0 or 1.
package struct Outcome: Hashable, Sendable, Codable {
  package let name: String
  package let label: String
  /// What counts as an event, in words.
  package let definition: String

  package init(name: String, label: String, definition: String) {
    self.name = name
    self.label = label
    self.definition = definition
  }

  /// The outcome as a column of the records.
  package var variable: Variable {
    Variable(name: name, label: label, kind: .binary, unit: nil, codes: [:], missing: [])
  }
}

/// What the columns of a disease cohort mean: variables, outcomes and purpose, and no keys.
package struct StudyDictionary: Hashable, Sendable, Codable {
  package let name: String
  package let title: String
  package let purpose: String
  package let variables: [Variable]
  package let outcomes: [Outcome]

  package init(
    name: String, title: String, purpose: String, variables: [Variable], outcomes: [Outcome]
  ) {
    self.name = name
    self.title = title
    self.purpose = purpose
    self.variables = variables
    self.outcomes = outcomes
  }

  package func variable(named name: String) -> Variable? { variables.first { $0.name == name } }

  package func outcome(named name: String) -> Outcome? { outcomes.first { $0.name == name } }

  /// Variables that stand for a common part, such as a score and what it is computed from, among those named.
  package func overlap(among names: [String]) -> (whole: String, part: String)? {
    for name in names {
      let parts = variable(named: name)?.formula?.parts.map(\.variable) ?? []
      if let part = names.first(where: parts.contains) { return (name, part) }
    }
    return nil
  }
}

extension StudyDictionary {
  /// A variable, or an outcome as a variable.
  package func column(named name: String) -> Variable? {
    variable(named: name) ?? outcome(named: name)?.variable
  }
}
