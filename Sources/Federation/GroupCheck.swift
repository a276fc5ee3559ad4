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
    return problems
  }
}
