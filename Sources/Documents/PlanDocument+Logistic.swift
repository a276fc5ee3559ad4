import Federation
import Preprocessing
import Regression

/// The keys of `algorithm: logistic`.
extension PlanDocument {
  static let logisticKeys = [
    "predictors", "missing", "rare", "penalty", "intercept", "standard_errors", "weights", "validation",
    "recalibrate",
  ]
  static let greatestSeed = Int(UInt32.max)

  static func logistic(_ fields: DocumentFields) throws(DocumentError) -> LogisticSpecification {
    var specification = LogisticSpecification(
      outcome: try fields.required("outcome").name(.column),
      terms: try terms(fields.required("predictors")),
      penalty: try fields.optional("penalty").map(penalty) ?? .none)
    if let missing = fields.optional("missing") { specification.missing = try missing.choice() }
    if let rare = fields.optional("rare") { specification.rare = try rare.choice() }
    if let intercept = fields.optional("intercept") { specification.intercept = try intercept.choice() }
    if let errors = fields.optional("standard_errors") { specification.standardErrors = try errors.choice() }
    if let weights = fields.optional("weights") { specification.weights = try self.weights(weights) }
    if let validation = fields.optional("validation") {
      specification.validation = try self.validation(validation)
    }
    if let recalibrate = fields.optional("recalibrate") {
      specification.recalibration = try recalibrate.choice()
    }
    return specification
  }

  private static func penalty(
    _ value: DocumentValue
  ) throws(DocumentError) -> LogisticSpecification.Penalty {
    if case .scalar = value.node.content {
      guard try value.text() != "ridge" else {
        throw value.error(
          "says not how strong", "write “{ridge: {lambda: 1.0}}”, or “{ridge: {lambda: auto}}”")
      }
      return try value.word(of: ["none", "firth"]) == "firth" ? .firth : .none
    }
    let lambda = try value.fields(["ridge"]).required("ridge").fields(["lambda"]).required("lambda")
    if case .scalar("auto", isPlain: _) = lambda.node.content { return .ridgeAuto }
    return .ridge(lambda: try lambda.number("a number above 0, or auto") { $0 > 0 })
  }

  private static func weights(
    _ value: DocumentValue
  ) throws(DocumentError) -> LogisticSpecification.Weights? {
    if try value.isNone { return nil }
    let fields = try value.fields(["variable", "kind"])
    return LogisticSpecification.Weights(
      variable: try fields.required("variable").name(.column), kind: try fields.required("kind").choice())
  }

  static func validation(
    _ value: DocumentValue
  ) throws(DocumentError) -> LogisticSpecification.Validation? {
    if try value.isNone { return nil }
    let fields = try value.fields(["folds", "repeats", "seed", "groups"])
    if let groups = fields.optional("groups") {
      guard !["folds", "repeats", "seed"].contains(where: fields.has) else {
        throw value.error("mixes groups with folds", "keep one of them")
      }
      return .groups(
        try groups.list().map { (group) throws(DocumentError) in try group.distinctNames(.party) })
    }
    return .folds(
      try fields.required("folds").wholeNumber(in: LogisticSpecification.Validation.foldRange),
      repeats: try fields.optional("repeats")?
        .wholeNumber(in: LogisticSpecification.Validation.repeatRange) ?? 1,
      seed: UInt64(try fields.optional("seed")?.wholeNumber(in: 0...greatestSeed) ?? 1))
  }
}

extension DocumentValue {
  /// Whether it is the word `none`; any other word is an error.
  fileprivate var isNone: Bool {
    get throws(DocumentError) {
      guard case .scalar = node.content else { return false }
      return try word(of: ["none"]) == "none"
    }
  }
}
