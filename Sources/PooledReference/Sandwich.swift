/// The covariance that what groups of rows contribute to the score gives: `V (Σ_g s_g s_gᵀ) V`
/// (Liang and Zeger, Biometrika 1986;73:13-22).
struct Sandwich {
  /// The sum of `w (y - p) x` over the rows of each group, on the standardised scale.
  let scores: [[Double]]

  /// `groups` names each row's.
  init(_ point: PenalizedPoint, groups: [some Hashable]) {
    var places: [AnyHashable: Int] = [:]
    var scores: [[CompensatedSum]] = []
    let columns = point.problem.columns
    for (row, group) in groups.enumerated() {
      let place = places[group] ?? scores.count
      if place == scores.count {
        places[group] = place
        scores.append([CompensatedSum](repeating: CompensatedSum(), count: columns.count))
      }
      let score = point.model.residuals[row] * point.model.rootWeights[row]
      for j in columns.indices { scores[place][j].add(score * columns[j][row]) }
    }
    self.scores = scores.map { $0.map(\.value) }
  }

  /// - Parameters:
  ///   - bread: V, the inverse information on the standardised scale.
  ///   - transform: to the original scale.
  func covariance(_ bread: [[Double]], _ transform: ([Double]) -> [Double]) -> [[Double]] {
    let influences = scores.map { score in
      transform(bread.map { row in CompensatedSum.of(zip(row, score).lazy.map { $0 * $1 }) })
    }
    return bread.indices.map { a in
      bread.indices.map { b in CompensatedSum.of(influences.lazy.map { $0[a] * $0[b] }) }
    }
  }
}
