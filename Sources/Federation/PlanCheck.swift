import Boosting
import Cohorts
import Regression
import SecureAggregation

/// Why a plan does not fit its study: the key of the plan document, what is wrong and what to do.
package struct PlanProblem: Error, Hashable, Sendable {
  package let key: String
  package let message: String
  package let advice: String

  package init(_ key: String, _ message: String, advice: String) {
    self.key = key
    self.message = message
    self.advice = advice
  }
}

extension Plan {
  /// The plan's members with the keys that its study gives them.
  ///
  /// - Throws: `ProtocolFault` when the plan's sites make no roster.
  package func roster(in study: Study) throws(ProtocolFault) -> Roster {
    var members: [Roster.Member] = []
    for name in sites {
      guard let party = study.sites.first(where: { $0.name == name }) else {
        throw ProtocolFault(.wrongRoster, site: name, "it is not a site of the study")
      }
      members.append(.init(site: name, key: party.key))
    }
    return try Roster(members)
  }

  /// Every way in which the plan does not fit the study; empty when it fits.
  package func problems(in study: Study) -> [PlanProblem] {
    var problems: [PlanProblem] = []
    if self.study != study.name {
      problems.append(
        PlanProblem(
          "study.name", "the plan is for “\(self.study)”, the study is “\(study.name)”",
          advice: "give the study that the plan was written for"))
    }
    problems += siteProblems(in: study)
    if let problem = filter.problem(in: study.dictionary) {
      problems.append(
        PlanProblem("filter", problem, advice: "use the dictionary's variables and levels"))
    }
    switch algorithm {
    case .logistic(let specification):
      problems += LogisticCheck(specification, plan: self, study: study).problems
    case .summary(let specification): problems += specification.problems(in: study)
    case .boosting(let specification):
      problems += BoostingCheck.problems(specification, dictionary: study.dictionary).map {
        PlanProblem("algorithm", $0, advice: "see “Boosted trees” in the data model")
      }
      if case .groups(let groups)? = specification.validation {
        problems += GroupCheck.problems(of: groups, sites: sites)
      }
    }
    return problems
  }

  private func siteProblems(in study: Study) -> [PlanProblem] {
    let invited = study.sites.map(\.name)
    if let unknown = sites.first(where: { !invited.contains($0) }) {
      return [
        PlanProblem(
          "sites", "“\(unknown)” is not a site of the study",
          advice: "the study's sites are \(invited.joined(separator: ", "))")
      ]
    }
    guard sites == invited.filter(sites.contains) else {
      return [
        PlanProblem(
          "sites", "the sites are repeated or not in the study's order",
          advice: "name each once, in the order \(invited.joined(separator: ", "))")
      ]
    }
    let least = max(study.limits.leastSites, Roster.leastSites)
    guard sites.count >= least else {
      return [
        PlanProblem(
          "sites", "the plan names \(sites.count) sites; the study demands \(least)",
          advice: "name more sites")
      ]
    }
    guard membership == .tolerant else { return [] }
    guard sites.count >= Threshold.leastSites else {
      return [
        PlanProblem(
          "membership",
          "tolerant needs at least \(Threshold.leastSites) sites; the plan names \(sites.count)",
          advice: "name more sites, or write “membership: fixed”")
      ]
    }
    let allowed = Threshold.least(sites: sites.count)...sites.count
    guard let threshold, !allowed.contains(threshold) else { return [] }
    return [
      PlanProblem(
        "threshold", "\(threshold) is not from \(allowed.lowerBound) to \(allowed.upperBound)",
        advice: "remove it for \(allowed.lowerBound), the least over \(sites.count) sites")
    ]
  }
}
