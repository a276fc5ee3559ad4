import Cohorts
import Documents
import Foundation
import Testing

/// What an effects document may say beside the plain forms.
@Suite struct EffectsFormsTests {
  private let dictionary = """
    konsil: dictionary/1
    name: joints
    title: A joint study
    purpose: To test
    variables:
      kind: {label: Kind, type: categorical, levels: [A, B]}
      mild: {label: Mild, type: binary}
      stage: {label: Stage, type: ordinal, levels: [early, late], applies_when: {kind: {one_of: [A]}}}
      tender: {label: Tender, type: count, range: [0, 28]}
      pain: {label: Pain, type: continuous, unit: mm, range: [0, 100], missing: ["né", NA]}
      score: {label: Score, type: continuous, unit: "1", range: [0, 38], computed: {tender: 1, pain: 0.1}}
    outcomes:
      failure: {label: Failure, definition: It failed}

    """

  private let effects = """
    konsil: effects/1
    outcome: failure
    prevalence: 0.3
    scale: 1.5
    variables:
      kind: {distribution: {levels: {A: 1, B: 0}}, effect: none}
      mild: {distribution: {by: {kind: {A: {bernoulli: 0.1}, B: {bernoulli: 0.2}}}}, effect: {by: {kind: {A: {odds_ratio: 2}, B: {odds_ratio: 1}}}}}
      stage: {distribution: {levels: {early: 0.5, late: 0.5}}, effect: {linear: {odds_ratio: 3, per: 1}}, missing: 0.25}
      tender: {distribution: {by: {mild: {0: {poisson: {mean: 2}}, 1: {negative_binomial: {mean: 4, deviation: 3, zeros: 0.5}}}}}, effect: {at_least: {value: 1, odds_ratio: 2}}}
      pain: {distribution: {gamma: {mean: 30, deviation: 10}}, follows: {tender: {from: 5, by: 0.1}}, at_most: tender, step: 0.5, decimals: 1, effect: [{logarithmic: {odds_ratio: 2}}, {hinge: {odds_ratio: 0.5, per: 10, from: 40}}]}
      score: {effect: {linear: {odds_ratio: 1.03, per: 1}}}
    mess:
      rare_level: {kind: B}
      unknown_level: {stage: last}
      absent_level: {kind: A}
      constant: {tender: 3}
      constant_everywhere: {mild: 0}
      separating: {mild: 1}
      accented: {pain: né}
      other_units: {pain: 0.1}

    """

  private func decode(_ text: String) throws(DocumentError) -> CohortEffects {
    try EffectsDocument.decode(
      text.utf8, file: "e.yaml", dictionary: DictionaryDocument.decode(dictionary.utf8, file: "d.yaml"))
  }

  @Test func everyFormIsRead() throws {
    let read = try decode(effects)
    #expect(read.scale == 1.5)
    let expected: [VariableEffect] = [
      VariableEffect(variable: "kind", distribution: .levels([1, 0]), effect: .sum([])),
      VariableEffect(
        variable: "mild", distribution: .by(variable: "kind", [.bernoulli(0.1), .bernoulli(0.2)]),
        effect: .by(
          variable: "kind",
          [.linear(logOddsRatio: log(2), per: 1), .linear(logOddsRatio: 0, per: 1)])),
      VariableEffect(
        variable: "stage", distribution: .levels([0.5, 0.5]),
        effect: .linear(logOddsRatio: log(3), per: 1), missing: 0.25),
      VariableEffect(
        variable: "tender",
        distribution: .by(
          variable: "mild",
          [.poisson(mean: 2), .hurdle(zeros: 0.5, .negativeBinomial(mean: 4, deviation: 3))]),
        effect: .atLeast(value: 1, logOddsRatio: log(2))),
      VariableEffect(
        variable: "pain", distribution: .gamma(mean: 30, deviation: 10),
        trends: [VariableEffect.Trend(variable: "tender", from: 5, by: 0.1)], atMost: "tender",
        effect: .sum([
          .logarithmic(logOddsRatio: log(2)), .hinge(logOddsRatio: log(0.5), per: 10, from: 40),
        ]), decimals: 1, step: 0.5),
      VariableEffect(
        variable: "score", distribution: nil, effect: .linear(logOddsRatio: log(1.03), per: 1)),
    ]
    for (found, wanted) in zip(read.variables, expected) { #expect(found == wanted) }
    #expect(read.variables.count == expected.count)
    #expect(
      read.mess
        == MessDetails(
          rareLevel: .init(variable: "kind", text: "B"), constant: .init(variable: "tender", text: "3"),
          constantEverywhere: .init(variable: "mild", text: "0"),
          separating: .init(variable: "mild", text: "1"),
          unknownLevel: .init(variable: "stage", text: "last"),
          absentLevel: .init(variable: "kind", text: "A"),
          accented: .init(variable: "pain", text: "né"),
          otherUnits: [.init(variable: "pain", factor: 0.1)]))
  }

