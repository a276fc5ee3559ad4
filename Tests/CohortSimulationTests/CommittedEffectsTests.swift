import CohortSimulation
import Cohorts
import Connectors
import Foundation
import Testing

/// The committed studies' simulated records have the distributions and the effects that their documents state.
@Suite struct CommittedEffectsTests {
  /// Without shifts of the sites, so that the document's figures hold in all records together.
  private struct Drawn: Sendable {
    let study: CommittedStudy
    let cohort: Cohort
    let outcome: [Double]
    let odds: ExplainedOdds

    /// Drawn once, since that takes longest.
    private static let all = Dictionary(
      uniqueKeysWithValues: CommittedStudy.names.map { name in (name, Result { try Drawn(drawing: name) }) })

    static func of(_ name: String) throws -> Drawn { try #require(all[name]).get() }

    private init(drawing name: String, rows: Int = 15_000, seed: UInt64 = 11) throws {
      study = try CommittedStudy(name)
      let effects = study.effects
      let still = CohortEffects(
        outcome: effects.outcome, prevalence: effects.prevalence, siteShift: 0, scale: effects.scale,
        variables: effects.variables.map {
          VariableEffect(
            variable: $0.variable, distribution: $0.distribution, trends: $0.trends, atMost: $0.atMost,
            effect: $0.effect, decimals: $0.decimals, step: $0.step)
        })
      let site = try CohortSimulator.simulate(
        dictionary: study.dictionary, effects: still, sites: [(name: "a", rows: rows)], seed: seed)[0]
      cohort = try study.read(site).cohort
      outcome = try cohort.numbers(effects.outcome)
      odds = ExplainedOdds(effects: effects, dictionary: study.dictionary, cohort: cohort)
    }

    func moments(_ name: String) throws -> (mean: Double, deviation: Double) {
      let values = try cohort.numbers(name).filter { !$0.isNaN }
      let centre = mean(values)
      return (centre, mean(values.map { ($0 - centre) * ($0 - centre) }).squareRoot())
    }

    func quartiles(_ name: String) throws -> [Double] {
      let values = try cohort.numbers(name).filter { !$0.isNaN }.sorted()
      return [1, 2, 3].map { values[$0 * values.count / 4] }
    }

    func share(_ name: String, _ level: Int32) throws -> Double {
      let indices = try cohort.levels(name).filter { $0 >= 0 }
      return mean(indices.map { $0 == level ? 1 : 0 })
    }
  }

