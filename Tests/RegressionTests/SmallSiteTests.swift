import KonsilTesting
import Preprocessing
import Queries
import Regression
import Testing

@Suite("A study's own path")
struct SmallSiteTests {
  /// Records with a share of events, at sites of which one is small.
  private static func study(seed: UInt64, prevalence: Double, sites: [Int]) -> DrawnStudy {
    var random = SeededRandom(seed: seed &* 31)
    var study = DrawnStudy(seed: seed, sites: sites)
    for row in study.rows.indices {
      let risk = prevalence * (study.rows[row].smoker == 1 ? 1.6 : 0.7) * study.rows[row].age / 50
      study.rows[row].ill = Double.random(in: 0..<1, using: &random) < risk ? 1 : 0
    }
    return study
  }

  @Test(
    "is never withheld, small as a site may be and rare as the outcome may be",
    arguments: [0.05, 0.2, 0.5], [ProgramPlan.folds, .siteFolds, .auto, .firth, .clusters, .weights])
  func isAnswered(prevalence: Double, plan: ProgramPlan) throws {
    // Uneven weights leave fewer effective rows, whoever chose the parameters.
    if prevalence < 0.1, plan.specification.weights != nil { return }
    var finished = 0
    for seed in UInt64(1)...4 {
      for sites in [[150, 120, 80, 18], [200, 90, 60, 30, 9], [300, 200, 100, 2]] {
        let study = Self.study(seed: seed, prevalence: prevalence, sites: sites)
        var limits = ClearFederation.Limits()
        limits.leastCount = seed % 2 == 0 ? 10 : 5
        var federation = try ClearFederation(study.table(), plan.specification, limits: limits)
        do {
          _ = try federation.fit()
          finished += 1
        } catch let error as Withheld {
          Issue.record("seed \(seed), \(sites), least \(limits.leastCount): \(error)")
        } catch is AnalysisError {}
      }
    }
    #expect(finished > 0)
  }
}
