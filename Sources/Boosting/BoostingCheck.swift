import Cohorts
import Queries

/// What is wrong with a plan's boosted trees, before any records are seen: one sentence each.
package enum BoostingCheck {
  private static let mostLevels = 255

  package static func problems(
    _ specification: BoostingSpecification, dictionary: StudyDictionary
  ) -> [String] {
    parameters(specification) + outcome(specification, dictionary) + variables(specification, dictionary)
      + size(specification, dictionary)
  }

  /// A step tells the splits and leaves of all trees that grow at once.
  private static func size(_ plan: BoostingSpecification, _ dictionary: StudyDictionary) -> [String] {
    guard let outcome = dictionary.column(named: plan.outcome), (1...16).contains(plan.maxDepth) else {
      return []
    }
    let trees = TrainingSets(plan).count * BoostingTarget(outcome).classes
    let leaves = min(1 << plan.maxDepth, plan.maxLeaves == 0 ? .max : max(plan.maxLeaves, 2))
    let splits = plan.grow == .depth ? leaves / 2 : leaves - 1
    let levels = plan.predictors.map { name -> Int in
      if case .categorical(let levels)? = dictionary.variable(named: name)?.kind { return levels.count }
      return 1
    }
    let slopes = plan.leaves == .linear ? min(plan.maxDepth, plan.predictors.count) : 0
    let numbers = trees * (5 + splits * (4 + (levels.max() ?? 1)) + leaves * (2 + 5 * slopes))
    guard numbers > Query.mostParameters - 5 else { return [] }
    return [
      "\(trees) trees of \(leaves) leaves at once are more than a step can tell: "
        + "use fewer folds and repeats, a smaller “max_depth”, or “max_leaves”"
    ]
  }

  private static func parameters(_ plan: BoostingSpecification) -> [String] {
    var problems = BoostingParameter.all.compactMap { $0.problem(in: plan) }
    for name in plan.monotoneConstraints.keys.sorted() where !plan.predictors.contains(name) {
      problems.append("“monotone_constraints” names “\(name)”, which is no predictor of the plan")
    }
    if plan.maxLeaves == 1 { problems.append("“max_leaves” is 0, or 2 and more") }
    if plan.grow == .leaves, plan.maxLeaves == 0 {
      problems.append("“grow: leaves” needs “max_leaves”, 2 or more")
    }
    if plan.scalePosWeight != 1, plan.objective != .logistic {
      problems.append("“scale_pos_weight” goes with the objective “binary:logistic” alone")
    }
    if plan.exposure != nil, plan.objective != .poisson {
      problems.append("“exposure” goes with the objective “count:poisson” alone")
    }
    if plan.leaves == .linear, !plan.monotoneConstraints.values.allSatisfy({ $0 == 0 }) {
      problems.append("“leaves: linear” does not go with monotone constraints")
    }
    if plan.leaves == .linear, plan.alpha > 0 || (plan.maxDeltaStep ?? 0) > 0 {
      problems.append("“leaves: linear” goes with neither “alpha” nor “max_delta_step”")
    }
    if let base = plan.baseScore {
      let isFine =
        switch plan.objective {
        case .logistic: base > 0 && base < 1
        case .poisson: base > 0
        case .softmax, .squaredError: true
        }
      if !isFine {
        problems.append("“base_score” is not a prediction that “\(plan.objective.rawValue)” can make")
      }
    }
    if case .folds(let folds, let repeats, _)? = plan.validation {
      if !(2...20).contains(folds) { problems.append("“folds” is 2 to 20") }
      if !(1...20).contains(repeats) { problems.append("“repeats” is 1 to 20") }
    }
    return problems
  }

  private static func outcome(_ plan: BoostingSpecification, _ dictionary: StudyDictionary) -> [String] {
    guard let variable = dictionary.column(named: plan.outcome) else {
      return ["the outcome “\(plan.outcome)” is not in the dictionary"]
    }
    let fits =
      switch (plan.objective, variable.kind) {
      case (.logistic, .binary), (.softmax, .categorical), (.softmax, .ordinal): true
      case (.squaredError, .continuous), (.squaredError, .count): true
      case (.poisson, .count(let range)): range.lower >= 0 && range.upper > 0
      default: false
      }
    guard fits else {
      return ["the objective “\(plan.objective.rawValue)” does not fit the type of “\(plan.outcome)”"]
    }
    return []
  }

  private static func variables(_ plan: BoostingSpecification, _ dictionary: StudyDictionary) -> [String] {
    var problems: [String] = []
    if plan.predictors.isEmpty { problems.append("no predictors are named") }
    if Set(plan.predictors).count < plan.predictors.count { problems.append("a predictor is named twice") }
    for name in plan.predictors {
      guard let variable = dictionary.variable(named: name) else {
        problems.append("the predictor “\(name)” is not in the dictionary")
        continue
      }
      if name == plan.outcome { problems.append("“\(name)” is the outcome and cannot be a predictor") }
      if let levels = variable.levels, levels.count > mostLevels {
        problems.append("“\(name)” has more than \(mostLevels) levels")
      }
      if case .categorical = variable.kind, plan.monotoneConstraints[name] ?? 0 != 0 {
        problems.append("“monotone_constraints” names “\(name)”, which has no order")
      }
      let most = Double(Float.greatestFiniteMagnitude)
      if let range = BoostingFrame.Domain(variable)?.range,
        max(range.lower.magnitude, range.upper.magnitude) > most
      {
        problems.append("the range of “\(name)” is wider than numbers of 32 bits")
      }
    }
    for (role, name) in [("weight", plan.weight), ("exposure", plan.exposure)] {
      guard let name else { continue }
      guard let domain = dictionary.variable(named: name).flatMap(BoostingFrame.Domain.init),
        domain.range.lower >= 0
      else {
        problems.append("the \(role) “\(name)” is not a number from 0 in the dictionary")
        continue
      }
      if plan.predictors.contains(name) { problems.append("the \(role) “\(name)” is also a predictor") }
    }
    return problems
  }
}
