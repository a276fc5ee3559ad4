import Cohorts
import Preprocessing

extension PlannedPredictor {
  /// Knots of a spline: with more than five, small cohorts are followed in their noise.
  package static let knotRange = 3...5
}

/// Whether the predictors of a plan fit the dictionary, each alone and together.
struct TermsCheck {
  private let terms: [PlannedTerm]
  private let filter: CohortFilter
  private let dictionary: StudyDictionary

  init(_ terms: [PlannedTerm], filter: CohortFilter, dictionary: StudyDictionary) {
    self.terms = terms
    self.filter = filter
    self.dictionary = dictionary
  }

  private var predictors: [PlannedPredictor] {
    terms.compactMap { if case .predictor(let predictor) = $0 { predictor } else { nil } }
  }

  var problems: [PlanProblem] {
    var problems: [PlanProblem] = []
    for (index, term) in terms.enumerated() {
      let key = "predictors[\(index + 1)]"
      switch term {
      case .predictor(let predictor):
        problems += self.problems(of: predictor, key: key, before: terms[..<index])
      case .interaction(let first, let second):
        problems += self.problems(of: (first, second), key: key, before: terms[..<index])
      }
    }
    if predictors.isEmpty {
      problems.append(
        PlanProblem("predictors", "the plan names no predictor", advice: "name at least one"))
    }
    if let (whole, part) = dictionary.overlap(among: predictors.map(\.variable)) {
      problems.append(
        PlanProblem(
          "predictors", "“\(whole)” is computed from “\(part)”, so the two overlap",
          advice: "keep one of them"))
    }
    return problems
  }

  private func problems(
    of predictor: PlannedPredictor, key: String, before: ArraySlice<PlannedTerm>
  ) -> [PlanProblem] {
    let name = predictor.variable
    var problems: [PlanProblem] = []
    for case .predictor(let earlier) in before where earlier.variable == name {
      guard earlier.form == predictor.form else { continue }
      problems.append(
        PlanProblem(
          key, "“\(name)” stands twice in one form", advice: "name it once, or transform it otherwise"))
    }
    guard let variable = dictionary.variable(named: name) else {
      problems.append(
        PlanProblem(
          key, "“\(name)” is not a variable of the study",
          advice: "see the study's dictionary for its variables"))
      return problems
    }
    problems += predictor.problems(as: variable, key: key)
    if let condition = variable.appliesWhen, !isSettled(condition.variable) {
      problems.append(
        PlanProblem(
          key,
          "“\(name)” has a meaning only where “\(condition.variable)” says so, and the plan has not that",
          advice: "name “\(condition.variable)” among the predictors as well, or filter on it"))
    }
    return problems
  }

  /// Where a variable does not apply it counts as 0, so what it hangs on must be in the model, or settled by the
  /// filter.
  private func isSettled(_ name: String) -> Bool {
    predictors.contains { $0.variable == name } || filter.conditions.contains { $0.variable == name }
  }

  private func problems(
    of pair: (String, String), key: String, before: ArraySlice<PlannedTerm>
  ) -> [PlanProblem] {
    let key = "\(key).interaction"
    guard pair.0 != pair.1 else {
      return [PlanProblem(key, "names “\(pair.0)” twice", advice: "name two variables")]
    }
    var problems: [PlanProblem] = []
    for case .interaction(let first, let second) in before where Set([first, second]) == [pair.0, pair.1] {
      problems.append(
        PlanProblem(key, "“\(pair.0)” with “\(pair.1)” stands twice", advice: "name it once"))
    }
    for name in [pair.0, pair.1] {
      let named = predictors.filter { $0.variable == name }
      switch (named.count, named.first?.transformation) {
      case (0, _):
        problems.append(
          PlanProblem(
            key, "“\(name)” is not a predictor by itself", advice: "name it among the predictors as well"))
      case (1, .spline):
        problems.append(
          PlanProblem(
            key, "“\(name)” is a spline, whose products are not supported",
            advice: "use log, log1p or hinge for it"))
      case (1, _): break
      default:
        problems.append(
          PlanProblem(
            key, "“\(name)” stands in several forms, so it is not clear which is meant",
            advice: "keep one form of it"))
      }
    }
    return problems
  }
}