  @Test(arguments: [
    (
      "scale: 1.5", "scale: 0",
      "4: scale: must be a number above 0; write it with a decimal point, without quotes"
    ),
    (
      "{A: 1, B: 0}", "{A: 1.5, B: -0.5}",
      "6: variables.kind.distribution.levels.A: must be a share from 0 to 1; write it with a decimal point, without quotes"
    ),
    ("effect: none", "effect: nothing", "6: variables.kind.effect: is not known here; write one of none"),
    (
      "{A: {bernoulli: 0.1}, B: {bernoulli: 0.2}}", "{A: {bernoulli: 0.1}}",
      "7: variables.mild.distribution.by.kind.B: is missing; add it"
    ),
    (
      "{by: {mild: {0: {poisson", "{by: {stage: {0: {poisson",
      "9: variables.tender.distribution.by.stage: is not a key here; write one of kind, mild"
    ),
    (
      "{mean: 4, deviation: 3, zeros: 0.5}", "{mean: 4, deviation: 2, zeros: 0.5}",
      "9: variables.tender.distribution.by.mild.1.negative_binomial.deviation: must be a number above the square root of the mean; write it with a decimal point, without quotes"
    ),
    (
      "{gamma: {mean: 30, deviation: 10}}", "{poisson: {mean: 30}}",
      "10: variables.pain.distribution.poisson: is not a key here; write one of normal, log_normal, gamma, by"
    ),
    (
      "{gamma: {mean: 30, deviation: 10}}",
      "{normal: {mean: 30, deviation: 10}, gamma: {mean: 30, deviation: 10}}",
      "10: variables.pain.distribution: must be one distribution; write one of normal, log_normal, gamma, by"
    ),
    (
      "{gamma: {mean: 30, deviation: 10}}", "{normal: {mean: 30, deviation: 10}}",
      "10: variables.pain.effect[1].logarithmic: needs a positive variable; use it with log_normal or gamma only"
    ),
    (
      "follows: {tender: {from", "follows: {stage: {from",
      "10: variables.pain.follows.stage: is not a key here; write one of mild, tender, score"
    ),
    (
      "at_most: tender", "at_most: pain",
      "10: variables.pain.at_most: is not known here; write one of mild, tender, score"
    ),
    (
      "missing: 0.25", "missing: 1",
      "8: variables.stage.missing: must be a share from 0 to below 1; write it with a decimal point, without quotes"
    ),
    (
      "missing: 0.25", "follows: {tender: {from: 1, by: 1}}",
      "8: variables.stage.follows: goes with continuous variables and counts only; remove it"
    ),
    (
      "score: {effect", "score: {decimals: 1, effect",
      "11: variables.score.decimals: is not a key here; write one of effect"
    ),
    (
      "rare_level: {kind: B}", "rare_level: {kind: C}",
      "13: mess.rare_level.kind: is not a level of the variable; name another value"
    ),
    (
      "unknown_level: {stage: last}", "unknown_level: {stage: late}",
      "14: mess.unknown_level.stage: is not a level that the variable lacks; name another value"
    ),
    (
      "constant: {tender: 3}", "constant: {tender: 29}",
      "16: mess.constant.tender: is not a value of the variable; name another value"
    ),
    (
      "constant: {tender: 3}", "constant: {score: 3}",
      "16: mess.constant.score: is not a key here; write one of kind, mild, stage, tender, pain"
    ),
    (
      "accented: {pain: né}", "accented: {pain: NA}",
      "19: mess.accented.pain: is not one of the variable's texts for a missing value with a letter of Latin-1 beyond ASCII; name another value"
    ),
    (
      "other_units: {pain: 0.1}", "other_units: {tender: 0.1}",
      "20: mess.other_units.tender: is not a key here; write one of pain"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    let text = try effects.changing(old, to: new)
    let said = complaint { () throws(DocumentError) in try decode(text) }
    #expect(said == "e.yaml:\(expected)")
  }
}
