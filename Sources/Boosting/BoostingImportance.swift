import Queries

/// How much a finished model rests on each variable, over the federation: means over at most some 2,000 rows, those of
/// patients whom a hash of the plan's seed draws.
package struct BoostingImportance: Hashable, Sendable, Codable {
  /// Rows that the means are over.
  package let rows: Int
  /// Mean magnitude of what each variable adds to the raw score against rows of the same site: for each class one number
  /// a feature.
  package let meanShap: [[Double]]
  /// Mean loss, and what it rises by once a feature is permuted within each site.
  package let loss: Double
  package let permutation: [Double]

  package init(rows: Int, meanShap: [[Double]], loss: Double, permutation: [Double]) {
    self.rows = rows
    self.meanShap = meanShap
    self.loss = loss
    self.permutation = permutation
  }
}

/// The sums that `BoostingImportance` comes from, asked in one step when the trees are finished.
package struct ImportanceSums: Hashable, Sendable, Codable {
  static let name = "importance"
  static let mostRows = 2048
  static let mostBackground = 32
  private static let explainedStream: UInt64 = 0x6578_706c_6169_6e00
  private static let backgroundStream: UInt64 = 0x6261_636b_6772_0000
  private static let permutationStream: UInt64 = 0x7065_726d_7574_6500

  private let model: TreeModel
  private let seed: UInt64
  /// Of the whole federation.
  private let rows: Int
  /// What a row's loss counts at most.
  private let mostLoss: Double
  package let segments: [Segment]

  /// - Parameters:
  ///   - model: the finished one.
  ///   - rows: over the federation.
  ///   - greatestOutcome: the greatest magnitude of an outcome; 1 of classes.
  package init(
    _ model: TreeModel, seed: UInt64, rows: Int, greatestOutcome: Double, sites: Int
  ) throws(AnalysisError) {
    self.model = model
    self.seed = seed
    self.rows = rows
    switch model.objective {
    case .logistic, .softmax: mostLoss = 64
    case .squaredError: mostLoss = 64 * greatestOutcome * greatestOutcome
    case .poisson: mostLoss = 64 * max(1, greatestOutcome)
    }
    let greatest = model.greatestContributions.joined().max() ?? 0
    let (classes, features) = (model.classes, model.features.count)
    segments = [
      .counts("explained-rows", length: 1, bound: rows),
      try .reals(
        "shap-magnitudes", length: classes * features, bound: Double(rows) * max(greatest, 0x1p-20) * 1.0001,
        sites: sites),
      try .reals("losses", length: 1 + features, bound: Double(rows) * mostLoss, sites: sites),
    ]
  }

  init(_ model: TreeModel, _ frame: BoostingFrame, rows: Int) throws(AnalysisError) {
    try self.init(
      model, seed: frame.specification.seed, rows: rows, greatestOutcome: frame.target.greatest,
      sites: frame.sites.count)
  }

  /// Of the model with so many rounds.
  package var query: Query {
    Query(
      name: Self.name, parameters: [Double(model.rounds.count)], segments: segments, isVerified: false)
  }

  /// A site's part of the sums: one list a segment.
  ///
  /// - Parameters:
  ///   - table: its rows, as the model reads them.
  ///   - outcomes: one a row, as `TreeModel.loss` takes them.
  ///   - exposures: one a row; nil where each is 1.
  ///   - patients: equal numbers for rows of one patient.
  /// - Returns: nil when these do not fit the model.
  package func answer(
    _ table: FeatureTable, outcomes: [Double], exposures: [Double]?, patients: [UInt64]
  ) -> [[Double]]? {
    guard patients.count == table.rowCount, outcomes.count == table.rowCount else { return nil }
    let threshold = KeyedHash.threshold(Double(Self.mostRows) / Double(max(rows, 1)))
    let drawn = patients.indices.filter {
      KeyedHash.draw(seed, Self.explainedStream, patients[$0]) < threshold
    }
    let (classes, features) = (model.classes, model.features.count)
    guard !drawn.isEmpty else {
      return [
        [0], [Double](repeating: 0, count: classes * features), [Double](repeating: 0, count: 1 + features),
      ]
    }
    let ranks = order(patients.indices) { KeyedHash.draw(seed, Self.backgroundStream, UInt64($0)) }
    let shuffled = order(drawn.indices) { KeyedHash.draw(seed, Self.permutationStream, UInt64($0)) }
    guard let explained = table.selecting(drawn),
      let background = table.selecting(Array(ranks.prefix(Self.mostBackground))),
      let shap = try? InterventionalShap(model, background: background),
      let importance = PermutationImportance(
        model, table: explained, outcomes: drawn.map { outcomes[$0] },
        exposures: exposures.map { all in drawn.map { all[$0] } }, permutation: shuffled, mostLoss: mostLoss)
    else { return nil }
    return [
      [Double(drawn.count)], shap.sumOfMagnitudes(over: explained).flatMap(\.self),
      [importance.loss] + importance.permuted,
    ]
  }

  /// Places by ascending draw, the lower place first where two are alike.
  private func order(_ places: Range<Int>, by draw: (Int) -> UInt64) -> [Int] {
    places.map { (draw($0), $0) }.sorted { $0 < $1 }.map(\.1)
  }

  /// - Parameter sum: of the segments' query.
  /// - Returns: nil where the sum has other segments, or no row was drawn.
  package func importance(_ sum: QuerySum) -> BoostingImportance? {
    let features = model.features.count
    guard sum.values.map(\.count) == segments.map(\.length), let count = sum.values[0].first, count >= 1
    else {
      return nil
    }
    let magnitudes = sum.values[1].map { $0 / count }
    let losses = sum.values[2].map { $0 / count }
    return BoostingImportance(
      rows: Int(count),
      meanShap: (0..<model.classes).map { Array(magnitudes[$0 * features..<($0 + 1) * features]) },
      loss: losses[0], permutation: losses.dropFirst().map { $0 - losses[0] })
  }
}
