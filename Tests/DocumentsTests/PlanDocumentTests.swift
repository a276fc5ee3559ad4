import Cohorts
import Documents
import Federation
import Preprocessing
import Regression
import SecureAggregation
import Testing

private let digest = Digest(of: Array("study".utf8))

private let template = """
  konsil: plan/1
  name: gut-failure      # its name
  study:
    name: gut            # the study's
  filter:
    age: {at_least: 18, at_most: 80.5}
    relapses: {at_most: 3}
    drug: {one_of: [no, yes]}
  algorithm: logistic
  outcome: failure
  predictors: [age, drug]
  penalty: {ridge: {lambda: 1.5}}
  most_steps: 40

  """

@Suite struct PlanDocumentTests {
  private func complaint(about text: String) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try PlanDocument.decode(text.utf8, file: "p.yaml")
    }
  }

  private func plan(digest: Digest?, sites: [String]) -> Plan {
    Plan(
      name: "gut-failure", study: "gut", studyDigest: digest, sites: sites, membership: .fixed,
      filter: CohortFilter([
        FilterCondition(variable: "age", test: .between(atLeast: 18, atMost: 80.5)),
        FilterCondition(variable: "relapses", test: .between(atLeast: nil, atMost: 3)),
        FilterCondition(variable: "drug", test: .oneOf(["no", "yes"])),
      ]),
      algorithm: .logistic(
        LogisticSpecification(
          outcome: "failure", predictors: ["age", "drug"], penalty: .ridge(lambda: 1.5))),
      mostSteps: 40)
  }

  @Test func aTemplateIsRead() throws {
    #expect(try PlanDocument.decode(template.utf8, file: "p.yaml") == plan(digest: nil, sites: []))
  }

  @Test func whatIsLeftOutHasADefault() throws {
    let text = """
      konsil: plan/1
      name: small
      study: {name: gut}
      algorithm: logistic
      outcome: failure
      predictors: [age]
      """
    #expect(
      try PlanDocument.decode(text.utf8, file: "p.yaml")
        == Plan(
          name: "small", study: "gut", studyDigest: nil, sites: [], membership: .fixed,
          filter: CohortFilter([]),
          algorithm: .logistic(
            LogisticSpecification(outcome: "failure", predictors: ["age"], penalty: .none)),
          mostSteps: 200))
    #expect(
      try PlanDocument.decode((text + "\npenalty: none\nmembership: fixed").utf8, file: "p.yaml")
        == PlanDocument.decode(text.utf8, file: "p.yaml"))
  }

  @Test(arguments: [
    (
      "algorithm: logistic", "algorithm: logitsic",
      "9: algorithm: is not known here; did you mean “logistic”?"
    ),
    (
      "algorithm: logistic", "algorithm: forest",
      "9: algorithm: is not known here; write one of logistic, summary, boosting"
    ),
    (
      "predictors: [age, drug]", "predictors: [age, drug, age]",
      "11: predictors[3]: repeats “age”; keep each entry of the list once"
    ),
    (
      "penalty: {ridge: {lambda: 1.5}}", "variables: [age]",
      "12: variables: goes with “algorithm: summary” only; remove it"
    ),
    (
      "predictors: [age, drug]", "predictors: age",
      "11: predictors: must be a list; write “[first, second]”, or each entry on a line after “- ”"
    ),
    (
      "lambda: 1.5", "lambda: 0",
      "12: penalty.ridge.lambda: must be a number above 0, or auto; write it with a decimal point, without quotes"
    ),
    (
      "lambda: 1.5", "lambda: 1e999",
      "12: penalty.ridge.lambda: must be a number above 0, or auto; write it with a decimal point, without quotes"
    ),
    (
      "{ridge: {lambda: 1.5}}", "lasso",
      "12: penalty: is not known here; write one of none, firth"
    ),
    (
      "{ridge: {lambda: 1.5}}", "{lasso: 1}",
      "12: penalty.lasso: is not a key here; write one of ridge"
    ),
    (
      "most_steps: 40", "most_steps: 100001",
      "13: most_steps: must be a whole number from 1 to 100000; write it in digits, without quotes"
    ),
    (
      "most_steps: 40", "membership: open",
      "13: membership: is not known here; write one of fixed, tolerant"
    ),
    (
      "{at_most: 3}", "{}",
      "7: filter.relapses: has no condition; write at_least, at_most or one_of"
    ),
    (
      "{at_most: 3}", "{at_most: 3, at_least: 4}",
      "7: filter.relapses: has at_least above at_most; write an interval that holds something"
    ),
    (
      "{at_most: 3}", "{at_most: 3, one_of: [a]}",
      "7: filter.relapses: mixes one_of with an interval; keep one of them"
    ),
    (
      "    name: gut ", "    name: gut\n  digest: abc",
      "5: study.digest: is not a digest; write the 64 hexadecimal digits of the study's SHA-256"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    let indented = template.replacing("\n  name: gut ", with: "\n    name: gut ")
    let text = try indented.changing(old, to: new.replacing("\n  ", with: "\n    "))
    #expect(complaint(about: text) == "p.yaml:\(expected)")
  }

  @Test func aDigestComesWithSites() throws {
    let text = try template.changing(
      "  name: gut  ", to: "  digest: \(digest.hexadecimal)\n  name: gut  ")
    #expect(
      complaint(about: text)
        == "p.yaml:1: names a study's digest but no sites; name the sites, or remove the digest for a template"
    )
  }

  @Test func aSummaryHasVariablesInPlaceOfPredictors() throws {
    let text = try template.changing("algorithm: logistic", to: "algorithm: summary")
      .changing("predictors: [age, drug]\n", to: "variables: [drug, age]\n")
      .changing("penalty: {ridge: {lambda: 1.5}}\n", to: "")
    #expect(
      try PlanDocument.decode(text.utf8, file: "p.yaml").algorithm
        == .summary(SummarySpecification(outcome: "failure", variables: ["drug", "age"])))
    #expect(
      complaint(about: text + "rare: merge\n")
        == "p.yaml:13: rare: goes with “algorithm: logistic” only; remove it")
    #expect(
      complaint(about: try text.changing("[drug, age]", to: "[drug, drug]"))
        == "p.yaml:11: variables[2]: repeats “drug”; keep each entry of the list once")
  }

  @Test(arguments: [
    ("ibd.yaml", "ibd-failure.plan.yaml"), ("ms.yaml", "ms-worsening.plan.yaml"),
    ("rd.yaml", "rd-nonresponse.plan.yaml"),
  ])
  func theCommittedTemplateFitsItsStudy(_ dictionary: String, _ template: String) throws {
    let dictionary = try DictionaryDocument.decode(
      committed("protocols/studies/\(dictionary)"), file: dictionary)
    let plan = try PlanDocument.decode(committed("protocols/studies/\(template)"), file: template)
    #expect(plan.studyDigest == nil && plan.sites.isEmpty)
    let sites = try ["a", "b", "c"].enumerated().map { Party(name: $1, key: try key(UInt8($0 + 1))) }
    let study = Study(
      dictionary: dictionary, sites: sites, researchers: [],
      limits: Study.Limits(leastSites: 3, leastRows: 100, leastCount: 5, mostRowsPerSite: 1 << 20),
      recordKey: "patient_id")
    let completed = Plan(
      name: plan.name, study: plan.study, studyDigest: nil, sites: sites.map(\.name),
      membership: plan.membership, filter: plan.filter, algorithm: plan.algorithm, mostSteps: plan.mostSteps)
    #expect(completed.problems(in: study) == [])
  }

  @Test func completingATemplateKeepsItsOtherLines() throws {
    let text = try PlanDocument.compose(
      template: template, file: "p.yaml", digest: digest, sites: ["basel", "freiburg"])
    let expected = try template.changing(
      "  name: gut            # the study's\n",
      to: """
          name: gut            # the study's
          digest: \(digest.hexadecimal)
        sites:
          - basel
          - freiburg

        """)
    #expect(text == expected)
    #expect(
      try PlanDocument.decode(text.utf8, file: "p.yaml")
        == plan(digest: digest, sites: ["basel", "freiburg"]))
  }

  @Test func completingAgainReplacesDigestAndSites() throws {
    let first = try PlanDocument.compose(
      template: template, file: "p.yaml", digest: Digest(of: []), sites: ["basel", "freiburg", "x"])
    let again = try PlanDocument.compose(
      template: first, file: "p.yaml", digest: digest, sites: ["luxembourg"])
    #expect(
      again
        == (try PlanDocument.compose(
          template: template, file: "p.yaml", digest: digest, sites: ["luxembourg"])))
  }

  @Test func aTemplateMayNameStudyAndSitesOnOneLineEach() throws {
    let compact = """
      konsil: plan/1
      name: small
      sites: [a, b, c]
      study: {name: gut}  # braces
      algorithm: logistic
      outcome: failure
      predictors: [age]
      """
    let text = try PlanDocument.compose(
      template: compact, file: "p.yaml", digest: digest, sites: ["basel"])
    #expect(
      text == """
        konsil: plan/1
        name: small
        sites:
          - basel
        study: {name: gut, digest: \(digest.hexadecimal)}  # braces
        algorithm: logistic
        outcome: failure
        predictors: [age]
        """)
  }

  @Test func theCommittedTemplateIsCompleted() throws {
    let template = String(
      decoding: try committed("protocols/studies/ibd-failure.plan.yaml"), as: UTF8.self)
    let text = try PlanDocument.compose(
      template: template, file: "p.yaml", digest: digest, sites: ["basel", "freiburg"])
    let plan = try PlanDocument.decode(text.utf8, file: "p.yaml")
    #expect(plan.studyDigest == digest)
    #expect(plan.sites == ["basel", "freiburg"])
    let added = ["  digest: \(digest.hexadecimal)", "sites:", "  - basel", "  - freiburg"]
    let rest = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !added.contains(String($0)) }
    #expect(rest.joined(separator: "\n") == template)
  }

  @Test func anUnusualLayoutIsRefusedAndNotGuessedAt() throws {
    let flow = """
      {konsil: plan/1, name: small, study: {name: gut},
       algorithm: logistic, outcome: failure, predictors: [age]}
      """
    let expected =
      "p.yaml:1: cannot be completed in place; write “study:” and “sites:” at the left margin, one entry a line, and distinct site names"
    for (template, sites) in [(flow, ["basel"]), (template, []), (template, ["a", "a"])] {
      #expect(
        DocumentsTests.complaint { () throws(DocumentError) in
          try PlanDocument.compose(template: template, file: "p.yaml", digest: digest, sites: sites)
        } == expected)
    }
  }
}
