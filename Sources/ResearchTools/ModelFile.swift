import Cohorts
import Federation
import LinearAlgebra
import Preprocessing
import Regression
import SecureAggregation

/// A fitted model that stands for itself: the document `konsil: model/1`, in JSON. It says what the model is
/// of, on which records it was fitted, and all that prediction needs. Doubles keep every bit.
package struct ModelFile: ResultDocument {
  package static let format = "model/1"

  /// A study or plan: its name, and the digest of its bytes where they are known.
  package struct Origin: Codable, Equatable, Sendable {
    package let name: String
    package let digest: String?

    package init(name: String, digest: Digest?) {
      self.name = name
      self.digest = digest?.hexadecimal
    }
  }

  package struct OutcomeEntry: Codable, Equatable, Sendable {
    package let name: String
    package let label: String
  }

  /// A 95 % interval of a coefficient by profile likelihood, and its test; an end that is absent is infinite.
  package struct Profile: Codable, Equatable, Sendable {
    package let lower: Double?
    package let upper: Double?
    /// Absent where the search for it came to no end.
    package let p: Double?
  }

  /// A coefficient on the log odds, on the scale of the variable, and its standard error.
  package struct Intercept: Codable, Equatable, Sendable {
    package let coefficient: Double
    package let standardError: Double
    package let profile: Profile?

    enum CodingKeys: String, CodingKey {
      case coefficient, profile
      case standardError = "standard_error"
    }
  }

  /// The coefficient of a column: of a number, an indicator, or a product of them.
  package struct Term: Codable, Equatable, Sendable {
    /// `age`, `log1p(crp)`, `drug=adalimumab`, `crp:missing` or `age*sex=M`.
    package let name: String
    package let factors: [ModelFactor]
    /// Least and greatest value that the column can have.
    package let range: [Double]
    /// What a missing value counts as: the mean. Absent where a row that lacks it has no probability.
    package let fill: Double?
    package let coefficient: Double
    package let standardError: Double
    package let profile: Profile?

    enum CodingKeys: String, CodingKey {
      case name, factors, range, fill, coefficient, profile
      case standardError = "standard_error"
    }
  }

  /// Of all coefficients, the intercept's first where there is one.
  package struct Covariance: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
      /// The inverse of the (penalised) information.
      case model
      /// Robust against likeness between the rows of a patient.
      case cluster
      /// Robust, each row by itself.
      case robust
    }

    package let kind: Kind
    /// Distinct patients over the federation; of `cluster`.
    package let patients: Int?
    package let names: [String]
    package let rows: [[Double]]
  }

  package struct Penalty: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
      case none, ridge, firth
    }

    /// A strength that was tried, and its cross-validated deviance.
    package struct Trial: Codable, Equatable, Sendable {
      package let lambda: Double
      package let deviance: Double
    }

    package let kind: Kind
    /// Of `ridge`, on the standardised scale.
    package let lambda: Double?
    /// Of `lambda: auto`.
    package let trials: [Trial]?
  }

  package struct Weights: Codable, Equatable, Sendable {
    package let variable: String
    /// `frequency` or `sampling`.
    package let kind: LogisticSpecification.Weights.Kind
  }

  /// What became of the design on the way.
  package struct Note: Codable, Equatable, Sendable {
    package let kind: DesignNote.Kind
    package let subject: String
    package let detail: String
  }

  package static let interceptName = "(intercept)"

  /// `model/1`.
  package let konsil: String
  /// Whether a simulated federation fitted it.
  package let simulated: Bool
  package let algorithm: String
  package let study: Origin
  package let plan: Origin
  /// 32 hexadecimal digits; absent for a simulation.
  package let run: String?
  package let outcome: OutcomeEntry
  /// The column of the records that names a patient.
  package let recordKey: String
  /// Which rows it was fitted on: those that meet every condition.
  package let filter: [ModelCondition]
  /// What the terms rest on, in their order, then what those rest on.
  package let variables: [ModelVariable]
  package let missing: MissingRule
  package let weights: Weights?
  package let penalty: Penalty
  /// Absent where each site keeps its own.
  package let intercept: Intercept?
  package let terms: [Term]
  package let covariance: Covariance
  /// Number of coefficients; less under a ridge penalty.
  package let effectiveDegrees: Double
  /// At the coefficients, without the penalty; the profile's where each site has its intercept.
  package let logLikelihood: Double
  /// Rows over the federation, and how many of them have the outcome.
  package let rows: Int
  package let events: Int
  package let sites: Int
  package let newtonSteps: Int
  package let notes: [Note]
  package let validation: ModelValidation?

  enum CodingKeys: String, CodingKey {
    case konsil, simulated, algorithm, study, plan, run, outcome, filter, variables, missing, weights, penalty
    case intercept, terms, covariance, rows, events, sites, notes, validation
    case recordKey = "record_key"
    case effectiveDegrees = "effective_degrees"
    case logLikelihood = "log_likelihood"
    case newtonSteps = "newton_steps"
  }
}

