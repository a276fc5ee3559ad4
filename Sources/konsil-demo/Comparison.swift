import PooledReference

/// How far a federated model is from the fit on the pooled records.
struct Comparison {
  /// `max |Δβ_j| / max(|β_j|, se_j)`.
  let coefficients: Double
  /// `max |Δse_j| / se_j`.
  let standardErrors: Double

  init(_ model: ModelFile, records: [String]) throws {
    let table = try PooledTable(files: records)
    let design = try PooledDesign(table, terms: model.pooledTerms, outcome: model.outcome.name)
    let pooled = try LogisticFit(design, ridge: model.lambda)
    let federated = [model.intercept] + model.terms.map(\.estimate)
    coefficients = try maxDifference(
      coefficients: federated.map(\.coefficient), reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    standardErrors =
      zip(federated, pooled.standardErrors)
      .map { abs($0.standardError - $1) / $1 }.max() ?? 0
  }
}

extension ModelFile {
  /// The variables as the pooled fit reads them from the records.
  fileprivate var pooledTerms: [PooledDesign.Term] {
    var terms: [PooledDesign.Term] = []
    for term in self.terms {
      guard let level = term.level, let reference = term.reference else {
        terms.append(.numeric(term.variable))
        continue
      }
      if case .categorical(term.variable, let levels)? = terms.last {
        terms[terms.count - 1] = .categorical(term.variable, levels: levels + [level])
      } else {
        terms.append(.categorical(term.variable, levels: [reference, level]))
      }
    }
    return terms
  }
}
