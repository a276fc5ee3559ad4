import Cohorts
import Documents
import Foundation
import Testing

/// Ordinal, conditional and computed variables, and codes.
@Suite struct DictionaryReferenceTests {
  private let dictionary = """
    konsil: dictionary/1
    name: joints
    title: A joint study
    purpose: To test
    variables:
      kind: {label: Kind, type: categorical, levels: [A, B]}
      stage: {label: Stage, type: ordinal, levels: [early, late, last]}
      tender: {label: Tender, type: count, range: [0, 28]}
      pain: {label: Pain, type: continuous, unit: mm, range: [0, 100]}
      score:
        label: Score
        type: continuous
        unit: "{score}"
        range: [0, 38]
        computed: {tender: 1, pain: 0.1}
      site:
        label: Place of the disease
        type: categorical
        levels: [hand, foot]
        applies_when: {kind: {one_of: [A]}}
      old:
        label: Years beyond 60
        type: count
        range: [0, 60]
        applies_when: {pain: {at_least: 10, at_most: 90}}
    outcomes:
      failure: {label: Failure, definition: It failed}

    """

  private func complaint(about text: String) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try DictionaryDocument.decode(text.utf8, file: "d.yaml")
    }
  }

  @Test func theyAreRead() throws {
    let read = try DictionaryDocument.decode(dictionary.utf8, file: "d.yaml")
    #expect(read.variable(named: "stage")?.kind == .ordinal(levels: ["early", "late", "last"]))
    #expect(
      read.variable(named: "stage")?.appliesWhen == nil && read.variable(named: "stage")?.formula == nil)
    #expect(
      read.variable(named: "score")?.formula
        == Formula([
          Formula.Part(variable: "tender", factor: 1), Formula.Part(variable: "pain", factor: 0.1),
        ]))
    #expect(
      read.variable(named: "site")?.appliesWhen
        == FilterCondition(variable: "kind", test: .oneOf(["A"])))
    #expect(
      read.variable(named: "old")?.appliesWhen
        == FilterCondition(variable: "pain", test: .between(atLeast: 10, atMost: 90)))
  }

  @Test(arguments: [
    (
      "levels: [early, late, last]", "levels: [early]",
      "7: variables.stage.levels: has a single level; name at least two, the lowest first"
    ),
    (
      "levels: [early, late, last]", "levels: [early, late], range: [0, 2]",
      "7: variables.stage.range: does not go with type ordinal; remove it or change the type"
    ),
    (
      "levels: [early, late, last]", "levels: [early, late], missing: [late]",
      "7: variables.stage.missing: has the level “late”; a level cannot stand for a missing value"
    ),
    (
      "type: count, range: [0, 28]", "type: count, range: [0, 28], computed: {pain: 1}",
      "8: variables.tender.computed: does not go with type count; remove it or change the type"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1, pains: 0.1}",
      "15: variables.score.computed: names “pains”, which is no variable here; did you mean “pain”?"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1, stage: 0.1}",
      "15: variables.score.computed: has the part “stage”, which is no number; name numbers only"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1, score: 0.1}",
      "15: variables.score.computed: has the part “score”, which is computed itself; name recorded variables"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1, old: 0.1}",
      "15: variables.score.computed: has the part “old”, which does not always apply; let the computed variable apply under the same condition"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1, pain: 0}",
      "15: variables.score.computed.pain: must be a number other than 0; write it with a decimal point, without quotes"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {}",
      "15: variables.score.computed: is empty; name at least one"
    ),
    (
      "computed: {tender: 1, pain: 0.1}", "computed: {tender: 1}\n    missing: [NA]",
      "16: variables.score.missing: does not go with a computed variable; give its parts the texts for missing values"
    ),
    (
      "{kind: {one_of: [A]}}", "{kinds: {one_of: [A]}}",
      "20: variables.site.applies_when: names “kinds”, which is no variable here; did you mean “kind”?"
    ),
    (
      "{kind: {one_of: [A]}}", "{kind: {one_of: [a]}}",
      "20: variables.site.applies_when: names a level that “kind” does not have; did you mean “A”?"
    ),
    (
      "{kind: {one_of: [A]}}", "{kind: {at_least: 1}}",
      "20: variables.site.applies_when: does not fit the type of “kind”; write one_of with some of its levels"
    ),
    (
      "{kind: {one_of: [A]}}", "{tender: {one_of: [A]}}",
      "20: variables.site.applies_when: does not fit the type of “tender”; write at_least or at_most"
    ),
    (
      "{kind: {one_of: [A]}}", "{site: {one_of: [hand]}}",
      "20: variables.site.applies_when: hangs on “site”, which does not always apply itself; name a variable that always applies"
    ),
    (
      "{kind: {one_of: [A]}}", "{old: {at_least: 1}}",
      "20: variables.site.applies_when: hangs on “old”, which does not always apply itself; name a variable that always applies"
    ),
    (
      "{kind: {one_of: [A]}}", "{kind: {one_of: [A]}, pain: {at_least: 1}}",
      "20: variables.site.applies_when: must name one variable; write “{diagnosis: {one_of: [CD]}}”"
    ),
    (
      "{kind: {one_of: [A]}}", "{kind: {}}",
      "20: variables.site.applies_when.kind: has no condition; write at_least, at_most or one_of"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    #expect(complaint(about: try dictionary.changing(old, to: new)) == "d.yaml:\(expected)")
  }

  /// A part may be conditional where the whole is so too.
  @Test func aComputedVariableMayApplyAsItsPartsDo() throws {
    let condition = "applies_when: {pain: {at_least: 10, at_most: 90}}"
    let text = try dictionary.changing(
      "computed: {tender: 1, pain: 0.1}", to: "computed: {tender: 1, old: 0.1}\n    \(condition)")
    let read = try DictionaryDocument.decode(text.utf8, file: "d.yaml")
    #expect(read.variable(named: "score")?.appliesWhen == read.variable(named: "old")?.appliesWhen)
  }

  private func decode(codes: String) -> String {
    complaint(
      about: dictionary.replacingOccurrences(
        of: "type: count, range: [0, 28]", with: "type: count, range: [0, 28], codes: {\(codes)}"))
  }

  @Test(arguments: [
    "loinc: 1988-5", "loinc: 30525-0", "loinc: 718-7", "snomed: 34000006", "snomed: 64766004",
    "snomed: 24700007", "snomed: 900000000000207008", "atc: L04AB02", "atc: L04AB", "atc: L",
    "local: any text",
    "loinc: 38445-3, snomed: 77176002, atc: H02AB",
  ])
  func codesOfTheRightFormAreRead(codes: String) {
    #expect(decode(codes: codes) == "")
  }

  @Test(arguments: [
    "1988-6", "1898-5", "1988", "1988-", "-5", "01988-5", "1988-55", "1988-x", "LA6576-8", "12345678-9",
  ])
  func aLOINCCodeHasItsCheckDigit(code: String) {
    #expect(
      decode(codes: "loinc: \"\(code)\"")
        == "d.yaml:8: variables.tender.codes.loinc: is not a LOINC code: digits, a hyphen and their check digit, such as 1988-5; look the code up again, or remove it"
    )
  }

  /// A wrong digit, two exchanged, another partition, too short, too long, and letters.
  @Test(arguments: [
    "34000007", "43000006", "34000060", "340000", "12340000000000000000", "3400000a", "034000006",
  ])
  func aSNOMEDCodeHasItsCheckDigit(code: String) {
    #expect(decode(codes: "snomed: \"\(code)\"").contains("is not a SNOMED CT code"))
  }

  @Test(arguments: ["l04ab02", "L04AB2", "L04AB022", "04ABL02", "L4AB02", "L04A02", "LO4AB02"])
  func anATCCodeHasItsForm(code: String) {
    #expect(decode(codes: "atc: \(code)").contains("is not an ATC code"))
  }
}
