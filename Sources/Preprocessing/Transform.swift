import Cohorts

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a number becomes before it enters a design column.
package struct Transform: Hashable, Sendable, Codable {
  package enum Kind: Hashable, Sendable, Codable {
    case identity
    case log
    /// `log(1 + x)`.
    case log1p
    /// `max(0, x - knot)`.
    case hinge(Double)
    /// Term `1 … knots.count - 2` beyond the linear one of a restricted cubic spline, in units of x (Harrell,
    /// Regression Modeling Strategies, 2.4.5); the knots ascend.
    case spline(knots: [Double], term: Int)
  }

  package let kind: Kind
  /// What the transformed value is divided by.
  package let per: Double

  package init(_ kind: Kind, per: Double = 1) {
    self.kind = kind
    self.per = per
  }

  package static let identity = Transform(.identity)

  /// - Parameter x: within the variable's range, or NaN where it is missing, which stays NaN.
  package func callAsFunction(_ x: Double) -> Double {
    // `max(0, NaN)` is 0.
    guard !x.isNaN else { return x }
    let value: Double =
      switch kind {
      case .identity: x
      case .log: logarithm(x)
      case .log1p: logarithm1p(x)
      case .hinge(let knot): max(0, x - knot)
      case .spline(let knots, let term): Self.spline(x, knots, term)
      }
    return value / per
  }

  /// Where the values of a range come to lie: every kind rises with x. nil where the transform has no finite value
  /// at an end, or a single one.
  package func range(of range: ValueRange) -> ValueRange? {
    let ends = [self(range.lower), self(range.upper)].sorted()
    return ValueRange(lower: ends[0], upper: ends[1])
  }

  private static func spline(_ x: Double, _ knots: [Double], _ term: Int) -> Double {
    let (last, before) = (knots[knots.count - 1], knots[knots.count - 2])
    let knot = knots[term - 1]
    func cube(_ from: Double) -> Double {
      let distance = max(0, x - from)
      return distance * distance * distance
    }
    let bent =
      cube(knot) - cube(before) * (last - knot) / (last - before)
      + cube(last) * (before - knot) / (last - before)
    return bent / ((last - knots[0]) * (last - knots[0]))
  }
}

// The enum's cases hide the functions of the same name.
private func logarithm(_ x: Double) -> Double { log(x) }
private func logarithm1p(_ x: Double) -> Double { log1p(x) }
