import Boosting
import Regression

/// Whether groups of sites may be left out in a validation. One site left out would be subtraction: the sums with it
/// less those without it.
enum GroupCheck {
  static func problems(of groups: [[String]], sites: [String]) -> [PlanProblem] {
    let least = LogisticSpecification.Validation.leastGroup
    guard !groups.isEmpty else {
      return [
        PlanProblem("validation.groups", "has no group", advice: "name groups of at least \(least) sites")
      ]
    }
    var problems: [PlanProblem] = []
    var grouped: Set<String> = []
    for (index, group) in groups.enumerated() {
      let key = "validation.groups[\(index + 1)]"
      for site in group where !sites.contains(site) {
        problems.append(
          PlanProblem(
            key, "“\(site)” is not a site of the plan",
            advice: "its sites are \(sites.joined(separator: ", "))"))
      }
      for site in group where !grouped.insert(site).inserted {
        problems.append(
          PlanProblem(key, "“\(site)” stands in a group already", advice: "name each site in one group"))
      }
      if group.count < least {
        problems.append(
          PlanProblem(
            key, "\(group.count) sites left out could be told apart by subtraction",
            advice: "leave out at least \(least) together"))
      }
      if sites.count - group.count < least {
        problems.append(
          PlanProblem(
            key, "\(sites.count - group.count) sites would be left",
            advice: "leave at least \(least) in; use folds where there are fewer than \(2 * least) sites"))
      }
    }
    let left = sites.filter { !grouped.contains($0) }
    if problems.isEmpty, groups.count > 1, (1..<least).contains(left.count) {
      problems.append(
        PlanProblem(
          "validation.groups",
          "\(left.joined(separator: " and ")), in no group, could be told apart by subtraction",
          advice: "put each site into a group, or leave at least \(least) in none"))
    }
    return problems
  }
}

extension Plan {
  /// The sites that a validation by groups tells apart: each group, and those that are in none.
  package var blocks: [[String]] {
    guard let groups = groupsLeftOut else { return [] }
    let left = sites.filter { site in !groups.contains { $0.contains(site) } }
    return left.isEmpty ? groups : groups + [left]
  }

  /// Those that a validation leaves out; nil without one by groups.
  var groupsLeftOut: [[String]]? {
    switch algorithm {
    case .logistic(let specification):
      guard case .groups(let groups)? = specification.validation else { return nil }
      return groups
    case .boosting(let specification):
      guard case .groups(let groups)? = specification.validation else { return nil }
      return groups
    case .summary: return nil
    }
  }
}
