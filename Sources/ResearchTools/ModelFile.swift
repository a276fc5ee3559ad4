import Cohorts
import Federation
import LinearAlgebra
import Preprocessing
import Regression
import SecureAggregation

/// A fitted model that stands for itself: the document `konsil: model/1`, in JSON. It says what the model is
/// of, on which records it was fitted, and all that prediction needs. Doubles keep every bit.
package struct ModelFile: Codable, Equatable, Sendable {
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

  /// A coefficient on the log odds, on the scale of the variable, and its standard error.
  package struct Intercept: Codable, Equatable, Sendable {
    package let coefficient: Double
    package let standardError: Double

    enum CodingKeys: String, CodingKey {
      case coefficient
      case standardError = "standard_error"
    }
  }

  /// The coefficient of a variable's value, or of one of its levels against the reference level.
  package struct Term: Codable, Equatable, Sendable {
    /// `age`, or `drug=adalimumab`.
    package let name: String
    package let variable: String
    /// The level that the indicator is for; absent for a value.
    package let level: String?
    package let reference: String?
    /// Least and greatest value that the column can have.
    package let range: [Double]
    package let coefficient: Double
    package let standardError: Double

    enum CodingKeys: String, CodingKey {
      case name, variable, level, reference, range, coefficient
      case standardError = "standard_error"
    }
  }

  /// Of all coefficients, the intercept's first: the inverse of the (penalised) information.
  package struct Covariance: Codable, Equatable, Sendable {
    package let names: [String]
    package let rows: [[Double]]
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
  /// The predictors, in the order of the coefficients.
  package let variables: [ModelVariable]
  package let intercept: Intercept
  package let terms: [Term]
  package let covariance: Covariance
  /// At the coefficients, without the penalty.
  package let logLikelihood: Double
  /// The ridge penalty on the standardised scale; 0 for none.
  package let lambda: Double
  /// Complete rows over the federation, and how many of them have the outcome.
  package let rows: Int
  package let events: Int
  package let sites: Int
  package let newtonSteps: Int

  enum CodingKeys: String, CodingKey {
    case konsil, simulated, algorithm, study, plan, run, outcome, filter, variables, intercept, terms
    case covariance, lambda, rows, events, sites
    case recordKey = "record_key"
    case logLikelihood = "log_likelihood"
    case newtonSteps = "newton_steps"
  }

  /// - Parameters:
  ///   - model: what a run of `plan` in `study` gave.
  ///   - planDigest: of the plan's bytes, where they are signed.
  ///   - run: nil for a simulation.
  /// - Throws: a complaint when the model is not of this plan and study.
  package init(
    _ model: PlanModel, plan: Plan, planDigest: Digest?, study: Study, studyDigest: Digest?,
    run: String?, simulated: Bool
  ) throws(Complaint) {
    let model =
      switch model {
      case .logistic(let model): model
      }
    let specification =
      switch plan.algorithm {
      case .logistic(let specification): specification
      }
    let design = DesignSpecification(
      dictionary: study.dictionary, outcome: specification.outcome, predictors: specification.predictors)
    guard let outcome = study.dictionary.outcome(named: model.outcome),
      design.outcome == model.outcome, design.columns == model.columns
    else {
      throw Complaint(
        .badInput, code: "model-of-another-plan", "the model is not of this plan and study",
        advice: "give the study and plan that the run was made with")
    }
    konsil = Self.format
    self.simulated = simulated
    algorithm = plan.algorithm.name
    self.study = Origin(name: study.name, digest: studyDigest)
    self.plan = Origin(name: plan.name, digest: planDigest)
    self.run = run
    self.outcome = OutcomeEntry(name: outcome.name, label: outcome.label)
    recordKey = study.recordKey
    filter = plan.filter.conditions.map(ModelCondition.init)
    variables = specification.predictors.compactMap(study.dictionary.variable).map(ModelVariable.init)
    let errors = model.standardErrors
    intercept = Intercept(coefficient: model.coefficients[0], standardError: errors[0])
    terms = model.columns.enumerated().map { index, column in
      Term(
        column, levels: study.dictionary.variable(named: column.variable)?.levels,
        coefficient: model.coefficients[index + 1], standardError: errors[index + 1])
    }
    let order = model.covariance.order
    covariance = Covariance(
      names: model.names,
      rows: (0..<order).map { row in (0..<order).map { model.covariance[row, $0] } })
    logLikelihood = model.logLikelihood
    lambda = model.lambda
    rows = model.rows
    events = model.events
    sites = model.sites
    newtonSteps = model.newtonSteps
  }
}

extension ModelFile.Term {
  fileprivate init(
    _ column: DesignColumn, levels: [String]?, coefficient: Double, standardError: Double
  ) {
    name = column.name
    variable = column.variable
    level = column.level
    reference = column.level == nil ? nil : levels?.first
    range = [column.range.lower, column.range.upper]
    self.coefficient = coefficient
    self.standardError = standardError
  }

  /// Whether it is of this design column of a variable with these levels.
  func isOf(_ column: DesignColumn, levels: [String]?) -> Bool {
    self
      == Self(column, levels: levels, coefficient: coefficient, standardError: standardError)
  }
}
