import LinearAlgebra

/// A number on a leaf's path, as a linear model in the leaf uses it: within its cuts, from their middle on,
/// in units of the farther end.
struct LinearFeature: Hashable, Sendable {
  /// Place in the plan's features.
  let feature: Int
  let lower: Double
  let centre: Double
  let upper: Double

  /// - Returns: nil where the feature has not two different cuts.
  init?(_ bins: FeatureBins) {
    guard case .cuts(let cuts) = bins.rule, let first = cuts.first, let last = cuts.last, first < last else {
      return nil
    }
    feature = bins.feature
    lower = Double(first)
    upper = Double(last)
    centre = Double(cuts[cuts.count / 2])
  }

  var unit: Double { max(upper - centre, centre - lower) }

  /// `2^valueBits` at the farther end, rounded; 0 where missing.
  @inline(__always)
  func whole(_ value: Float) -> Double {
    let x = Double(value)
    guard !x.isNaN else { return 0 }
    let scaled = (min(max(x, lower), upper) - centre) / unit * Double(1 << LinearLeaf.valueBits)
    return scaled.rounded(.toNearestOrEven)
  }
}

/// A ridge model in a leaf, over the numbers on its path (Shi, Li and Li, Gradient boosting with piece-wise
/// linear regression trees, IJCAI 2019): the values `b + Σ β z` that most lower the objective's second-order
/// expansion.
///
/// Features and the Hessian's root are rounded once a row to integers. Products of them stay below 2^42, so
/// `dsyrk` over `blockRows` rows is exact, and blocks are added as integers: the sums do not depend on the
/// split of the rows.
enum LinearLeaf {
  static let valueBits = 11
  private static let rootBits = 10
  private static let blockRows = 1024

  /// The numbers on the path to a leaf, in the order of the features.
  ///
  /// - Parameter split: the binning's place of the feature that a node splits on.
  static func features(
    of leaf: Int, _ shape: TreeShape, _ binning: Binning, split: (Int) -> Int?
  ) -> [LinearFeature] {
    var places: Set<Int> = []
    var node = leaf
    while let parent = shape.nodes[node].parent {
      if let place = split(parent) { places.insert(place) }
      node = parent
    }
    return places.sorted().compactMap { LinearFeature(binning.features[$0]) }
  }

  /// Elements of a leaf's sums: products of pairs, and products with the gradient, one for the constant
  /// within.
  static func length(_ features: Int) -> Int { (features + 1) * (features + 2) / 2 + features + 1 }

  /// The sums over a leaf's rows.
  ///
  /// - Parameters:
  ///   - columns: of all the plan's features.
  ///   - words: `g · 2^32 + h` of all rows; 0 of rows that the round does not use.
  static func sums(
    _ features: [LinearFeature], order: ArraySlice<UInt32>, columns: [[Float]], words: [UInt64],
    greatestHessian: Int
  ) -> [UInt64] {
    let order = Array(order)
    var products = [Int64](repeating: 0, count: (features.count + 1) * (features.count + 2) / 2)
    var gradients = [Int64](repeating: 0, count: features.count + 1)
    for first in stride(from: 0, to: order.count, by: blockRows) {
      let rows = order[first..<min(first + blockRows, order.count)].map { Int($0) }
      let roots = rows.map { row in
        let share = Double(words[row] & 0xffff_ffff) / Double(greatestHessian)
        return (share.squareRoot() * Double(1 << rootBits)).rounded(.toNearestOrEven)
      }
      let values = features.map { feature in rows.map { feature.whole(columns[feature.feature][$0]) } }
      // The constant stands as the farther end of a feature, so that all have the same scale.
      let constant = [Double](repeating: Double(1 << valueBits), count: rows.count)
      let all = [constant] + values
      let block = Matrix(columns: all.map { column in zip(column, roots).map { $0 * $1 } }, rows: rows.count)
        .weightedGram([Double](repeating: 1, count: rows.count))
      for (place, product) in block.upperTriangle.enumerated() { products[place] &+= Int64(product) }
      for (place, column) in all.enumerated() {
        for (row, value) in zip(rows, column) {
          gradients[place] &+= (Int64(bitPattern: words[row]) >> 32) &* Int64(value)
        }
      }
    }
    return (products + gradients).map { UInt64(bitPattern: $0) }
  }

  /// The leaf of a federation's sums; nil where there is no finite one.
  static func leaf(_ sums: [UInt64], _ features: [LinearFeature], _ context: TreeContext) -> Tree.Leaf? {
    let order = features.count + 1
    let triangle = order * (order + 1) / 2
    guard sums.count == triangle + order else { return nil }
    let plan = context.frame.specification
    let quantisation = context.quantisation
    let hessianUnit = Double(
      sign: .plus, exponent: -2 * (rootBits + valueBits),
      significand: quantisation.hessian(Int64(quantisation.greatestHessian)))
    let gradientUnit = Double(sign: .plus, exponent: -valueBits, significand: quantisation.gradient(1))
    let products = sums.prefix(triangle).map { Double(Int64(bitPattern: $0)) * hessianUnit }
    let gradients = sums.suffix(order).map { -Double(Int64(bitPattern: $0)) * gradientUnit }
    let ridge = [plan.lambda] + features.map { _ in plan.linearLambda }
    guard
      let matrix = SymmetricMatrix(order: order, upperTriangle: Array(products))?.addingToDiagonal(ridge),
      let factor = try? CholeskyFactor(matrix)
    else { return nil }
    let solution = factor.solve(Array(gradients))
    guard solution.allSatisfy(\.isFinite) else { return nil }
    let slopes = zip(features, solution.dropFirst()).map { feature, slope in
      Tree.Slope(
        feature: feature.feature, slope: plan.eta * slope / feature.unit, centre: feature.centre,
        lower: feature.lower, upper: feature.upper)
    }
    return Tree.Leaf(
      value: LeafValue.fixed(plan.eta * solution[0], fractionBits: context.frame.fractionBits), slopes: slopes
    )
  }
}
