import Cohorts

/// Reads the `distribution` of one variable in an effects document.
struct DistributionFields {
  let variable: Variable
  let dictionary: StudyDictionary

  /// What a distribution of this variable may be called.
  private var known: [String] {
    switch variable.kind {
    case .continuous: ["normal", "log_normal", "gamma", "by"]
    case .count: ["normal", "log_normal", "gamma", "poisson", "negative_binomial", "by"]
    case .binary: ["bernoulli", "by"]
    case .categorical, .ordinal: ["levels", "by"]
    }
  }

  func read(_ value: DocumentValue) throws(DocumentError) -> VariableEffect.Distribution {
    let (name, value) = try value.only(known, "distribution")
    switch name {
    case "by":
      let (other, distributions) = try value.byLevel(
        in: dictionary, except: variable.name, { (value) throws(DocumentError) in try read(value) })
      return .by(variable: other, distributions)
    case "normal":
      let fields = try value.fields(["mean", "deviation"])
      return .normal(
        mean: try fields.required("mean").number(), deviation: try fields.required("deviation").deviation())
    case "log_normal":
      let fields = try value.fields(["median", "log_deviation"])
      return .logNormal(
        median: try fields.required("median").positive(),
        logDeviation: try fields.required("log_deviation").deviation())
    case "gamma":
      let fields = try value.fields(["mean", "deviation"])
      return .gamma(
        mean: try fields.required("mean").positive(), deviation: try fields.required("deviation").positive())
    case "poisson": return try poisson(value)
    case "negative_binomial": return try negativeBinomial(value)
    case "bernoulli": return .bernoulli(try value.probability())
    default: return try levels(value)
    }
  }

  private func poisson(_ value: DocumentValue) throws(DocumentError) -> VariableEffect.Distribution {
    let fields = try value.fields(["mean", "zeros"])
    return try hurdle(fields, .poisson(mean: fields.required("mean").positive()))
  }

  private func negativeBinomial(_ value: DocumentValue) throws(DocumentError) -> VariableEffect.Distribution {
    let fields = try value.fields(["mean", "deviation", "zeros"])
    let mean = try fields.required("mean").positive()
    let deviation = try fields.required("deviation").number("a number above the square root of the mean") {
      $0 * $0 > mean
    }
    return try hurdle(fields, .negativeBinomial(mean: mean, deviation: deviation))
  }

  private func hurdle(
    _ fields: DocumentFields, _ distribution: VariableEffect.Distribution
  ) throws(DocumentError) -> VariableEffect.Distribution {
    guard let zeros = try fields.optional("zeros")?.probability() else { return distribution }
    return .hurdle(zeros: zeros, distribution)
  }

  private func levels(_ value: DocumentValue) throws(DocumentError) -> VariableEffect.Distribution {
    let levels = variable.levels ?? []
    let fields = try value.fields(levels)
    let shares = try levels.map { (level) throws(DocumentError) in
      try fields.required(level).number("a share from 0 to 1") { $0 >= 0 && $0 <= 1 }
    }
    guard abs(shares.reduce(-1, +)) < 1e-9 else {
      throw value.error("has probabilities that do not add up to 1", "correct them")
    }
    return .levels(shares)
  }
}
