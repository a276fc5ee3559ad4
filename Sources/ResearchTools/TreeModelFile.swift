import Boosting
import Cohorts
import Federation
import Preprocessing
import SecureAggregation

/// A model of boosted trees that stands for itself: the document `konsil: tree-model/1`, in JSON. It says what the
/// model is of, how and on which records it was trained, and all that prediction needs. Doubles keep every bit.
package struct TreeModelFile: ResultDocument {
  package static let format = "tree-model/1"
  package static let mostBytes = 256 << 20

  package struct Objective: Codable, Equatable, Sendable {
    package let kind: BoostingSpecification.Objective
    /// Of `multi:softprob`, in the order of scores.
    package let classes: [String]?
    /// Of `count:poisson`: the variable that a rate is multiplied by.
    package let exposure: String?
  }

  /// A parameter of the training under XGBoost's name, as a plan would have it.
  package struct Parameter: Codable, Equatable, Sendable {
    package let name: String
    package let value: String
  }

  /// How much the predictions rest on a variable, over the federation.
  package struct Importance: Codable, Equatable, Sendable {
    package let variable: String
    /// Mean magnitude of what it adds to the raw score, one a class.
    package let meanShap: [Double]?
    /// What a row's loss rises by, in the mean, once the variable is permuted within each site.
    package let permutation: Double?

    enum CodingKeys: String, CodingKey {
      case variable, permutation
      case meanShap = "mean_shap"
    }

    package init(variable: String, meanShap: [Double]?, permutation: Double?) {
      self.variable = variable
      self.meanShap = meanShap
      self.permutation = permutation
    }
  }

  /// `tree-model/1`.
  package let konsil: String
  /// Whether a simulated federation trained it.
  package let simulated: Bool
  package let algorithm: String
  package let study: ModelFile.Origin
  package let plan: ModelFile.Origin
  /// 32 hexadecimal digits; absent for a simulation.
  package let run: String?
  package let outcome: ModelFile.OutcomeEntry
  package let objective: Objective
  /// The column of the records that names a patient.
  package let recordKey: String
  /// Which rows it was trained on: those that meet every condition.
  package let filter: [ModelCondition]
  /// The model's features in their order, then the exposure and what these rest on.
  package let variables: [ModelVariable]
  /// How many of the variables are features.
  package let features: Int
  /// All that plans may name.
  package let parameters: [Parameter]
  /// Rows over the federation, and those of the outcome or of each class; none for a number.
  package let rows: Int
  package let classRows: [Int]
  package let sites: Int
  /// Rows that every leaf holds at least.
  package let leastCount: Int
  /// Binary places of a row's gradient.
  package let gradientBits: Int
  /// Mean loss on held-out rows after 0, 1, 2 … rounds; empty without them.
  package let losses: [Double]
  /// The rounds of the least loss, where that ended the training.
  package let stoppedAt: Int?
  package let notes: [ModelFile.Note]
  package let importance: [Importance]?
  package let validation: ModelValidation?
  /// Every value of a leaf is a multiple of `2^-fraction_bits`, so sums of them are exact.
  package let fractionBits: Int
  /// The raw score before the first tree, one a class.
  package let base: [Double]
  /// Of each round one tree a class: its nodes, the root first.
  package let rounds: [[[TreeNode]]]

  enum CodingKeys: String, CodingKey {
    case konsil, simulated, algorithm, study, plan, run, outcome, objective, filter, variables, features
    case parameters, rows, sites, losses, notes, importance, validation, base, rounds
    case recordKey = "record_key"
    case classRows = "class_rows"
    case leastCount = "least_count"
    case gradientBits = "gradient_bits"
    case stoppedAt = "stopped_at"
    case fractionBits = "fraction_bits"
  }
}

