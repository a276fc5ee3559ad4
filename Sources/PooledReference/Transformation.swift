import Foundation

extension PooledDesign.Transformation {
  /// The columns of a value: one, or one less than a spline has knots. A NaN gives NaN; nil is a value
  /// that the function is not defined for.
  func callAsFunction(_ x: Double) -> [Double]? {
    switch self {
    case .identity: [x]
    case .log: x <= 0 ? nil : [Foundation.log(x)]
    case .log1p: x <= -1 ? nil : [Foundation.log1p(x)]
    case .hinge(let knot): [x.isNaN ? x : max(0, x - knot)]
    case .spline(let knots): x.isNaN ? knots.dropLast().map { _ in x } : Self.spline(x, knots)
    }
  }

  /// What it adds to a column's name, one for each column.
  func names(_ column: String) -> [String] {
    switch self {
    case .identity: [column]
    case .hinge(let knot): ["hinge(\(column), \(Int(exactly: knot).map(String.init) ?? "\(knot)"))"]
    case .log: ["log(\(column))"]
    case .log1p: ["log1p(\(column))"]
    case .spline(let knots):
      knots.dropLast().indices.map { column + String(repeating: "'", count: $0) }
    }
  }

  var isValid: Bool {
    guard case .spline(let knots) = self else { return true }
    return knots.count >= 3 && zip(knots, knots.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// x, then for each knot t_j but the last two the cubic that is a line beyond the outer knots, over
  /// `(t_k - t_1)²` (Harrell, Regression Modeling Strategies, 2.4.5).
  private static func spline(_ x: Double, _ knots: [Double]) -> [Double] {
    let (first, last, beforeLast) = (knots[0], knots[knots.count - 1], knots[knots.count - 2])
    func cube(_ knot: Double) -> Double {
      let distance = max(0, x - knot)
      return distance * distance * distance
    }
    let width = last - beforeLast
    let scale = (last - first) * (last - first)
    let cubics: [Double] = knots.dropLast(2).map { knot in
      let bend = cube(beforeLast) * (last - knot) - cube(last) * (beforeLast - knot)
      return (cube(knot) - bend / width) / scale
    }
    return [x] + cubics
  }
}
