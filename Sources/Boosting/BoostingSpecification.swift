/// What a plan says about gradient-boosted trees. `BoostingParameter.all` has the bounds and meanings of what
/// is not explained here.
package struct BoostingSpecification: Hashable, Sendable, Codable {
  /// Under XGBoost's names.
  package enum Objective: String, Hashable, Sendable, Codable, CaseIterable {
    case logistic = "binary:logistic"
    case softmax = "multi:softprob"
    case squaredError = "reg:squarederror"
    case poisson = "count:poisson"
  }

  package enum Growth: String, Hashable, Sendable, Codable, CaseIterable {
    /// Level by level.
    case depth
    /// Always the leaf whose split gains most.
    case leaves
  }

  package enum Leaves: String, Hashable, Sendable, Codable, CaseIterable {
    case constant
    /// A ridge model over the variables on the leaf's path.
    case linear
  }

  package enum Validation: Hashable, Sendable, Codable {
    /// `folds` parts of the patients, 2 to 20, dealt anew in each of 1 to 20 repeats.
    case folds(Int, repeats: Int, seed: UInt64)
    /// Each group of at least three sites is left out once.
    case groups([[String]])
  }

  package let outcome: String
  /// Variables of the dictionary, in the order of the model's features.
  package let predictors: [String]
  package let objective: Objective
  /// Of `poisson`: a variable that rates are multiplied by.
  package var exposure: String?
  /// A variable by which a row's gradient and Hessian are multiplied.
  package var weight: String?
  package var validation: Validation?

  package var rounds = 100
  package var eta = 0.3
  package var maxDepth = 6
  package var maxLeaves = 0
  package var maxBin = 255
  /// Rows of its parent that a bin of a node below the root has on average, down to 64 bins; 0: bins stay as they are.
  /// nil: by the rows of the run.
  package var rowsPerBin: Int?
  package var grow = Growth.depth
  package var leaves = Leaves.constant
  package var lambda = 1.0
  package var alpha = 0.0
  package var gamma = 0.0
  package var minChildWeight = 1.0
  /// nil: none, but 0.7 for `poisson`.
  package var maxDeltaStep: Double?
  package var subsample = 1.0
  package var colsampleByTree = 1.0
  package var scalePosWeight = 1.0
  /// -1, 0 or 1 by the predictor's name; what is not named is free.
  package var monotoneConstraints: [String: Int] = [:]
  /// On the scale of predictions; nil: the outcome's mean.
  package var baseScore: Double?
  package var seed: UInt64 = 0
  /// nil: 10 for `logistic` and `softmax`, otherwise 16, or what fits the rows.
  package var gradientBits: Int?
  /// 0: all rounds.
  package var earlyStoppingRounds = 0
  /// The share of patients held out for early stopping where there is no validation.
  package var validationFraction = 0.2
  /// The ridge of linear leaves.
  package var linearLambda = 1.0
  /// Whether the finished model is explained over the federation.
  package var importance = true
  /// Whether the model is released with each node's gain and cover.
  package var releaseStatistics = false

  package init(outcome: String, predictors: [String], objective: Objective) {
    self.outcome = outcome
    self.predictors = predictors
    self.objective = objective
  }

  /// Without a word of the plan bins are joined from so many rows on. On real records of that size joined bins cost no
  /// AUC that can be seen and take less than half of the sums; with fewer rows little can be seen (docs/benchmarks.md,
  /// `quality`).
  static let (manyRows, usualRowsPerBin) = (10_000, 128)

  /// What holds for a run.
  package func rowsPerBin(ofRows rows: Int) -> Int {
    rowsPerBin ?? (rows < Self.manyRows ? 0 : Self.usualRowsPerBin)
  }

  var largestStep: Double { maxDeltaStep ?? (objective == .poisson ? 0.7 : 0) }
}
