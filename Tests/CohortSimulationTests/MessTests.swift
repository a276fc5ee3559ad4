import CohortSimulation
import Cohorts
import Connectors
import Foundation
import Testing

/// Each kind of mess, and what a site is told about it.
@Suite struct MessTests {
  private let sites = [
    (name: "luxembourg", rows: 120), (name: "strasbourg", rows: 160), (name: "freiburg", rows: 200),
    (name: "basel", rows: 240),
  ]

  /// A messy site, the same one clean, and what it is told of the first and not of the second.
  private func messy(
    _ kind: Mess, site index: Int, of study: CommittedStudy? = nil
  ) throws -> (site: SimulatedSite, clean: SimulatedSite, reading: Reading, told: [String]) {
    let study = try study ?? CommittedStudy()
    let site = try study.simulate(sites, mess: [kind])[index]
    let clean = try study.simulate(sites)[index]
    #expect(site.mess == [kind])
    let before = try Set(study.inspect(clean).findings)
    let (reading, findings) = try study.inspect(site)
    return (site, clean, reading, findings.filter { !before.contains($0) })
  }

  private func rows(_ site: SimulatedSite) -> [[Substring]] {
    site.csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  private func refusal(_ reading: Reading) -> String { reading.refusal?.description ?? "" }

  /// What every hospital's records have is read without a word about an error, in every study.
  @Test(arguments: CommittedStudy.names)
  func theUsualMessIsReadable(name: String) throws {
    let study = try CommittedStudy(name)
    // A small site among them.
    let sites = [(name: "a", rows: 18)] + self.sites
    let messy = try study.simulate(sites, mess: Mess.usual)
    let clean = try study.simulate(sites)
    #expect(messy.map(\.rowCount) == clean.map(\.rowCount))
    #expect(messy.map { rows($0).map(\.first) } == clean.map { rows($0).map(\.first) })
    for site in messy { _ = try study.read(site) }
    #expect(messy[0].mess == [.rareLevel, .missing])
    #expect(messy[3].mess == [.constant, .missing])
  }

  @Test(arguments: CommittedStudy.names)
  func everyKindIsThereWhenAllIsAskedFor(name: String) throws {
    let study = try CommittedStudy(name)
    let messy = try study.simulate(sites, mess: Set(Mess.allCases))
    #expect(Set(messy.flatMap(\.mess)) == Set(Mess.allCases))
    #expect(
      try messy == study.simulate(sites, mess: Set(Mess.allCases)), "the same seed gives the same bytes")
    for site in messy { #expect(site.csv.contains("SIM-\(site.name)-0001")) }
  }

  @Test func missingValuesHaveTheEffectsShares() throws {
    let study = try CommittedStudy()
    let site = try study.simulate([(name: "a", rows: 4000)], mess: [.missing])[0]
    let cohort = try study.read(site).cohort
    for effect in study.effects.variables {
      let variable = try #require(study.dictionary.variable(named: effect.variable))
      let applicable = cohort.applicable(variable, dictionary: study.dictionary)
      let column = try #require(cohort[effect.variable])
      let meant = (0..<cohort.rowCount).filter { applicable?[$0] ?? true }
      let share = mean(meant.map { column.isMissing(at: $0) ? 1 : 0 })
      let error = (effect.missing * (1 - effect.missing) / Double(meant.count)).squareRoot()
      #expect(abs(share - effect.missing) <= 5 * error, "\(effect.variable) \(share)")
    }
    // What is there did not change.
    let clean = try study.simulate([(name: "a", rows: 4000)])[0]
    for (cells, whole) in zip(rows(site), rows(clean)) {
      #expect(zip(cells, whole).allSatisfy { $0 == $1 || $0.isEmpty })
    }
  }

  @Test func aRareLevelIsThereAtOneSiteAlone() throws {
    let (site, _, reading, told) = try messy(.rareLevel, site: 0)
    #expect(reading.refusal == nil)
    #expect(told.contains("location: 2 rows with “L4”, under the least count of 5"))
    let others = try CommittedStudy().simulate(sites, mess: [.rareLevel]).dropFirst()
    #expect(others.allSatisfy { !$0.csv.contains("L4") && $0.mess.isEmpty } && site.csv.contains("L4"))
  }

  @Test func aColumnIsConstantAtOneSite() throws {
    let (_, _, reading, told) = try messy(.constant, site: 3)
    #expect(reading.refusal == nil)
    #expect(told.contains("perianal: is “0” in all 240 rows"))
  }

  @Test func aColumnIsConstantEverywhere() throws {
    for site in sites.indices {
      let (_, _, reading, told) = try messy(.constantEverywhere, site: site)
      #expect(reading.refusal == nil)
      #expect(told.contains("smoker_current: is “0” in all \(sites[site].rows) rows"))
    }
  }

  @Test func mixedUnitsAreOutsideOfTheRangeAndTheUnitIsSuspected() throws {
    let (_, _, reading, told) = try messy(.otherUnits, site: 0)
    let said = refusal(reading)
    #expect(
      said.contains(
        "luxembourg.csv:2: albumin: is outside of the dictionary's range, expected a number from 10 to 70 g/L"
      ))
    #expect(
      said.contains(
        "luxembourg.csv:2: haemoglobin: is outside of the dictionary's range, expected a number from 30 to 250 g/L"
      ))
    #expect(told.contains("albumin: 40 of 40 values outside of 10 to 70 g/L would fit in g/dL (times 10)"))
    #expect(
      told.contains("haemoglobin: 40 of 40 values outside of 30 to 250 g/L would fit in g/dL (times 10)"))
    // 1 mg/dL is a possible value in mg/L: no site can see that alone.
    #expect(!told.contains { $0.hasPrefix("crp: ") && $0.contains("unit") })
  }

  @Test func decimalCommasAndSemicolonsAreADialect() throws {
    let (site, clean, reading, _) = try messy(.decimalComma, site: 1)
    #expect(site.csv.contains(";") && !site.csv.contains("."))
    #expect(reading.refusal == nil)
    #expect(reading.report.dialect.delimiter == .semicolon)
    #expect(
      Set(reading.report.dialect.decimalCommas)
        == ["crp", "albumin", "bmi", "disease_duration", "wbc"])
    #expect(try reading.records.cohort.holdsTheSame(as: CommittedStudy().read(clean).cohort))
  }

  @Test func threeFormsOfDatesAreNamedAndNotRead() throws {
    let (_, clean, reading, told) = try messy(.dateFormats, site: 3)
    #expect(reading.refusal == nil)
    #expect(
      told == [
        "index_date: has dates in 3 forms (year-month-day, day.month.year, with slashes); the study does not read it"
      ])
    #expect(try reading.records.cohort.holdsTheSame(as: CommittedStudy().read(clean).cohort))
  }

  @Test func latin1IsADialect() throws {
    let (site, _, reading, _) = try messy(.latin1, site: 1)
    #expect(String(validating: site.bytes, as: UTF8.self) == nil, "not UTF-8")
    #expect(reading.refusal == nil)
    #expect(reading.report.dialect.encoding == .latin1)
    let values = try reading.records.cohort.numbers("faecal_calprotectin")
    #expect(values.count(where: \.isNaN) == 8)
  }

  @Test func aLevelThatNobodyElseHasIsRefusedWithTheLevelsThereAre() throws {
    let (_, _, reading, told) = try messy(.unknownLevel, site: 2)
    #expect(
      refusal(reading).hasPrefix(
        "freiburg.csv:2: drug: is none of the dictionary's levels, expected one of infliximab, adalimumab, vedolizumab; "
      ))
    #expect(reading.refusal?.total == 5)
    #expect(!refusal(reading).contains("ustekinumab"), "no error holds a value")
    #expect(told.contains { $0.hasPrefix("drug: is none of the dictionary's levels") })
  }

  @Test func aSeparatingDrugIsNamed() throws {
    let study = try CommittedStudy()
    let sites = [(name: "a", rows: 900)]
    let (reading, told) = try study.inspect(study.simulate(sites, mess: [.separating])[0])
    #expect(reading.refusal == nil)
    #expect(
      told.contains {
        $0.wholeMatch(of: /calcineurin_inhibitor: all \d+ rows with “1” have “failure_12m”/) != nil
      })
    #expect(
      try !study.inspect(study.simulate(sites)[0]).findings.contains { $0.contains("rows with “1” have") })
  }

  @Test func recordsThatStandTwiceAreRefused() throws {
    let (site, clean, reading, _) = try messy(.duplicates, site: 2)
    #expect(site.rowCount == clean.rowCount + 5)
    #expect(refusal(reading).contains("freiburg.csv:202: "))
    #expect(refusal(reading).contains("copy"), "\(refusal(reading))")
    #expect(reading.refusal?.total == 5)
  }

  /// Each site keeps its own keys, so that neither can know.
  @Test func patientsOfTwoSitesAreNotDetected() throws {
    let (site, clean, reading, told) = try messy(.sharedPatients, site: 3)
    #expect(reading.refusal == nil)
    #expect(site.rowCount == clean.rowCount + 5)
    #expect(!told.contains { $0.contains("copies") || $0.contains("equal another") })
    let other = try CommittedStudy().simulate(sites, mess: [.sharedPatients])[2]
    let theirs = Set(rows(other).map { $0.dropFirst() })
    #expect(rows(site).suffix(5).allSatisfy { theirs.contains($0.dropFirst()) })
    #expect(rows(site).suffix(5).allSatisfy { $0[0].hasPrefix("SIM-basel-024") })
  }

  @Test func aSiteWithoutUlcerativeColitisIsNamed() throws {
    let (_, _, reading, told) = try messy(.absentLevel, site: 0)
    #expect(reading.refusal == nil)
    #expect(told.contains("diagnosis: is “CD” in all 120 rows"))
    #expect(told.contains("partial_mayo: applies to no row"))
  }

  /// With fewer sites, and with a study that has no details, what can be done is done.
  @Test func messFitsTheSitesAndTheStudy() throws {
    let study = try CommittedStudy()
    let one = try study.simulate([(name: "a", rows: 40)], mess: Set(Mess.allCases))
    #expect(Set(one[0].mess) == Set(Mess.allCases).subtracting([.sharedPatients]))
    let effects = CohortEffects(
      outcome: study.effects.outcome, prevalence: 0.4, siteShift: 0, variables: study.effects.variables)
    let plain = try CohortSimulator.simulate(
      dictionary: study.dictionary, effects: effects, sites: sites, seed: 1, mess: Set(Mess.allCases))
    #expect(
      Set(plain.flatMap(\.mess)) == [.missing, .duplicates, .sharedPatients, .dateFormats, .decimalComma])
  }
}
