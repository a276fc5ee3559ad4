/// What a plan says about a summary: the Table 1 and the feasibility check before a model.
package struct SummarySpecification: Hashable, Sendable, Codable {
  package let outcome: String
  /// Variables of the dictionary, in the order of the table.
  package let variables: [String]

  package init(outcome: String, variables: [String]) {
    self.outcome = outcome
    self.variables = variables
  }
}
