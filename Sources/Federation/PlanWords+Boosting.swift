import Boosting

extension PlanWords {
  static func facts(of specification: BoostingSpecification) -> [Fact] {
    var facts = [
      Fact(
        "model",
        "gradient-boosted trees for \(specification.outcome), objective \(specification.objective.rawValue)"),
      Fact("predictors", specification.predictors.joined(separator: ", ")),
      Fact("trees", words(specification)),
      Fact(
        "missing",
        "a row that lacks a value takes the branch that was learnt for it; what under three sites lack counts as "
          + "values of other rows there, or as a level that three sites have"),
    ]
    if specification.subsample < 1 {
      facts.append(Fact("drawn", "\(text(specification.subsample)) of the patients for each round"))
    }
    if let exposure = specification.exposure { facts.append(Fact("exposure", exposure)) }
    if let weight = specification.weight { facts.append(Fact("weights", weight)) }
    if specification.releaseStatistics {
      facts.append(Fact("released", "each node's gain and cover as well, which help to rebuild records"))
    }
    switch specification.validation {
    case .folds(let folds, let repeats, seed: _):
      facts.append(
        Fact(
          "validation",
          "\(folds) folds of the patients, \(repeats) times: \(1 + folds * repeats) models a step"))
    case .groups(let groups):
      facts.append(
        Fact(
          "validation",
          "left out together: " + groups.map { $0.joined(separator: ", ") }.joined(separator: "; then ")))
    case nil: break
    }
    return facts
  }

  private static func words(_ specification: BoostingSpecification) -> String {
    let leaves = specification.leaves == .linear ? "ridge models as leaves" : "one value a leaf"
    return "\(specification.rounds) rounds, \(specification.maxDepth) splits deep at most, eta "
      + "\(text(specification.eta)), \(leaves)"
  }
}
