import Preprocessing

/// The keys of `algorithm: summary`.
extension PlanDocument {
  static let summaryKeys = ["variables"]

  static func summary(_ fields: DocumentFields) throws(DocumentError) -> SummarySpecification {
    SummarySpecification(
      outcome: try fields.required("outcome").name(.column),
      variables: try fields.required("variables").distinctNames(.column))
  }
}