  /// At the effects' own log odds every variable's score is a sum of independent terms of mean zero: were one effect
  /// another than the document's, its variable would still tell the outcome apart.
  @Test(arguments: CommittedStudy.names)
  func everyEffectIsTheDocuments(name: String) throws {
    let drawn = try Drawn.of(name)
    let total = try drawn.odds.total()
    let intercept = fittedIntercept(total, drawn.outcome)
    let probabilities = total.map { 1 / (1 + exp(-$0 - intercept)) }
    for effect in drawn.study.effects.variables {
      let own = try drawn.odds.of(effect.variable)
      #expect(own.allSatisfy { $0.isFinite }, "\(effect.variable)")
      let weights = probabilities.map { $0 * (1 - $0) }
      let centre = zip(own, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
      var (score, information) = (0.0, 0.0)
      for row in own.indices {
        score += (own[row] - centre) * (drawn.outcome[row] - probabilities[row])
        information += (own[row] - centre) * (own[row] - centre) * weights[row]
      }
      if information > 0 {
        #expect(abs(score / information.squareRoot()) < 4.5, "\(name) \(effect.variable)")
      }
    }
    // The same with an effect left out is far from zero: the test above can fail.
    let wrong = try #require(["ibd": "immunomodulator", "ms": "dmt_class", "rd": "haq"][name])
    let own = try drawn.odds.of(wrong)
    let without = zip(total, own).map { $0 - $1 }
    let crude = fittedIntercept(without, drawn.outcome)
    let centre = mean(own)
    let score = without.indices.reduce(0) {
      $0 + (own[$1] - centre) * (drawn.outcome[$1] - 1 / (1 + exp(-without[$1] - crude)))
    }
    #expect(score > 50)
  }

  /// Of a model of the main predictors with the effects' own coefficients; fitted to some 700 patients and
  /// cross-validated, it is about 0.02 lower.
  @Test(arguments: [
    (
      "ibd", 0.68...0.72,
      [
        "age", "sex", "smoker_current", "prior_anti_tnf", "drug", "immunomodulator", "steroids", "crp",
        "albumin", "haemoglobin", "diagnosis",
      ]
    ),
    (
      "ms", 0.73...0.77,
      [
        "age", "sex", "phenotype", "disease_duration", "edss_baseline", "relapses_12m", "t2_count",
        "gd_lesions", "spinal_lesion", "dmt_class",
      ]
    ),
    (
      "rd", 0.76...0.80,
      [
        "age", "sex", "smoker_current", "rf", "acpa", "cdai", "haq", "hads_anxiety", "n_prior_btsdmard",
        "mtx_concomitant", "glucocorticoid",
      ]
    ),
  ])
  func theMainPredictorsTellTheOutcomeAsPublishedModelsDo(
    name: String, band: ClosedRange<Double>, predictors: [String]
  ) throws {
    let drawn = try Drawn.of(name)
    let area = areaUnderCurve(try drawn.odds.total(Set(predictors)), drawn.outcome)
    #expect(band.contains(area), "\(name) \(area)")
    let all = areaUnderCurve(try drawn.odds.total(), drawn.outcome)
    #expect(all > area && all < band.upperBound + 0.06, "\(name) \(all)")
  }

  @Test func theOutcomesHaveTheirPrevalence() throws {
    for name in CommittedStudy.names {
      let drawn = try Drawn.of(name)
      let prevalence = drawn.study.effects.prevalence
      let error = (prevalence * (1 - prevalence) / Double(drawn.cohort.rowCount)).squareRoot()
      #expect(abs(mean(drawn.outcome) - prevalence) < 5 * error, "\(name)")
    }
  }

  @Test func inflammatoryBowelDiseaseHasTwoDiagnoses() throws {
    let drawn = try Drawn.of("ibd")
    let diagnosis = try drawn.cohort.levels("diagnosis")
    #expect(abs(mean(diagnosis.map { Double($0) }) - 0.40) < 0.015)
    let smoker = try drawn.cohort.numbers("smoker_current")
    let age = try drawn.cohort.numbers("age")
    for (level, shares) in [(Int32(0), (0.33, 40.0)), (1, (0.10, 44.3))] {
      let rows = diagnosis.indices.filter { diagnosis[$0] == level }
      #expect(abs(mean(rows.map { smoker[$0] }) - shares.0) < 0.02)
      let albumin = try drawn.cohort.numbers("albumin")
      #expect(abs(mean(rows.map { albumin[$0] }) - shares.1) < 0.15)
      #expect(rows.allSatisfy { age[$0] >= 18 })
    }
    for name in ["location", "behaviour", "hbi"] {
      let column = try #require(drawn.cohort[name])
      #expect(diagnosis.indices.allSatisfy { column.isMissing(at: $0) == (diagnosis[$0] == 1) }, "\(name)")
    }
    let mayo = try #require(drawn.cohort["partial_mayo"])
    #expect(diagnosis.indices.allSatisfy { mayo.isMissing(at: $0) == (diagnosis[$0] == 0) })
    let hbi = try drawn.moments("hbi")
    #expect(abs(hbi.mean - 7) < 0.15 && abs(hbi.deviation - 4) < 0.15)
    // Durations longer than the life are drawn anew, which shortens the mean a little.
    let duration = try drawn.moments("disease_duration")
    #expect((7.3...8.1).contains(duration.mean) && (6.5...8.1).contains(duration.deviation))
    let years = try drawn.cohort.numbers("disease_duration")
    #expect(years.indices.allSatisfy { years[$0] <= age[$0] })
    #expect(try drawn.share("location", 3) == 0)
  }

  @Test func multipleSclerosisHasItsCourses() throws {
    let drawn = try Drawn.of("ms")
    for (level, share) in [0.68, 0.10, 0.14, 0.08, 0].enumerated() {
      #expect(abs(try drawn.share("phenotype", Int32(level)) - share) < 0.012)
    }
    let lesions = try drawn.cohort.numbers("gd_lesions")
    #expect(abs(mean(lesions.map { $0 == 0 ? 1 : 0 }) - 0.65) < 0.012)
    #expect(abs(mean(lesions.filter { $0 > 0 }) - 1.8) < 0.07)
    let scores = try drawn.cohort.numbers("edss_baseline")
    #expect(scores.allSatisfy { ($0 * 2).rounded() == $0 * 2 })
    let courses = try drawn.cohort.levels("phenotype")
    let relapses = try drawn.cohort.numbers("relapses_12m")
    #expect(abs(mean(courses.indices.filter { courses[$0] == 0 }.map { relapses[$0] }) - 0.8) < 0.03)
    #expect(abs(mean(courses.indices.filter { courses[$0] == 2 }.map { relapses[$0] }) - 0.1) < 0.03)
    // 2.2 % more for each year of age.
    let age = try drawn.cohort.numbers("age")
    let logarithms = try drawn.cohort.numbers("nfl").map { log($0) }
    let (ages, levels) = (mean(age), mean(logarithms))
    let slope =
      age.indices.reduce(0) { $0 + (age[$1] - ages) * (logarithms[$1] - levels) }
      / age.reduce(0) { $0 + ($1 - ages) * ($1 - ages) }
    #expect(abs(slope - 0.0218) < 0.002)
  }

  @Test func rheumatoidArthritisHasItsScores() throws {
    let drawn = try Drawn.of("rd")
    let quartiles = try drawn.quartiles("cdai")
    // Published: 16, 22 and 31.
    #expect((14...20).contains(quartiles[0]) && (21...27).contains(quartiles[1]))
    #expect((28...36).contains(quartiles[2]))
    for (name, expected) in [
      ("tjc28", (9.0, 6.2)), ("sjc28", (6.6, 5.0)), ("ptga", (62.0, 18.0)), ("phga", (50.0, 19.0)),
      ("das28_crp", (4.8, 1.1)),
    ] {
      let moments = try drawn.moments(name)
      #expect(abs(moments.mean - expected.0) < 0.07 * expected.0, "\(name) \(moments)")
      #expect(abs(moments.deviation - expected.1) < 0.15 * expected.1, "\(name) \(moments)")
    }
    let (factor, antibodies) = (try drawn.cohort.numbers("rf"), try drawn.cohort.numbers("acpa"))
    let (p, q) = (mean(factor), mean(antibodies))
    let both = mean(zip(factor, antibodies).map { $0 * $1 })
    #expect(abs(p - 0.69) < 0.012 && abs(q - 0.69) < 0.012)
    #expect(abs((both - p * q) / (p * (1 - p) * q * (1 - q)).squareRoot() - 0.6) < 0.02)
    let parts = try ["tjc28", "sjc28", "ptga", "phga"].map { try drawn.cohort.numbers($0) }
    let computed = try drawn.cohort.numbers("cdai")
    #expect(
      computed.indices.allSatisfy {
        abs(computed[$0] - (parts[0][$0] + parts[1][$0] + (parts[2][$0] + parts[3][$0]) / 10)) < 1e-9
      })
  }
}
