import Federation
import KonsilTesting
import Queries
import Regression
import Testing

/// Sites look at what a verified query was asked at only once its sum is there: asked again and again at other scores,
/// exact counts of pairs would tell which of two patients of a site has the greater covariate.
@Suite("A coordinator that keeps a verified sum to itself")
struct KeptSumTests {
  private func bench() throws -> Bench {
    let study = try SmallStudy.drawn(sites: 3, rows: 60)
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: study.table.predictors, penalty: .none)
    specification.validation = .folds(2, repeats: 1, seed: 1)
    let bench = try Bench(study.running(.logistic(specification)))
    try bench.setUp()
    try bench.advance(to: "performance")
    return bench
  }

  @Test("asks it at no other parameters, in this epoch or a later one, and may ask it again as it was")
  func otherScores() throws {
    let bench = try bench()
    let first = try bench.request()
    _ = try bench.answers(first)
    var scores = first.query.parameters
    scores[0] /= 2
    func later(_ query: Query) -> StepRequest {
      StepRequest(
        epoch: bench.epoch, step: first.step + 1, attempt: 0, sites: bench.names, query: query)
    }
    let otherwise = first.query.with(parameters: scores)
    let detail = "step \(first.step) asked “performance” otherwise, and this site has not seen its sum"
    for site in bench.sites { site.refuses("another-query", detail, .step(later(otherwise))) }
    for site in bench.sites { try site.restart() }
    try bench.setUp()
    for site in bench.sites { site.refuses("another-query", detail, .step(later(otherwise))) }
    _ = try bench.answers(later(first.query))
  }

  @Test("asks what comes after it only once the sum was told")
  func afterIt() throws {
    let bench = try bench()
    try bench.step()
    let next = try bench.request()
    #expect(next.query.name == "score-cells")
    _ = try bench.answers(next)
  }
}
