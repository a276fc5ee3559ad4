import Boosting
import Preprocessing
import Regression
import SecureAggregation

extension CoordinatorRun {
  /// Each site of the plan that some steps are without, with the first of them.
  var lostSites: [(site: String, step: Int)] {
    roster.sites.compactMap { site in
      history.first { $0.sites?.contains(site) == false }.map { (site, $0.step) }
    }
  }
}

extension PlanModel {
  /// The model with a word on every site that was lost on the way: its sums are not all over the same rows.
  ///
  /// - Parameter lost: with the first step that is without the site.
  package func naming(_ lost: [(site: String, step: Int)]) -> PlanModel {
    guard !lost.isEmpty else { return self }
    let notes = lost.map {
      DesignNote(
        .siteLost, $0.site,
        $0.step == 1 ? "in none of the sums" : "not in the sums from step \($0.step) on, but in those before")
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