extension TreeModelFile {
  /// - Parameters:
  ///   - model: what a run of `plan` in `study` gave.
  ///   - planDigest: of the plan's bytes, where they are signed.
  ///   - run: nil for a simulation.
  /// - Throws: a complaint when the model is not of this plan and study.
  package init(
    _ model: BoostingModel, specification: BoostingSpecification, plan: Plan, planDigest: Digest?,
    study: Study, studyDigest: Digest?, run: String?, simulated: Bool
  ) throws(Complaint) {
    try self.init(
      model, specification: specification, algorithm: plan.algorithm.name, filter: plan.filter,
      dictionary: study.dictionary, recordKey: study.recordKey,
      study: ModelFile.Origin(name: study.name, digest: studyDigest),
      plan: ModelFile.Origin(name: plan.name, digest: planDigest), run: run, simulated: simulated)
  }

  package init(
    _ model: BoostingModel, specification: BoostingSpecification, algorithm: String, filter: CohortFilter,
    dictionary: StudyDictionary, recordKey: String, study: ModelFile.Origin, plan: ModelFile.Origin,
    run: String?, simulated: Bool
  ) throws(Complaint) {
    let trees = model.trees
    let features = trees.features.compactMap { dictionary.variable(named: $0.name) }
    guard let outcome = dictionary.column(named: trees.outcome), trees.outcome == specification.outcome,
      trees.isSound, features.map(TreeFeature.init) == trees.features
    else {
      throw Complaint(
        .badInput, code: "model-of-another-plan", "the model is not of this plan and study",
        advice: "give the study and plan that the run was made with")
    }
    konsil = Self.format
    self.simulated = simulated
    self.algorithm = algorithm
    self.study = study
    self.plan = plan
    self.run = run
    self.outcome = ModelFile.OutcomeEntry(name: outcome.name, label: outcome.label)
    objective = Objective(trees.objective)
    self.recordKey = recordKey
    self.filter = filter.conditions.map(ModelCondition.init)
    variables = Self.variables(features.map(\.name) + [objective.exposure].compactMap(\.self), in: dictionary)
      .map { ModelVariable($0, required: $0.name == trees.objective.exposure) }
    self.features = features.count
    parameters = BoostingParameter.all.map { Parameter(name: $0.name, value: $0.text(in: specification)) }
    rows = model.rows
    classRows = model.classRows
    sites = model.sites
    leastCount = model.leastCount
    gradientBits = model.gradientBits
    losses = model.losses
    stoppedAt = model.stoppedAt
    notes = model.notes.map { ModelFile.Note(kind: $0.kind, subject: $0.subject, detail: $0.detail) }
    importance = model.importance.map { Self.entries($0, features.map(\.name)) }
    validation = model.validation.map(ModelValidation.init)
    fractionBits = trees.fractionBits
    base = trees.base.map(trees.real)
    rounds = trees.rounds.map { $0.map { tree in tree.entries(of: trees) } }
  }

  private static func entries(_ importance: BoostingImportance, _ names: [String]) -> [Importance] {
    names.enumerated().map { place, name in
      Importance(
        variable: name, meanShap: importance.meanShap.map { $0[place] },
        permutation: importance.permutation[place])
    }
  }

  /// Those named, then those that decide where one applies or that one is computed from.
  private static func variables(_ names: [String], in dictionary: StudyDictionary) -> [Variable] {
    var names = names
    var next = 0
    while next < names.count {
      names += dictionary.variable(named: names[next])?.foundations ?? []
      next += 1
    }
    let distinct = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return distinct.compactMap(dictionary.variable(named:))
  }
}

extension TreeModel.Objective {
  var exposure: String? { if case .poisson(let exposure) = self { exposure } else { nil } }
}

extension TreeModelFile.Objective {
  fileprivate init(_ objective: TreeModel.Objective) {
    exposure = objective.exposure
    switch objective {
    case .logistic: (kind, classes) = (.logistic, nil)
    case .softmax(let names): (kind, classes) = (.softmax, names)
    case .squaredError: (kind, classes) = (.squaredError, nil)
    case .poisson: (kind, classes) = (.poisson, nil)
    }
  }

  /// nil where classes or exposure do not fit the kind.
  var objective: TreeModel.Objective? {
    switch (kind, classes, exposure) {
    case (.logistic, nil, nil): .logistic
    case (.softmax, let classes?, nil): .softmax(classes: classes)
    case (.squaredError, nil, nil): .squaredError
    case (.poisson, nil, let exposure): .poisson(exposure: exposure)
    default: nil
    }
  }
}
