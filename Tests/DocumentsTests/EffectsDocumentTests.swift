import Cohorts
import Documents
import Foundation
import Testing

@Suite struct EffectsDocumentTests {
  private let effects = """
    konsil: effects/1
    outcome: failure
    prevalence: 0.3
    variables:
      drug: {distribution: {levels: {yes: 0.2, no: 0.5, 3: 0.3}}, effect: {levels: {no: 1.0, yes: 2.0, 3: 0.5}}}
      age: {distribution: {normal: {mean: 40, deviation: 10}}, effect: {linear: {odds_ratio: 1.5, per: 10}}, decimals: 1, site_shift: 3}
      relapses: {distribution: {log_normal: {median: 2, log_deviation: 1}}, effect: {logarithmic: {odds_ratio: 1.2}}}
      steroids: {distribution: {bernoulli: 0.4}, effect: {odds_ratio: 2}}

    """

  private func decode(_ text: String) throws -> CohortEffects {
    let dictionary = try DictionaryDocument.decode(sampleDictionary.utf8, file: "d.yaml")
    return try EffectsDocument.decode(text.utf8, file: "e.yaml", dictionary: dictionary)
  }

  @Test func levelsComeInTheDictionarysOrderAndRatiosAsLogarithms() throws {
    #expect(
      try decode(effects)
        == CohortEffects(
          outcome: "failure", prevalence: 0.3, siteShift: 0,
          variables: [
            VariableEffect(
              variable: "age", distribution: .normal(mean: 40, deviation: 10),
              effect: .linear(logOddsRatio: log(1.5), per: 10), decimals: 1, siteShift: 3),
            VariableEffect(
              variable: "relapses", distribution: .logNormal(median: 2, logDeviation: 1),
              effect: .logarithmic(logOddsRatio: log(1.2)), decimals: 0, siteShift: 0),
            VariableEffect(
              variable: "steroids", distribution: .bernoulli(0.4),
              effect: .linear(logOddsRatio: log(2), per: 1), decimals: 0, siteShift: 0),
            VariableEffect(
              variable: "drug", distribution: .levels([0.5, 0.2, 0.3]),
              effect: .levels([0, log(2), log(0.5)]), decimals: 0, siteShift: 0),
          ]))
  }

  @Test(arguments: [
    ("outcome: failure", "outcome: failures", "2: outcome: is not known here; did you mean “failure”?"),
    (
      "prevalence: 0.3", "prevalence: 1",
      "3: prevalence: must be a probability between 0 and 1; write it with a decimal point, without quotes"
    ),
    ("  steroids: ", "  steroid: ", "8: variables.steroid: is not a key here; did you mean “steroids”?"),
    (
      "no: 0.5", "no: 0.4",
      "5: variables.drug.distribution.levels: has probabilities that do not add up to 1; correct them"
    ),
    ("no: 0.5, ", "", "5: variables.drug.distribution.levels.no: is missing; add it"),
    (
      "no: 1.0", "no: 1.1",
      "5: variables.drug.effect.levels: has a first level with an effect; give the dictionary's first level 1.0"
    ),
    (
      "{log_normal: {median: 2, log_deviation: 1}}", "{normal: {mean: 2, deviation: 1}}",
      "7: variables.relapses.effect.logarithmic: needs a positive variable; use it with log_normal or gamma only"
    ),
    (
      "{odds_ratio: 2}", "{odds_ratio: 2}, decimals: 1",
      "8: variables.steroids.decimals: goes with continuous variables and counts only; remove it"
    ),
    (
      "{odds_ratio: 1.2}}", "{odds_ratio: 1.2}}, decimals: 1",
      "7: variables.relapses.decimals: must be a whole number from 0 to 0; write it in digits, without quotes"
    ),
    (
      "{normal: {mean: 40, deviation: 10}}", "{}",
      "6: variables.age.distribution: must be one distribution; write one of normal, log_normal, gamma, by"
    ),
    (
      "odds_ratio: 1.5", "odds_ratio: -1.5",
      "6: variables.age.effect.linear.odds_ratio: must be an odds ratio, a number above 0; write it with a decimal point, without quotes"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    let dictionary = try DictionaryDocument.decode(sampleDictionary.utf8, file: "d.yaml")
    let text = try effects.changing(old, to: new)
    let said = complaint { () throws(DocumentError) in
      try EffectsDocument.decode(text.utf8, file: "e.yaml", dictionary: dictionary)
    }
    #expect(said == "e.yaml:\(expected)")
  }

  @Test func everyVariableHasAnEffect() throws {
    let lines = effects.split(separator: "\n").filter { !$0.contains("steroids") }
    let dictionary = try DictionaryDocument.decode(sampleDictionary.utf8, file: "d.yaml")
    let said = complaint { () throws(DocumentError) in
      try EffectsDocument.decode(
        lines.joined(separator: "\n").utf8, file: "e.yaml", dictionary: dictionary)
    }
    #expect(said == "e.yaml:4: variables.steroids: is missing; add it")
  }

  @Test(arguments: [
    ("ibd", "failure_12m", 0.4), ("ms", "edss_worse_24m", 0.15), ("rd", "nonresponse_6m", 0.43),
  ])
  func theCommittedEffectsFitTheirStudies(name: String, outcome: String, prevalence: Double) throws {
    let dictionary = try committedDictionary(name)
    let effects = try EffectsDocument.decode(
      committed("protocols/studies/\(name).effects.yaml"), file: "\(name).effects.yaml",
      dictionary: dictionary)
    #expect(effects.outcome == outcome && effects.prevalence == prevalence && effects.siteShift == 0.35)
    #expect(effects.variables.map(\.variable) == dictionary.variables.map(\.name))
    let mess = effects.mess
    #expect(mess.rareLevel != nil && mess.separating != nil && mess.otherUnits.count >= 2)
    // What one site alone has in messy records, nobody has in clean ones.
    let rare = try #require(mess.rareLevel)
    let drawn = try #require(effects.variables.first { $0.variable == rare.variable })
    let level = try #require(dictionary.variable(named: rare.variable)?.levels?.firstIndex(of: rare.text))
    guard case .levels(let shares)? = drawn.distribution else {
      Issue.record("\(rare.variable) has no levels")
      return
    }
    #expect(shares[level] == 0)
  }
}
