import Cohorts
import Queries

/// What boosted trees rest on before any sum, for both roles.
package struct BoostingFrame: Hashable, Sendable, Codable {
  /// The values that a number may have: within the range, and perhaps whole.
  package struct Domain: Hashable, Sendable, Codable {
    package let range: ValueRange
    package let isWhole: Bool
  }

  package let specification: BoostingSpecification
  /// In the order of the specification's predictors.
  package let features: [TreeFeature]
  /// Of each feature; nil for a categorical one.
  package let domains: [Domain?]
  package let target: BoostingTarget
  /// 1 without weights.
  package let greatestWeight: Double
  /// 1 without an exposure.
  package let greatestExposure: Double
  /// In the order of the roster.
  package let sites: [String]
  package let leastRows: Int
  /// The study's: rows that a leaf, a side of a split, a bin and a held-out part must have.
  package let leastCount: Int
  package let mostRowsPerSite: Int

  /// - Returns: nil where `BoostingCheck` finds a problem.
  package init?(
    _ specification: BoostingSpecification, dictionary: StudyDictionary, sites: [String], leastRows: Int,
    leastCount: Int, mostRowsPerSite: Int
  ) {
    guard BoostingCheck.problems(specification, dictionary: dictionary).isEmpty,
      let outcome = dictionary.column(named: specification.outcome)
    else { return nil }
    let variables = specification.predictors.compactMap { dictionary.variable(named: $0) }
    guard variables.count == specification.predictors.count else { return nil }
    self.specification = specification
    features = variables.map(TreeFeature.init)
    domains = variables.map(Domain.init)
    target = BoostingTarget(outcome)
    greatestWeight = specification.weight.flatMap { Self.greatest($0, dictionary) } ?? 1
    greatestExposure = specification.exposure.flatMap { Self.greatest($0, dictionary) } ?? 1
    self.sites = sites
    self.leastRows = leastRows
    self.leastCount = max(leastCount, 1)
    self.mostRowsPerSite = mostRowsPerSite
  }

  private static func greatest(_ name: String, _ dictionary: StudyDictionary) -> Double? {
    dictionary.variable(named: name).flatMap { BoostingFrame.Domain($0)?.range.upper }
  }

  /// Raw scores of a row.
  var classes: Int { target.classes }

  /// Fewer sites than this may not fill an element alone.
  var leastFillingSites: Int { min(3, sites.count) }

  /// The greatest weight of a row, that of the outcome within.
  var greatestFactor: Double {
    greatestWeight * (specification.objective == .logistic ? max(1, specification.scalePosWeight) : 1)
  }

  /// The least rows proved by a sum of the Hessian, so that no rows need be counted.
  var hessianProvesRows: Bool {
    switch specification.objective {
    case .logistic: greatestFactor == 1
    case .squaredError: hasConstantHessian
    case .softmax, .poisson: false
    }
  }

  /// Whether every row's Hessian is 1.
  var hasConstantHessian: Bool { specification.objective == .squaredError && specification.weight == nil }

  /// How gradients become integers once the rows are known.
  func quantisation(rows: Int) throws(AnalysisError) -> Quantisation {
    let gradient: Double
    let hessian: Double
    switch (specification.objective, target) {
    case (.logistic, _): (gradient, hessian) = (greatestFactor, greatestFactor / 4)
    case (.softmax, _): (gradient, hessian) = (greatestFactor, greatestFactor / 2)
    case (.squaredError, .number(let range)):
      (gradient, hessian) = (greatestFactor * range.width, greatestFactor)
    default: (gradient, hessian) = (greatestFactor * target.greatest, greatestFactor * target.greatest)
    }
    let usual = specification.objective == .logistic || specification.objective == .softmax ? 10 : 16
    let bits = specification.gradientBits ?? min(usual, Quantisation.most(rows: rows))
    return try Quantisation(
      gradientBits: bits, gradient: gradient, hessian: hessian, rows: rows, isConstant: hasConstantHessian)
  }

  /// Binary places of raw scores. A prediction of 16, or of 16 times the greatest outcome, then has 24 bits:
  /// as many as a `Float`, so that XGBoost, too, adds exported trees exactly.
  var fractionBits: Int {
    guard specification.objective == .squaredError else { return 20 }
    return max(-900, min(60, 23 - Int(max(target.greatest, 0x1p-36).exponent)))
  }
}

extension BoostingFrame.Domain {
  /// - Returns: nil for a categorical variable.
  init?(_ variable: Variable) {
    switch variable.kind {
    case .continuous(let range): self.init(range: range, isWhole: false)
    case .count(let range): self.init(range: range, isWhole: true)
    case .binary: self.init(range: .unit, isWhole: true)
    case .ordinal(let levels):
      guard let range = ValueRange(lower: 0, upper: Double(max(levels.count - 1, 1))) else { return nil }
      self.init(range: range, isWhole: true)
    case .categorical: return nil
    }
  }
}

extension TreeFeature {
  package init(_ variable: Variable) {
    switch variable.kind {
    case .continuous, .count, .binary: self.init(variable.name, .number)
    case .ordinal(let levels): self.init(variable.name, .ordinal(levels: levels))
    case .categorical(let levels): self.init(variable.name, .categorical(levels: levels))
    }
  }
}

extension BoostingTarget {
  init(_ variable: Variable) {
    switch variable.kind {
    case .binary: self = .binary
    case .categorical(let levels), .ordinal(let levels): self = .classes(levels)
    case .continuous(let range), .count(let range): self = .number(range)
    }
  }
}
