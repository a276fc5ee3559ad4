import Foundation

/// The share of pairs of a case and another row in which the case has the higher score, ties half;
/// of pairs within a group alone where `groups` are given. Nil where there is no such pair.
package func areaUnderCurve(
  _ scores: [Double], outcome: [Double], within groups: [String]? = nil
) -> Double? {
  var concordant = CompensatedSum()
  var pairs = 0.0
  let byGroup = Dictionary(grouping: scores.indices) { groups?[$0] ?? "" }
  for rows in byGroup.values {
    let cases = rows.count { outcome[$0] == 1 }
    pairs += Double(cases) * Double(rows.count - cases)
    // Others below, and half of those alike, as the scores ascend.
    var below = 0.0
    var next = rows.sorted { scores[$0] < scores[$1] }[...]
    while let first = next.first {
      let alike = next.prefix { scores[$0] == scores[first] }
      let casesAlike = Double(alike.count { outcome[$0] == 1 })
      let othersAlike = Double(alike.count) - casesAlike
      concordant.add(casesAlike * (below + othersAlike / 2))
      below += othersAlike
      next = next.dropFirst(alike.count)
    }
  }
  return pairs > 0 ? concordant.value / pairs : nil
}

/// The standard error of an area under the curve (Hanley and McNeil, Radiology 1982;143:29-36).
package func hanleyMcNeil(_ area: Double, cases: Int, others: Int) -> Double {
  let (cases, others) = (Double(cases), Double(others))
  let first = area / (2 - area) - area * area
  let second = 2 * area * area / (1 + area) - area * area
  let variance = area * (1 - area) + (cases - 1) * first + (others - 1) * second
  return (variance / cases / others).squareRoot()
}

/// The mean of `(y - p)²`, by weight.
package func brierScore(_ scores: [Double], outcome: [Double], weights: [Double]) -> Double {
  let squares = scores.indices.lazy.map { row in
    let distance = outcome[row] - 1 / (1 + exp(-scores[row]))
    return weights[row] * distance * distance
  }
  return CompensatedSum.of(squares) / CompensatedSum.of(weights)
}

/// The mean of `-log P(y)`, by weight.
package func logLoss(_ scores: [Double], outcome: [Double], weights: [Double]) -> Double {
  let model = WorkingModel(linearPredictor: scores, outcome: outcome, weights: weights)
  return -model.logLikelihood / CompensatedSum.of(weights)
}
