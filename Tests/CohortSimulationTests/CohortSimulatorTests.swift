import CohortSimulation
import Cohorts
import Connectors
import Foundation
import Testing

@Suite struct CohortSimulatorTests {
  private let sites = [("luxembourg", 120), ("strasbourg", 160), ("freiburg", 200), ("basel", 240)]

  @Test func everySiteHasItsRowsAndTheDictionarysColumns() throws {
    let study = try CommittedStudy()
    let simulated = try study.simulate(sites.map { (name: $0.0, rows: $0.1) })
    #expect(simulated.map(\.name) == sites.map(\.0))
    for (site, (name, rows)) in zip(simulated, sites) {
      let records = try study.read(site)
      #expect(site.rowCount == rows)
      #expect(records.cohort.rowCount == rows)
      #expect(records.keys.first == "SIM-\(name)-0001")
      #expect(records.keys.last == "SIM-\(name)-0\(rows)")
      for column in records.cohort.columnNames {
        let values = try #require(records.cohort[column])
        #expect(!(0..<rows).contains(where: values.isMissing), "\(column)")
      }
    }
    #expect(
      simulated[0].csv.hasPrefix(
        "patient_id,age,sex,smoker_current,prior_anti_tnf,drug,immunomodulator,steroids,crp,albumin,haemoglobin,failure_12m\nSIM-luxembourg-0001,"
      ))
  }

  @Test func aSeedDeterminesTheBytes() throws {
    let study = try CommittedStudy()
    let sites = [(name: "a", rows: 50), (name: "b", rows: 60)]
    #expect(try study.simulate(sites, seed: 3) == study.simulate(sites, seed: 3))
    #expect(try study.simulate(sites, seed: 3)[0].csv != study.simulate(sites, seed: 4)[0].csv)
  }

  /// A site's variables do not depend on the other sites, on their order, or on how many rows follow.
  @Test func aSitesVariablesAreItsOwn() throws {
    let study = try CommittedStudy()
    func variables(_ site: SimulatedSite) -> [Substring] {
      site.csv.split(separator: "\n").dropFirst().map { $0.dropLast(2) }
    }
    let alone = try variables(study.simulate([(name: "basel", rows: 30)])[0])
    let among = try variables(
      study.simulate([(name: "freiburg", rows: 500), (name: "basel", rows: 90)])[1])
    #expect(alone == Array(among.prefix(30)))
    #expect(among.count == 90)
    let elsewhere = try variables(study.simulate([(name: "freiburg", rows: 30)])[0])
    #expect(zip(alone, elsewhere).allSatisfy { $0.suffix(40) != $1.suffix(40) })
  }

  /// With 80,000 rows over 40 sites the crude association of a variable that is drawn independently of
  /// the others shows its effect, a little weakened since an odds ratio is not collapsible.
  @Test func prevalenceAndEffectsAreThoseAskedFor() throws {
    let study = try CommittedStudy()
    let sites = (0..<40).map { (name: "site-\($0)", rows: 2000) }
    let cohorts = try study.simulate(sites, seed: 11).map { try study.read($0).cohort }
    func pooled(_ name: String) throws -> [Double] { try cohorts.flatMap { try $0.numbers(name) } }
    let failure = try pooled("failure_12m")
    #expect(abs(mean(failure) - 0.40) < 5 * (0.24 / 80_000).squareRoot())

    func oddsRatio(_ name: String) throws -> Double {
      var cells = [[0.0, 0], [0, 0]]
      for (x, y) in zip(try pooled(name), failure) { cells[Int(x)][Int(y)] += 1 }
      return cells[1][1] * cells[0][0] / (cells[1][0] * cells[0][1])
    }
    #expect((0.43...0.52).contains(try oddsRatio("immunomodulator")))
    #expect((1.52...1.80).contains(try oddsRatio("prior_anti_tnf")))
    #expect((1.35...1.60).contains(try oddsRatio("steroids")))
    #expect((1.10...1.34).contains(try oddsRatio("smoker_current")))
    #expect(abs(mean(try pooled("immunomodulator")) - 0.45) < 0.01)

    func meanDifference(_ name: String, _ transform: (Double) -> Double = { $0 }) throws -> Double {
      let values = zip(try pooled(name).map(transform), failure)
      return mean(values.filter { $0.1 == 1 }.map(\.0)) - mean(values.filter { $0.1 == 0 }.map(\.0))
    }
    // For a normal variable of deviation s, an effect of b per unit shifts the cases' mean by b s^2.
    #expect(abs(try meanDifference("albumin") - log(0.94) * 5.1 * 5.1) < 0.25)
    #expect(abs(try meanDifference("haemoglobin") - log(0.99) * 19 * 19) < 0.9)
    #expect(abs(try meanDifference("crp", log) - log(1.20) * 1.3 * 1.3) < 0.06)

    #expect(abs(mean(try pooled("albumin")) - 41.7) < 0.1)
    #expect(abs(mean(try pooled("crp").map(log)) - log(10)) < 0.1)
    let drugs = try cohorts.flatMap { try $0.levels("drug") }
    for (level, share) in [0.40, 0.28, 0.32].enumerated() {
      #expect(abs(mean(drugs.map { $0 == Int32(level) ? 1 : 0 }) - share) < 0.01)
    }
  }

  @Test func sitesDifferAsMuchAsAskedFor() throws {
    let study = try CommittedStudy()
    let sites = (0..<200).map { (name: "site-\($0)", rows: 200) }
    let means = try study.simulate(sites, seed: 5).map { mean(try study.read($0).cohort.numbers("age")) }
    let centre = mean(means)
    let deviation = mean(means.map { ($0 - centre) * ($0 - centre) }).squareRoot()
    // Shifts of 3 years, shrunk a little where young patients are drawn again, and the mean's own error.
    #expect((2.2...3.4).contains(deviation))
  }

  @Test func numbersAreWrittenWithTheirDecimals() throws {
    let study = try CommittedStudy()
    for row in try study.simulate([(name: "a", rows: 200)])[0].csv.split(separator: "\n").dropFirst() {
      let cells = row.split(separator: ",")
      #expect(cells[1].wholeMatch(of: /\d+/) != nil)
      #expect(cells[8].wholeMatch(of: /\d+\.\d/) != nil)
      #expect(cells[9].wholeMatch(of: /\d\d\.\d/) != nil)
    }
  }

  @Test func whatCannotBeDrawnIsNamed() throws {
    let range = try #require(ValueRange(lower: 0, upper: 1))
    let dictionary = StudyDictionary(
      name: "s", title: "S", purpose: "P",
      variables: [
        Variable(name: "x", label: "X", kind: .continuous(range), unit: "a", codes: [:], missing: [])
      ],
      outcomes: [Outcome(name: "y", label: "Y", definition: "Y")])
    func said(
      outcome: String = "y", prevalence: Double = 0.5, mean: Double = 0.5,
      effect: VariableEffect.Effect = .linear(logOddsRatio: 0, per: 1), variables: Int = 1,
      sites: [(name: String, rows: Int)] = [(name: "a", rows: 5)]
    ) -> SimulationError? {
      let drawn = VariableEffect(
        variable: "x", distribution: .normal(mean: mean, deviation: 0.1), effect: effect, decimals: 2,
        siteShift: 0)
      let effects = CohortEffects(
        outcome: outcome, prevalence: prevalence, siteShift: 0,
        variables: Array(repeating: drawn, count: variables))
      do throws(SimulationError) {
        _ = try CohortSimulator.simulate(
          dictionary: dictionary, effects: effects, sites: sites, seed: 1)
        return nil
      } catch {
        return error
      }
    }
    #expect(said() == nil)
    #expect(said(outcome: "z") == .unknownOutcome("z"))
    #expect(said(prevalence: 1) == .prevalence)
    #expect(said(prevalence: .nan) == .prevalence)
    #expect(said(mean: 9) == .outsideRange(variable: "x"))
    #expect(said(mean: 1e300) == .outsideRange(variable: "x"))
    #expect(said(effect: .levels([0, 1])) == .effectDoesNotFit(variable: "x"))
    #expect(said(effect: .logarithmic(logOddsRatio: 1)) == .effectDoesNotFit(variable: "x"))
    #expect(said(variables: 0) == .effectMissing(variable: "x"))
    #expect(said(variables: 2) == .effectMissing(variable: "x"))
    #expect(said(sites: []) == .sites)
    #expect(said(sites: [(name: "a", rows: 0)]) == .sites)
    #expect(said(sites: [(name: "a", rows: 1), (name: "a", rows: 1)]) == .sites)
  }

  /// A level may hold commas, quotes and line ends, and comes back as it is.
  @Test func levelsAreQuoted() throws {
    let levels = ["a, b", "\"c\"", "d\ne"]
    let dictionary = StudyDictionary(
      name: "s", title: "S", purpose: "P",
      variables: [
        Variable(
          name: "x", label: "X", kind: .categorical(levels: levels), unit: nil, codes: [:], missing: [])
      ],
      outcomes: [Outcome(name: "y", label: "Y", definition: "Y")])
    let effects = CohortEffects(
      outcome: "y", prevalence: 0.5, siteShift: 0,
      variables: [
        VariableEffect(
          variable: "x", distribution: .levels([0.4, 0.3, 0.3]), effect: .levels([0, 1, 2]), decimals: 0,
          siteShift: 0)
      ])
    let site = try CohortSimulator.simulate(
      dictionary: dictionary, effects: effects, sites: [(name: "a", rows: 100)], seed: 2,
      recordKey: "pseudonym")[0]
    let reader = CohortReader(dictionary: dictionary, recordKey: "pseudonym", mostRows: 100)
    let cohort = try reader.read(Array(site.csv.utf8), file: "a").cohort
    #expect(Set(try cohort.levels("x")) == [0, 1, 2])
  }
}
