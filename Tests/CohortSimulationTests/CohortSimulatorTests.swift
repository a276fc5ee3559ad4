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
        let variable = study.dictionary.variable(named: column)
        let applicable = variable.flatMap { records.cohort.applicable($0, dictionary: study.dictionary) }
        #expect((0..<rows).allSatisfy { values.isMissing(at: $0) != (applicable?[$0] ?? true) }, "\(column)")
      }
    }
    let header = try #require(simulated[0].csv.split(separator: "\n").first)
    #expect(
      header.split(separator: ",").map(String.init)
        == ["patient_id"] + study.dictionary.variables.map(\.name) + ["failure_12m"])
  }

  @Test func computedVariablesAreNotWritten() throws {
    let study = try CommittedStudy("rd")
    let site = try study.simulate([(name: "a", rows: 30)])[0]
    #expect(!site.csv.contains("cdai"))
    #expect(try !study.read(site).cohort.numbers("cdai").contains(where: \.isNaN))
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

  @Test func sitesDifferAsMuchAsAskedFor() throws {
    let study = try CommittedStudy()
    let sites = (0..<200).map { (name: "site-\($0)", rows: 100) }
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

  /// Two variables that are each drawn by the other cannot be drawn at all.
  @Test func whatHangsOnItselfIsNamed() throws {
    let range = try #require(ValueRange(lower: 0, upper: 9))
    let variables = ["x", "y"].map {
      Variable(name: $0, label: $0, kind: .continuous(range), unit: "a", codes: [:], missing: [])
    }
    let effects = [("x", "y"), ("y", "x")].map { name, other in
      VariableEffect(
        variable: name, distribution: .normal(mean: 5, deviation: 1),
        trends: [VariableEffect.Trend(variable: other, from: 5, by: 0.5)], effect: .sum([]))
    }
    #expect(throws: SimulationError.needsItself(variable: "x")) {
      try CohortSimulator.simulate(
        dictionary: StudyDictionary(
          name: "s", title: "S", purpose: "P", variables: variables,
          outcomes: [Outcome(name: "z", label: "Z", definition: "Z")]),
        effects: CohortEffects(outcome: "z", prevalence: 0.5, siteShift: 0, variables: effects),
        sites: [(name: "a", rows: 5)], seed: 1)
    }
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
