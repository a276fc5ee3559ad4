import Boosting
import Preprocessing
import Regression
import SecureAggregation

extension CoordinatorRun {
  /// For each site of the plan that the last sums are without, the first step that was summed without it.
  var lostSites: [(site: String, step: Int)] {
    roster.sites.filter { !members.contains($0) }.map { site in
      let first = history.first { $0.sites?.contains(site) == false }
      return (site, first?.step ?? history.count)
    }
  }
}

extension PlanModel {
  /// The model with a word on every site that was lost on the way: its sums are not all over the same rows.
  func naming(_ lost: [(site: String, step: Int)]) -> PlanModel {
    guard !lost.isEmpty else { return self }
    let notes = lost.map {
      DesignNote(.siteLost, $0.site, "not in the sums from step \($0.step) on, but in those before")
    }
    switch self {
    case .logistic(var model):
      model.notes += notes
      return .logistic(model)
    case .boosting(var model):
      model.notes += notes
      return .boosting(model)
    case .summary(var model):
      model.notes += notes.map { SummaryNote(subject: $0.subject, kind: .siteLost, detail: $0.detail) }
      return .summary(model)
    }
  }
}
