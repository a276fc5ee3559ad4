/// A parameter of boosted trees: its name in a plan, bounds, default and meaning. Plan checks and documents
/// come from `all`.
package struct BoostingParameter: Sendable {
  package typealias Path<Value> = any WritableKeyPath<BoostingSpecification, Value> & Sendable

  package enum Kind: Sendable {
    case whole(Path<Int>, ClosedRange<Int>)
    case optionalWhole(Path<Int?>, ClosedRange<Int>, absent: String)
    case seed(Path<UInt64>)
    /// `above`: the lower end itself is not allowed.
    case real(Path<Double>, ClosedRange<Double>, above: Bool)
    case optionalReal(Path<Double?>, ClosedRange<Double>, absent: String)
    case growth(Path<BoostingSpecification.Growth>)
    case leaves(Path<BoostingSpecification.Leaves>)
    case flag(Path<Bool>)
    /// A map from predictors to -1, 0 or 1.
    case constraints(Path<[String: Int]>)
  }

  /// XGBoost's where it has the parameter.
  package let name: String
  package let kind: Kind
  package let help: String

  package static let all: [BoostingParameter] = [
    .init(
      "rounds", .whole(\.rounds, 1...10_000), "trees, one after the other (of softmax, one a class each time)"
    ),
    .init("eta", .real(\.eta, 0...1, above: true), "what a tree's leaf values are multiplied by"),
    .init("max_depth", .whole(\.maxDepth, 1...16), "splits on the way to a leaf at most"),
    .init("max_leaves", .whole(\.maxLeaves, 0...4096), "leaves of a tree at most; 0: as the depth allows"),
    .init(
      "max_bin", .whole(\.maxBin, 2...255), "bins of a variable at most, one for missing values beside them"),
    .init(
      "rows_per_bin",
      .optionalWhole(
        \.rowsPerBin, 0...1_000_000,
        absent: "\(BoostingSpecification.usualRowsPerBin) from \(BoostingSpecification.manyRows) rows on, "
          + "otherwise 0"),
      "below the root, neighbouring bins count as one until one has so many of the parent's rows on average, down to 64 "
        + "bins; 0: never"),
    .init("grow", .growth(\.grow), "level by level, or always the leaf whose split gains most"),
    .init("leaves", .leaves(\.leaves), "one value a leaf, or a ridge model over the variables on its path"),
    .init("lambda", .real(\.lambda, 0...1e6, above: false), "L2 penalty on leaf values"),
    .init("alpha", .real(\.alpha, 0...1e6, above: false), "L1 penalty on leaf values"),
    .init("gamma", .real(\.gamma, 0...1e9, above: false), "what a split must gain at least"),
    .init(
      "min_child_weight", .real(\.minChildWeight, 0...1e9, above: false),
      "the sum of the Hessian that each side of a split must have"),
    .init(
      "max_delta_step", .optionalReal(\.maxDeltaStep, 0...1e6, absent: "0, and 0.7 for count:poisson"),
      "greatest magnitude of a leaf value before eta; 0: none"),
    .init(
      "subsample", .real(\.subsample, 0...1, above: true),
      "share of the patients whose rows a round uses; of each training set eight times `least_count`, and 56 or more"
    ),
    .init(
      "colsample_bytree", .real(\.colsampleByTree, 0...1, above: true),
      "share of the variables that a tree uses"),
    .init(
      "scale_pos_weight", .real(\.scalePosWeight, 0...1e4, above: true),
      "weight of rows with the outcome (logistic)"),
    .init(
      "monotone_constraints", .constraints(\.monotoneConstraints),
      "by variable: 1 where predictions may not fall as it rises, -1 where they may not rise"),
    .init(
      "base_score", .optionalReal(\.baseScore, -1e12...1e12, absent: "the outcome's mean"),
      "prediction before the first tree"),
    .init("seed", .seed(\.seed), "of the draws of patients and variables"),
    .init(
      "gradient_bits",
      .optionalWhole(
        \.gradientBits, 4...24, absent: "10 for logistic and softmax, otherwise 16, or what the rows allow"),
      "binary places of a row's gradient"),
    .init(
      "early_stopping_rounds", .whole(\.earlyStoppingRounds, 0...10_000),
      "ends after so many rounds without a better loss on held-out rows; 0: never"),
    .init(
      "validation_fraction", .real(\.validationFraction, 0...0.5, above: true),
      "share of the patients held out for early stopping where the plan has no validation"),
    .init(
      "linear_lambda", .real(\.linearLambda, 0...1e6, above: true),
      "ridge of linear leaves, on variables brought to -1 to 1"),
    .init(
      "importance", .flag(\.importance),
      "whether mean magnitudes of SHAP values and permutation importance are asked of the finished model"),
    .init(
      "release_statistics", .flag(\.releaseStatistics), "whether the model shows each node's gain and cover"),
  ]

  init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  package static func named(_ name: String) -> BoostingParameter? { all.first { $0.name == name } }

  /// In words, for documents and errors.
  package var bounds: String {
    switch kind {
    case .whole(_, let range), .optionalWhole(_, let range, _):
      "whole number, \(range.lowerBound) to \(range.upperBound)"
    case .seed: "whole number from 0"
    case .real(_, let range, let above):
      "\(above ? "above " : "")\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .optionalReal(_, let range, _): "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .growth: BoostingSpecification.Growth.allCases.map(\.rawValue).joined(separator: " or ")
    case .leaves: BoostingSpecification.Leaves.allCases.map(\.rawValue).joined(separator: " or ")
    case .flag: "true or false"
    case .constraints: "-1, 0 or 1 for each variable"
    }
  }

  /// In words.
  package var standard: String {
    let plain = BoostingSpecification(outcome: "", predictors: [], objective: .logistic)
    return switch kind {
    case .whole(let path, _): "\(plain[keyPath: path])"
    case .seed(let path): "\(plain[keyPath: path])"
    case .real(let path, _, _): Self.text(plain[keyPath: path])
    case .optionalWhole(_, _, let absent), .optionalReal(_, _, let absent): absent
    case .growth(let path): plain[keyPath: path].rawValue
    case .leaves(let path): plain[keyPath: path].rawValue
    case .flag(let path): "\(plain[keyPath: path])"
    case .constraints: "none"
    }
  }

  /// What is wrong with the parameter's value; nil when nothing is.
  package func problem(in specification: BoostingSpecification) -> String? {
    let isFine =
      switch kind {
      case .whole(let path, let range): range.contains(specification[keyPath: path])
      case .optionalWhole(let path, let range, _): specification[keyPath: path].map(range.contains) ?? true
      case .real(let path, let range, let above):
        range.contains(specification[keyPath: path])
          && !(above && specification[keyPath: path] == range.lowerBound)
      case .optionalReal(let path, let range, _): specification[keyPath: path].map(range.contains) ?? true
      case .constraints(let path): specification[keyPath: path].values.allSatisfy((-1...1).contains)
      case .seed, .growth, .leaves, .flag: true
      }
    return isFine ? nil : "“\(name)” is \(bounds)"
  }

  private static func text(_ value: Double) -> String {
    if value.magnitude < 1e15, let whole = Int(exactly: value) { "\(whole)" } else { "\(value)" }
  }
}
