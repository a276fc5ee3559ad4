import Cohorts
import Preprocessing

extension SummarySpecification {
  /// Every way in which the summary does not fit the study.
  func problems(in study: Study) -> [PlanProblem] {
    var problems = OutcomeCheck.problems(outcome, in: study.dictionary)
    for (index, name) in variables.enumerated() {
      let key = "variables[\(index + 1)]"
      if study.dictionary.variable(named: name) == nil {
        problems.append(
          PlanProblem(
            key, "“\(name)” is not a variable of the study",
            advice: "see the study's dictionary for its variables"))
      }
      if variables[..<index].contains(name) {
        problems.append(PlanProblem(key, "“\(name)” stands twice", advice: "name it once"))
      }
    }
    if variables.isEmpty {
      problems.append(
        PlanProblem("variables", "the plan names no variable", advice: "name at least one"))
    }
    return problems
  }
}
