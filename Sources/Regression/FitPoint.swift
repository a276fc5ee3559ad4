import LinearAlgebra
import Queries

/// Where a site is asked for a likelihood and its derivatives.
package struct FitPoint: Hashable, Sendable, Codable {
  /// 0 for all rows, `1 + i` for the training set `i` of a validation.
  package let set: Int
  /// The common intercept where there is one, then a coefficient for each standardised column.
  package let parameters: [Double]
  /// Firth's: the inverse information that leverages are taken with, upper triangle by rows; nil without.
  package let inverse: [Double]?

  package init(set: Int, parameters: [Double], inverse: [Double]? = nil) {
    self.set = set
    self.parameters = parameters
    self.inverse = inverse
  }
}

/// How many parameters the fits of a plan have, and what their bounds rest on: both roles know it from verified sums.
package struct FitShape: Hashable, Sendable, Codable {
  /// Greatest number of points in a query, and of numbers that its parameters may be.
  package static let mostPoints = 1_024
  package static let mostParameters = Query.mostParameters
  /// Greatest magnitude of a coefficient on the standardised scale; beyond is separation.
  package static let greatestCoefficient = 30.0
  package static let greatestIntercept = 60.0

  let hasIntercept: Bool
  /// Columns of the model, and of the validated one.
  let columns: Int
  let validatedColumns: Int
  let trainingSets: Int
  /// Sum of the weights of all rows.
  let weight: Double
  let sites: Int

  /// Number of parameters of a set's fit.
  func order(_ set: Int) -> Int {
    (set == 0 ? columns : validatedColumns) + (hasIntercept ? 1 : 0)
  }

  /// The first parameter out of its range; nil when all are within.
  func outOfRange(_ parameters: [Double]) -> Int? {
    parameters.indices.first { index in
      let greatest = hasIntercept && index == 0 ? Self.greatestIntercept : Self.greatestCoefficient
      // Infinite and not a number are out of range, too.
      return !(parameters[index].magnitude <= greatest)
    }
  }

  static func triangle(_ order: Int) -> Int { order * (order + 1) / 2 }

  /// How many of these points, from the first, a query holds; at least one.
  ///
  /// - Parameter withInverse: whether each has Firth's inverse information, or room for it.
  func fitting(_ sets: some Sequence<Int>, withInverse: Bool) -> Int {
    var (count, numbers) = (0, 0)
    for set in sets.prefix(Self.mostPoints) {
      numbers += 2 + order(set) + (withInverse ? Self.triangle(order(set)) : 0)
      guard numbers <= Self.mostParameters else { break }
      count += 1
    }
    return max(count, 1)
  }
}

/// The query of one Newton step of many fits, its ranges and bounds: both roles make it from verified sums.
package enum NewtonQuery {
  static let name = "newton"

  /// - Returns: segments `log-likelihood` (one a point), `gradient`, `hessian` (upper triangle by rows, of the
  ///   negative log-likelihood) and, with inverses, `firth`. Since `Σ w z² = W` over the federation, `|ℓ| ≤ W(log 2
  ///   + Σ|β_j|)`, `|g_j| ≤ W` and `|H_jk| ≤ W/4` by Cauchy–Schwarz; profiling out an intercept only lessens
  ///   them, and Firth's terms are at most half the gradient's bound. Each is taken twice.
  static func make(_ points: [FitPoint], _ shape: FitShape) throws(AnalysisError) -> Query {
    let magnitude = points.map { $0.parameters.reduce(0) { $0 + $1.magnitude } }.max() ?? 0
    let orders = points.map { shape.order($0.set) }
    let withInverse = zip(points, orders).reduce(0) { $1.0.inverse == nil ? $0 : $0 + $1.1 }
    var segments = [
      try Segment.reals(
        "log-likelihood", length: points.count, bound: 2 * shape.weight * (0.6931471805599453 + magnitude),
        sites: shape.sites),
      try .reals("gradient", length: orders.reduce(0, +), bound: 2 * shape.weight, sites: shape.sites),
      try .reals(
        "hessian", length: orders.reduce(0) { $0 + FitShape.triangle($1) }, bound: shape.weight / 2,
        sites: shape.sites),
    ]
    if withInverse > 0 {
      segments.append(try .reals("firth", length: withInverse, bound: 2 * shape.weight, sites: shape.sites))
    }
    return Query(name: name, parameters: encode(points), segments: segments, isVerified: false)
  }

  /// For each point: its set, 1 with an inverse and 0 without, the parameters, the inverse.
  static func encode(_ points: [FitPoint]) -> [Double] {
    points.flatMap { point in
      [Double(point.set), point.inverse == nil ? 0 : 1] + point.parameters + (point.inverse ?? [])
    }
  }

  /// - Returns: nil when the numbers are not those of points of this shape.
  static func decode(_ numbers: [Double], _ shape: FitShape) -> [FitPoint]? {
    guard numbers.count <= FitShape.mostParameters else { return nil }
    var points: [FitPoint] = []
    var rest = numbers[...]
    while let first = rest.popFirst() {
      guard let set = Int(exactly: first), (0...shape.trainingSets).contains(set), let flag = rest.popFirst(),
        flag == 0 || flag == 1, points.count < FitShape.mostPoints
      else { return nil }
      let order = shape.order(set)
      let inverse = flag == 1 ? FitShape.triangle(order) : 0
      guard rest.count >= order + inverse else { return nil }
      let parameters = Array(rest.prefix(order))
      rest = rest.dropFirst(order)
      points.append(
        FitPoint(set: set, parameters: parameters, inverse: flag == 1 ? Array(rest.prefix(inverse)) : nil))
      rest = rest.dropFirst(inverse)
    }
    return points.isEmpty ? nil : points
  }

  /// What the federation gives at each point.
  static func evaluations(
    _ sum: QuerySum, _ points: [FitPoint], _ shape: FitShape
  ) throws(AnalysisError) -> [FitEvaluation] {
    var rest = sum.values.map { $0[...] }
    func take(_ segment: Int, _ count: Int) -> [Double] {
      defer { rest[segment] = rest[segment].dropFirst(count) }
      return Array(rest[segment].prefix(count))
    }
    var evaluations: [FitEvaluation] = []
    for point in points {
      let order = shape.order(point.set)
      let likelihood = take(0, 1)
      let gradient = take(1, order)
      guard let value = likelihood.first, gradient.count == order,
        let information = SymmetricMatrix(order: order, upperTriangle: take(2, FitShape.triangle(order)))
      else {
        throw AnalysisError(
          .inconsistentSum, "a sum has not the elements that its query asks for",
          advice: "report this as a fault of ours")
      }
      evaluations.append(
        FitEvaluation(
          logLikelihood: value, gradient: gradient, information: information,
          firth: point.inverse == nil ? nil : take(3, order)))
    }
    return evaluations
  }

  /// Greatest error of the log-likelihood by fixed point, `N · 2^-f`.
  static func rounding(_ query: Query, sites: Int) -> Double {
    Double(sign: .plus, exponent: -query.segments[0].scale.fractionBits, significand: Double(sites))
  }
}

/// A likelihood and its derivatives at a point, over the federation.
struct FitEvaluation: Sendable {
  let logLikelihood: Double
  let gradient: [Double]
  let information: SymmetricMatrix
  /// Firth's addition to the gradient, with the point's inverse.
  let firth: [Double]?
}
