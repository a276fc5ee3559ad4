import Cohorts
import Documents
import Federation
import KonsilTesting
import PooledReference
import Preprocessing
import Regression

/// A logistic plan over pooled records, for the reference: from the plan's document, not from the product's design.
struct PooledPlan {
  let specification: LogisticSpecification
  let dictionary: StudyDictionary
  private let table: PooledTable
  private let knots: [String: [Double]]

  /// - Parameters:
  ///   - records: one text a site with a record key and the columns of the dictionary.
  ///   - model: a run's, for the knots that its splines have.
  init(
    _ plan: Plan, dictionary: StudyDictionary, records: [(site: String, csv: String)],
    model: LogisticModel? = nil
  ) throws {
    guard case .logistic(let specification) = plan.algorithm else { throw FixtureError() }
    self.specification = specification
    self.dictionary = dictionary
    var table = try PooledTable(texts: records.map { (name: $0.site, text: $0.csv) })
    for condition in plan.filter.conditions {
      table = try table.filtered(by: condition.variable) { Self.meets($0, condition.test) }
    }
    self.table = table
    knots = Self.knots(of: model)
  }

  private static func meets(_ text: String, _ test: FilterCondition.Test) -> Bool {
    switch test {
    case .oneOf(let levels): return levels.contains(text)
    case .between(let lower, let upper):
      guard let value = Double(text) else { return false }
      return lower.map { value >= $0 } ?? true && upper.map { value <= $0 } ?? true
    }
  }

  private static func knots(of model: LogisticModel?) -> [String: [Double]] {
    var knots: [String: [Double]] = [:]
    for factor in model?.columns.flatMap(\.factors) ?? [] {
      if case .value(let variable, let transform) = factor, case .spline(let found, _) = transform.kind {
        knots[variable] = found
      }
    }
    return knots
  }

  var terms: [PooledDesign.Term] {
    get throws {
      var terms: [PooledDesign.Term] = specification.intercept == .site ? [.sites] : []
      for term in specification.terms {
        switch term {
        case .predictor(let predictor): terms.append(try self.term(predictor))
        case .interaction(let first, let second):
          terms.append(.product(try self.term(named: first), try self.term(named: second)))
        }
      }
      return terms
    }
  }

  private func term(named name: String) throws -> PooledDesign.Term {
    for case .predictor(let predictor) in specification.terms where predictor.variable == name {
      return try term(predictor)
    }
    throw FixtureError()
  }

  private func term(_ predictor: PlannedPredictor) throws -> PooledDesign.Term {
    let name = predictor.variable
    guard let variable = dictionary.variable(named: name) else { throw FixtureError() }
    switch variable.kind {
    case .ordinal(let levels) where predictor.coding == .linear: return .ordinal(name, levels: levels)
    case .categorical(let levels), .ordinal(let levels):
      let reference = predictor.reference ?? levels[0]
      return .categorical(name, levels: [reference] + levels.filter { $0 != reference })
    case .binary: return .numeric(name)
    case .continuous, .count:
      let transformation: PooledDesign.Transformation =
        switch predictor.transformation {
        case .none: .identity
        case .log: .log
        case .log1p: .log1p
        case .hinge(let knot): .hinge(knot)
        case .spline: .spline(knots: knots[name] ?? [])
        }
      return .transformed(name, transformation, per: predictor.per)
    }
  }

  func design(training: Set<Int>? = nil) throws(PooledReferenceError) -> PooledDesign {
    guard let terms = try? terms else { throw .noCompleteRow }
    return try PooledDesign(
      table, terms: terms, outcome: specification.outcome,
      missing: specification.missing == .meanAndIndicator ? .meanAndIndicator : .dropped,
      weights: specification.weights?.variable,
      clusters: specification.standardErrors == .cluster ? RealStudy.recordKey : nil, training: training)
  }

  /// What a fit without Firth's penalty gives.
  func fit() throws -> LogisticFit { try LogisticFit(design(), ridge: ridge, errors: errors) }

  private var ridge: Double { if case .ridge(let lambda) = specification.penalty { lambda } else { 0 } }

  private var errors: LogisticFit.Errors {
    if specification.standardErrors == .cluster { return .clusters }
    return specification.weights?.kind == .sampling ? .rows : .model
  }

  /// The cross-validation of each repeat in the folds that the plan's seed gives the record keys.
  func crossValidations() throws -> [CrossValidation] {
    guard case .folds(let folds, let repeats, let seed)? = specification.validation else { return [] }
    let patients = try table.column(RealStudy.recordKey).map { PatientNumber.of($0) }
    return try (0..<repeats).map { number in
      let seed = seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(number)
      return try CrossValidation(
        folds: patients.map { PatientNumber.part(of: $0, seed: seed, parts: folds) }, count: folds
      ) { training throws(PooledReferenceError) in
        try design(training: training)
      } fit: { design throws(PooledReferenceError) in
        if specification.penalty == .firth { return try FirthFit(design).coefficients }
        return try LogisticFit(design, ridge: ridge).coefficients
      }
    }
  }

  /// The site of each row of a cross-validation.
  func sites(_ validation: CrossValidation) -> [String] {
    let files = table.files
    return validation.tableRows.map { files[$0] }
  }
}
