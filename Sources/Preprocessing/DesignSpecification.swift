import Cohorts

/// What a model is made of: the outcome and the design columns, in the order of the coefficients.
package struct DesignSpecification: Hashable, Sendable, Codable {
  package let outcome: String
  package let columns: [DesignColumn]
  /// What the columns leave over, and what rules on columns hold for as well.
  package let references: [DesignColumn]
  /// The variables that a complete row has, the outcome among them.
  package var variables: [String] {
    columns.reduce(into: [outcome]) { names, column in
      if names.last != column.variable { names.append(column.variable) }
    }
  }

  /// - Parameter predictors: distinct variables of the dictionary; an unknown one is left out, for a plan that
  ///   was checked names none.
  package init(dictionary: StudyDictionary, outcome: String, predictors: [String]) {
    self.outcome = outcome
    let variables = predictors.compactMap(dictionary.variable(named:))
    columns = variables.flatMap(DesignColumn.columns(of:))
    references = variables.compactMap(DesignColumn.reference(of:))
  }
}