extension ModelFile {
  /// - Parameters:
  ///   - model: what a run of `plan` in `study` gave.
  ///   - planDigest: of the plan's bytes, where they are signed.
  ///   - run: nil for a simulation.
  /// - Throws: a complaint when the model is not of this plan and study.
  package init(
    _ model: LogisticModel, specification: LogisticSpecification, plan: Plan, planDigest: Digest?,
    study: Study, studyDigest: Digest?, run: String?, simulated: Bool
  ) throws(Complaint) {
    let alien = Complaint(
      .badInput, code: "model-of-another-plan", "the model is not of this plan and study",
      advice: "give the study and plan that the run was made with")
    let known = Self.variables(of: model.columns, in: study.dictionary)
    guard let outcome = study.dictionary.outcome(named: model.outcome),
      model.outcome == specification.outcome,
      model.columns.flatMap(\.variables).allSatisfy(specification.predictors.contains),
      model.coefficients.count == model.columns.count + (model.hasIntercept ? 1 : 0),
      model.covariance.order == model.coefficients.count
    else { throw alien }
    konsil = Self.format
    self.simulated = simulated
    algorithm = plan.algorithm.name
    self.study = Origin(name: study.name, digest: studyDigest)
    self.plan = Origin(name: plan.name, digest: planDigest)
    self.run = run
    self.outcome = OutcomeEntry(name: outcome.name, label: outcome.label)
    recordKey = study.recordKey
    filter = plan.filter.conditions.map(ModelCondition.init)
    let required = Self.required(of: model, among: known)
    variables = known.map {
      ModelVariable($0, required: required.contains($0.name), unseen: model.unseen[$0.name])
    }
    missing = model.missing
    weights = specification.weights.map { Weights(variable: $0.variable, kind: $0.kind) }
    penalty = Penalty(model)
    let errors = model.standardErrors
    let first = model.hasIntercept ? 1 : 0
    intercept =
      model.hasIntercept
      ? Intercept(
        coefficient: model.coefficients[0], standardError: errors[0], profile: Profile(model, 0)) : nil
    var terms: [Term] = []
    for (index, column) in model.columns.enumerated() {
      let factors = column.factors.compactMap { ModelFactor($0, variables: known) }
      guard factors.count == column.factors.count else { throw alien }
      terms.append(
        Term(
          name: column.name, factors: factors, range: [column.range.lower, column.range.upper],
          fill: column.variables.contains(where: required.contains) ? nil : model.fill[index],
          coefficient: model.coefficients[first + index], standardError: errors[first + index],
          profile: Profile(model, first + index)))
    }
    self.terms = terms
    covariance = Covariance(model)
    effectiveDegrees = model.effectiveDegrees
    logLikelihood = model.logLikelihood
    rows = model.rows
    events = model.events
    sites = model.sites
    newtonSteps = model.newtonSteps
    notes = model.notes.map { Note(kind: $0.kind, subject: $0.subject, detail: $0.detail) }
    validation = model.validation.map(ModelValidation.init)
  }

  /// The columns' variables, then those that decide where one applies or that one is computed from.
  private static func variables(of columns: [DesignColumn], in dictionary: StudyDictionary) -> [Variable] {
    var names = columns.flatMap(\.variables)
    var next = 0
    while next < names.count {
      let variable = dictionary.variable(named: names[next])
      names += variable?.foundations ?? []
      next += 1
    }
    let distinct = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return distinct.compactMap(dictionary.variable(named:))
  }

  /// All of the terms', where a missing value has no mean to count as; else those that the model demands. With what
  /// they are computed from.
  private static func required(of model: LogisticModel, among variables: [Variable]) -> Set<String> {
    let names = model.missing == .meanAndIndicator ? model.required : model.columns.flatMap(\.variables)
    let demanded = variables.filter { names.contains($0.name) }
    return Set(demanded.flatMap { [$0.name] + ($0.formula?.parts.map(\.variable) ?? []) })
  }
}

extension ModelFile.Profile {
  fileprivate init?(_ model: LogisticModel, _ index: Int) {
    guard let profile = model.profile?[index] else { return nil }
    func finite(_ end: Double) -> Double? { end.isFinite ? end : nil }
    self.init(lower: finite(profile.lower), upper: finite(profile.upper), p: finite(profile.p))
  }
}

extension ModelFile.Covariance {
  fileprivate init(_ model: LogisticModel) {
    switch model.covarianceKind {
    case .model: (kind, patients) = (.model, nil)
    case .robust: (kind, patients) = (.robust, nil)
    case .cluster(let count): (kind, patients) = (.cluster, count)
    }
    let order = model.covariance.order
    names = (model.hasIntercept ? [ModelFile.interceptName] : []) + model.columns.map(\.name)
    rows = (0..<order).map { row in (0..<order).map { model.covariance[row, $0] } }
  }
}

extension ModelFile.Penalty {
  fileprivate init(_ model: LogisticModel) {
    trials = model.lambdaPath?.map { Trial(lambda: $0.lambda, deviance: $0.deviance) }
    switch model.penalty {
    case .none, .ridgeAuto: (kind, lambda) = (.none, nil)
    case .ridge(let strength): (kind, lambda) = (.ridge, strength)
    case .firth: (kind, lambda) = (.firth, nil)
    }
  }
}
