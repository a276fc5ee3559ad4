import Cohorts
import Documents
import Testing

@Suite struct DictionaryDocumentTests {
  private func complaint(about text: String) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try DictionaryDocument.decode(text.utf8, file: "d.yaml")
    }
  }

  @Test func everyTypeIsRead() throws {
    let dictionary = try DictionaryDocument.decode(sampleDictionary.utf8, file: "d.yaml")
    let years = try #require(ValueRange(lower: 18, upper: 110))
    let relapses = try #require(ValueRange(lower: 0, upper: 20))
    #expect(
      dictionary
        == StudyDictionary(
          name: "gut", title: "A gut study", purpose: "To test",
          variables: [
            Variable(
              name: "age", label: "Age", kind: .continuous(years), unit: "a", codes: [:], missing: []),
            Variable(
              name: "relapses", label: "Relapses", kind: .count(relapses), unit: nil, codes: [:],
              missing: ["-9", "NA"]),
            Variable(
              name: "steroids", label: "Steroids", kind: .binary, unit: nil, codes: [:], missing: []),
            Variable(
              name: "drug", label: "Drug", kind: .categorical(levels: ["no", "yes", "3"]), unit: nil,
              codes: ["atc": "L04AB02"], missing: []),
          ],
          outcomes: [
            Outcome(name: "failure", label: "Failure", definition: "Stopped within 12 months")
          ]))
  }

  @Test(arguments: [
    (
      "type: binary", "type: boolean",
      "8: variables.steroids.type: is not known here; write one of continuous, count, binary, categorical, ordinal"
    ),
    (
      "type: binary", "type: binry",
      "8: variables.steroids.type: is not known here; did you mean “binary”?"
    ),
    (
      "type: binary", "type: binary, range: [0, 1]",
      "8: variables.steroids.range: does not go with type binary; remove it or change the type"
    ),
    (
      "type: binary", "type: binary, levels: [a, b]",
      "8: variables.steroids.levels: does not go with type binary; remove it or change the type"
    ),
    (
      "levels: [no, yes, 3]", "unit: g",
      "12: variables.drug.unit: does not go with type categorical; remove it or change the type"
    ),
    ("unit: a, ", "", "6: variables.age.unit: is missing; add it"),
    (", range: [18, 110]", "", "6: variables.age.range: is missing; add it"),
    (
      "[18, 110]", "[110, 18]",
      "6: variables.age.range: must be two numbers, the lower one first; write “[0, 500]”"
    ),
    (
      "[18, 110]", "[18]",
      "6: variables.age.range: must be two numbers, the lower one first; write “[0, 500]”"
    ),
    (
      "[0, 20]", "[0, 20.5]",
      "7: variables.relapses.range: must have whole ends for a count; write “[0, 20]”"
    ),
    (
      "[no, yes, 3]", "[no]",
      "12: variables.drug.levels: has a single level; name at least two, the reference first"
    ),
    (
      "[no, yes, 3]", "[no, yes, no]",
      "12: variables.drug.levels[3]: repeats “no”; keep each entry of the list once"
    ),
    (
      "[no, yes, 3]", "[]",
      "12: variables.drug.levels: is an empty list; name at least one entry"
    ),
    (
      "codes: {atc: L04AB02}", "missing: [yes]",
      "13: variables.drug.missing: has the level “yes”; a level cannot stand for a missing value"
    ),
    (
      "steroids:", "Steroids:",
      "8: variables.Steroids: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “_”"
    ),
    (
      "name: gut", "name: 9gut",
      "2: name: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “_”"
    ),
    ("failure:", "age:", "15: outcomes.age: is also a variable; give the outcome a name of its own"),
    (
      "definition: Stopped within 12 months", "definition: ",
      "15: outcomes.failure.definition: has no value; write one, or remove the key"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    #expect(complaint(about: try sampleDictionary.changing(old, to: new)) == "d.yaml:\(expected)")
  }

  @Test func aDictionaryHasVariablesAndOutcomes() throws {
    let top = "konsil: dictionary/1\nname: a\ntitle: b\npurpose: c\n"
    #expect(
      complaint(about: top + "variables: {}\noutcomes: {}\n")
        == "d.yaml:5: variables: is empty; name at least one")
  }

  /// A digit, a letter outside of ASCII, a letter with a combining sign, and one too long.
  @Test(arguments: ["1a", "é", "a\u{20E3}", "a b", "a-b", String(repeating: "a", count: 64)])
  func namesAreOfASCII(name: String) throws {
    let text = try sampleDictionary.changing("steroids:", to: "\"\(name)\":")
    #expect(complaint(about: text).contains("is not a name"))
  }

  @Test(arguments: [
    ("ibd", ["failure_12m"], 23), ("ms", ["edss_worse_24m"], 18), ("rd", ["nonresponse_6m"], 21),
  ])
  func theCommittedStudiesDecode(name: String, outcomes: [String], variables: Int) throws {
    let dictionary = try committedDictionary(name)
    #expect(dictionary.name == name)
    #expect(dictionary.outcomes.map(\.name) == outcomes)
    #expect(dictionary.variables.count == variables)
    for variable in dictionary.variables {
      // A level or number that stands for a missing value elsewhere would be read as one here.
      for text in variable.missing {
        #expect(Double(text) == nil || variable.name == "nhpt", "\(variable.name)")
      }
    }
  }

  @Test func theCommittedStudiesHaveWhatTheirDiseasesNeed() throws {
    let ibd = try committedDictionary("ibd")
    #expect(ibd.variable(named: "crp")?.codes == ["loinc": "1988-5"])
    #expect(
      ibd.variable(named: "drug")?.kind
        == .categorical(levels: ["infliximab", "adalimumab", "vedolizumab"]))
    let crohns = FilterCondition(variable: "diagnosis", test: .oneOf(["CD"]))
    for name in ["location", "behaviour", "hbi"] {
      #expect(ibd.variable(named: name)?.appliesWhen == crohns, "\(name)")
    }
    #expect(
      ibd.variable(named: "partial_mayo")?.appliesWhen
        == FilterCondition(variable: "diagnosis", test: .oneOf(["UC"])))
    let ms = try committedDictionary("ms")
    #expect(ms.variable(named: "dmt_class")?.kind == .ordinal(levels: ["none", "moderate", "high"]))
    let rd = try committedDictionary("rd")
    #expect(
      rd.variable(named: "cdai")?.formula?.parts.map { "\($0.factor) \($0.variable)" }
        == ["1.0 tjc28", "1.0 sjc28", "0.1 ptga", "0.1 phga"])
    // The greatest values of the parts give the range's end.
    #expect(rd.variable(named: "cdai")?.kind == .continuous(try #require(ValueRange(lower: 0, upper: 76))))
    #expect(rd.overlap(among: ["age", "cdai", "tjc28"]).map { [$0.whole, $0.part] } == ["cdai", "tjc28"])
    #expect(rd.overlap(among: ["cdai", "das28_crp"]) == nil)
  }
}