extension PlannedPredictor {
  /// What makes its columns: two predictors of one variable and form would be the same columns, or share one.
  fileprivate var form: Transformation {
    if case .spline = transformation { .none } else { transformation }
  }

  /// Whether its options fit the variable.
  fileprivate func problems(as variable: Variable, key: String) -> [PlanProblem] {
    var problems: [PlanProblem] = []
    if !(per > 0 && per.isFinite) {
      problems.append(PlanProblem("\(key).per", "is not above 0", advice: "write a number above 0"))
    }
    switch variable.kind {
    case .continuous(let range), .count(let range):
      problems += levelProblems(of: variable, key: key) + transformationProblems(over: range, key: key)
    case .binary:
      problems += levelProblems(of: variable, key: key) + numberProblems(of: variable, key: key)
    case .categorical(let levels):
      if coding == .levels {
        problems.append(
          PlanProblem("\(key).coding", "“\(variable.name)” has indicators anyway", advice: "remove it"))
      }
      problems += numberProblems(of: variable, key: key) + referenceProblems(levels, key: key)
    case .ordinal(let levels):
      if reference != nil, coding == .linear {
        problems.append(
          PlanProblem(
            "\(key).reference", "“\(variable.name)” enters as a number, which has no reference level",
            advice: "add “coding: levels”, or remove it"))
      }
      problems += numberProblems(of: variable, key: key) + referenceProblems(levels, key: key)
    }
    return problems
  }

  private func referenceProblems(_ levels: [String], key: String) -> [PlanProblem] {
    guard let reference, !levels.contains(reference) else { return [] }
    return [
      PlanProblem(
        "\(key).reference", "“\(reference)” is not a level of “\(variable)”",
        advice: "its levels are \(levels.joined(separator: ", "))")
    ]
  }

  /// Options that are for a variable with levels.
  private func levelProblems(of variable: Variable, key: String) -> [PlanProblem] {
    var problems: [PlanProblem] = []
    if reference != nil {
      problems.append(
        PlanProblem("\(key).reference", "“\(variable.name)” has no levels", advice: "remove it"))
    }
    if coding == .levels {
      problems.append(PlanProblem("\(key).coding", "“\(variable.name)” is not ordinal", advice: "remove it"))
    }
    return problems
  }

  /// Options that are for a number.
  private func numberProblems(of variable: Variable, key: String) -> [PlanProblem] {
    var problems: [PlanProblem] = []
    if transformation != .none {
      problems.append(
        PlanProblem(
          "\(key).\(transformationKey)", "“\(variable.name)” is not a number",
          advice: "transform continuous variables and counts only"))
    }
    if per != 1 {
      problems.append(
        PlanProblem("\(key).per", "“\(variable.name)” is not a number", advice: "remove it"))
    }
    return problems
  }

  private func transformationProblems(over range: ValueRange, key: String) -> [PlanProblem] {
    let key = "\(key).\(transformationKey)"
    let bounds = "\(PlanWords.text(range.lower)) to \(PlanWords.text(range.upper))"
    switch transformation {
    case .log where range.lower <= 0:
      return [
        PlanProblem(
          key, "“\(variable)” may be 0 or below by its range of \(bounds), where there is no logarithm",
          advice: range.lower > -1 ? "write “transform: log1p”" : "choose another transformation")
      ]
    case .log1p where range.lower <= -1:
      return [
        PlanProblem(
          key, "“\(variable)” may be -1 or below by its range of \(bounds), where log(1 + x) is not defined",
          advice: "choose another transformation")
      ]
    case .hinge(let knot) where !(range.lower < knot && knot < range.upper):
      return [
        PlanProblem(
          key, "\(PlanWords.text(knot)) is not inside “\(variable)”'s range of \(bounds)",
          advice: "a hinge bends within the range")
      ]
    case .spline(let knots) where !Self.knotRange.contains(knots):
      return [
        PlanProblem(
          key, "\(knots) knots are not from \(Self.knotRange.lowerBound) to \(Self.knotRange.upperBound)",
          advice: "write a number in that range")
      ]
    case .none, .log, .log1p, .hinge, .spline: return []
    }
  }

  private var transformationKey: String {
    switch transformation {
    case .none, .log, .log1p: "transform"
    case .hinge: "hinge"
    case .spline: "spline"
    }
  }
}
