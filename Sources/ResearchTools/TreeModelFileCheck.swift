import Boosting
import Cohorts
import Federation

/// Whether the parts of a file of trees agree with each other.
extension TreeModelFile {
  typealias Flaw = (key: String, what: String)

  /// The key of the first part that does not agree with the others, and what is wrong.
  package var flaw: (key: String, what: String)? {
    if konsil != Self.format { return ("konsil", "is not “\(Self.format)”") }
    return variableFlaw ?? countFlaw ?? treeFlaw ?? importanceFlaw
      ?? validation?.flaw.map { ("validation.\($0)", $1) }
  }

  private var variableFlaw: Flaw? {
    for (index, entry) in variables.enumerated() {
      let key = "variables[\(index + 1)]"
      guard entry.variable != nil else { return (key, "has a range or levels that do not fit its type") }
      if variables[..<index].contains(where: { $0.name == entry.name }) { return (key, "stands there twice") }
      let rests = entry.variable?.foundations ?? []
      if let unknown = rests.first(where: { name in !variables.contains { $0.name == name } }) {
        return (key, "rests on “\(unknown)”, which is not among the variables")
      }
    }
    if let problem = CohortFilter(dictionary.variables.compactMap(\.appliesWhen)).problem(in: dictionary) {
      return ("variables", problem)
    }
    guard (1...max(variables.count, 1)).contains(features), !variables.isEmpty else {
      return ("features", "is not from 1 to the number of variables")
    }
    guard let known = objective.objective else { return ("objective", "has classes or an exposure amiss") }
    if let exposure = known.exposure, !dictionary.variables.contains(where: { $0.name == exposure }) {
      return ("objective.exposure", "is not among the variables")
    }
    return nil
  }

  private var countFlaw: Flaw? {
    if rows < 1 { return ("rows", "is not a positive number") }
    if sites < 1 { return ("sites", "is not a positive number") }
    guard classRows.allSatisfy({ (0...rows).contains($0) }) else {
      return ("class_rows", "are more than the rows")
    }
    if !losses.allSatisfy(\.isFinite) { return ("losses", "are not finite") }
    return nil
  }

  private var treeFlaw: Flaw? {
    guard (-1022...62).contains(fractionBits) else { return ("fraction_bits", "is not from -1022 to 62") }
    let scores = base.compactMap { Int64($0, fractionBits: fractionBits) }
    guard base.count == objective.classes?.count ?? 1, scores.count == base.count else {
      return ("base", "is not one score a class that is a multiple of 2^-fraction_bits")
    }
    let known = treeFeatures
    for (round, trees) in rounds.enumerated() {
      for (place, nodes) in trees.enumerated() {
        guard let tree = Tree(nodes, features: known, fractionBits: fractionBits), tree.isSound else {
          return ("rounds[\(round + 1)][\(place + 1)]", "is not a tree over the features")
        }
      }
    }
    return model == nil ? ("rounds", "are not one tree a class") : nil
  }

  private var importanceFlaw: Flaw? {
    guard let importance else { return nil }
    if importance.map(\.variable) != variables.prefix(features).map(\.name) {
      return ("importance", "is not of the features, in their order")
    }
    let isSound = importance.allSatisfy { entry in
      (entry.meanShap.map { $0.count == base.count && $0.allSatisfy { $0 >= 0 && $0.isFinite } } ?? true)
        && entry.permutation?.isFinite ?? true
    }
    return isSound ? nil : ("importance", "has no number for each class")
  }
}

extension TreeModelFile {
  /// Of the features and what they rest on, and no others.
  var dictionary: StudyDictionary {
    StudyDictionary(
      name: study.name, title: "", purpose: "", variables: variables.compactMap(\.variable), outcomes: [])
  }

  private var treeFeatures: [TreeFeature] {
    variables.prefix(features).compactMap(\.variable).map(TreeFeature.init)
  }

  /// The trees; nil only where `flaw` names one.
  package var model: TreeModel? {
    let known = treeFeatures
    let trees = rounds.map { $0.compactMap { Tree($0, features: known, fractionBits: fractionBits) } }
    let scores = base.compactMap { Int64($0, fractionBits: fractionBits) }
    guard let objective = objective.objective, scores.count == base.count else { return nil }
    let model = TreeModel(
      outcome: outcome.name, objective: objective, features: known, fractionBits: fractionBits, base: scores,
      rounds: trees)
    return model.isSound ? model : nil
  }
}
