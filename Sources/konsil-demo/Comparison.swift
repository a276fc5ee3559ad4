import PooledReference

/// How far a federated model is from the fit on the pooled records.
struct Comparison {
  /// `max |Δβ_j| / max(|β_j|, se_j)`.
  let coefficients: Double
  /// `max |Δse_j| / se_j`.
  let standardErrors: Double

  init(_ model: ModelFile, records: [String]) throws {
    let matrix = try DesignMatrix(model, Records(files: records, variables: model.variables))
    let design = try PooledDesign(
      PooledTable(texts: [("pooled", matrix.table)]),
      terms: matrix.columns.indices.map { .numeric("c\($0 + 1)") }, outcome: "outcome")
    let pooled = try LogisticFit(design, ridge: model.penalty.lambda ?? 0)
    let federated =
      [(model.intercept.coefficient, model.intercept.standardError)]
      + model.terms.map { ($0.coefficient, $0.standardError) }
    coefficients = try maxDifference(
      coefficients: federated.map(\.0), reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    standardErrors = zip(federated, pooled.standardErrors).map { abs($0.1 - $1) / $1 }.max() ?? 0
  }
}
