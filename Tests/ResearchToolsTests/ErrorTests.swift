import Foundation
import Testing

/// Every kind of error: its message, advice, code and exit status, as text and as JSON.
@Suite(.needsKonsil)
struct ErrorTests {
  private struct Case {
    let arguments: [String]
    let code: String
    let status: Int32
    let message: String
    let advice: String?

    init(
      _ arguments: String, _ code: String, _ status: Int32, _ message: String, advice: String? = nil
    ) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.code = code
      self.status = status
      self.message = message
      self.advice = advice
    }
  }

  private static let readAdvice = "check the path, and that this account may read the file"
  private static let simulate = "simulate --study ibd.yaml --plan ibd-failure.plan.yaml --out other --site"

  private static func expect(_ cases: [Case], in workspace: Workspace) throws {
    for one in cases {
      let name = Comment(rawValue: one.arguments.joined(separator: " "))
      let text = try KonsilProcess.run(one.arguments, in: workspace)
      let sentence = one.advice.map { "\(one.message); \($0)" } ?? one.message
      #expect(text.errors == "konsil: error: \(sentence)\n", name)
      #expect(text.output.isEmpty && text.status == one.status, name)
      let json = try KonsilProcess.run(one.arguments + ["--json"], in: workspace)
      let error = try #require(try json.json()["error"] as? [String: Any], name)
      #expect(error["code"] as? String == one.code, name)
      #expect(error["message"] as? String == one.message, name)
      #expect(error["advice"] as? String == one.advice, name)
      #expect(error["exit_status"] as? Int32 == one.status && json.status == one.status, name)
      #expect(json.errors.isEmpty, name)
    }
  }

  @Test func filesThatAreMissingPresentOrTooLarge() throws {
    let workspace = try Workspace()
    try workspace.write(SampleModel.text, to: "model.json")
    try workspace.write(String(repeating: "#", count: (1 << 20) + 1), to: "large.yaml")
    try workspace.write("not a key\n", to: "bad.pub")
    try FileManager.default.createSymbolicLink(
      atPath: workspace("link.svg"), withDestinationPath: "model.json")
    try Self.expect(
      [
        Case(
          "model show --file none.json", "file-unreadable", 66,
          "none.json: cannot be read: No such file or directory", advice: Self.readAdvice),
        Case(
          "model show --file .", "file-unreadable", 66, ".: cannot be read: Is a directory",
          advice: Self.readAdvice),
        Case(
          "keys show none.pub", "file-unreadable", 66,
          "none.pub: cannot be read: No such file or directory", advice: Self.readAdvice),
        Case(
          "predict --model model.json --input none.csv", "file-unreadable", 66,
          "none.csv: cannot be read: No such file or directory", advice: Self.readAdvice),
        Case(
          "model export --file model.json --format csv --out model.json", "file-exists", 73,
          "model.json: exists already and is not overwritten", advice: "choose another place, or give --force"
        ),
        Case(
          "model plot --file model.json --out none/model.svg", "file-unwritable", 73,
          "none/model.svg: cannot be written: No such file or directory",
          advice: "check the path, and that this account may write there"),
        Case(
          "model plot --file model.json --out link.svg --force", "file-unwritable", 73,
          "link.svg: cannot be written: it is not a regular file",
          advice: "check the path, and that this account may write there"),
        Case(
          "study show large.yaml", "file-too-large", 65, "large.yaml: has more than 1 MiB",
          advice: "check that it is the right file"),
        Case(
          "keys show bad.pub", "identity-file", 65,
          "bad.pub is malformed: expected one line 'konsil-ed25519 <base64 of 32 bytes> <name>'"),
        Case(
          "keys new --name Anna --out a", "identity-file", 65,
          "the name cannot be used: a name has 1 to 63 characters of a-z, 0-9 and '-', and begins with a letter"
        ),
        Case(
          "model show --file ibd.yaml", "model-file", 65, "ibd.yaml: cannot be read as JSON",
          advice: "give a model file as konsil writes it, unchanged"),
      ], in: workspace)
    #expect(try workspace.text("model.json") == SampleModel.text)
    let forced = try KonsilProcess.run(
      ["model", "export", "--file", "model.json", "--format", "csv", "--out", "model.json", "--force"],
      in: workspace)
    #expect(forced.status == 0)
    #expect(try workspace.text("model.json").hasPrefix("simulated,term"))
  }

  @Test func keysThatMayNotBeUsed() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: workspace("keys/anna/identity.key"))
    try Self.expect(
      [
        Case(
          "keys new --name anna --out keys/anna", "identity-file", 73,
          "keys/anna/identity.key exists already and is not overwritten",
          advice: "choose another folder or move it away"),
        Case(
          "study sign study.yaml --key keys/anna --force", "identity-file", 77,
          "keys/anna/identity.key holds a secret that others may read (mode 640)",
          advice: "run: chmod 600 keys/anna/identity.key"),
        Case(
          "study sign study.yaml --key keys/owner", "file-exists", 73,
          "study.yaml.sig: exists already and is not overwritten",
          advice: "choose another place, or give --force"),
        Case(
          "study sign study.yaml --key study.yaml --force", "no-key-folder", 66,
          "study.yaml: is neither a folder of keys nor an identity.key",
          advice: "give the folder that “konsil keys new” made"),
      ], in: workspace)
  }

  @Test func studiesThatCannotBeMade() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    let new =
      "study new --dictionary ibd.yaml --out new.yaml --researcher anna=keys/anna/identity.pub --site "
      + "luxembourg=keys/luxembourg/identity.pub freiburg=keys/freiburg/identity.pub"
    try Self.expect(
      [
        Case(
          "\(new) paris=keys/basel/identity.pub", "key-of-another-name", 65,
          "--site paris: keys/basel/identity.pub is the key of “basel”",
          advice: "give the key under its own name, which the certificate has as well"),
        Case(
          "\(new) freiburg=keys/basel/identity.pub", "name-repeated", 64,
          "--site names “freiburg” twice", advice: "name it once"),
        Case(
          "\(new) --least-sites 3", "bad-document", 65,
          "study of ibd.yaml:10: least_sites: is more than the 2 sites of the study",
          advice: "invite more sites or lower it"),
        Case(
          new.replacingOccurrences(of: "ibd.yaml", with: "ibd-failure.plan.yaml"), "bad-document", 65,
          "ibd-failure.plan.yaml:1: konsil: is not “dictionary/1”",
          advice: "give a document of that kind and version"),
      ], in: workspace)
    #expect(!workspace.exists("new.yaml"))
  }

  @Test func plansThatDoNotFitTheirStudy() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    try KonsilProcess.succeed(
      "plan", "new", "--study", "study.yaml", "--template", "ibd-failure.plan.yaml", "--out", "plan.yaml",
      in: workspace)
    try workspace.derive("outcome.yaml", from: "plan.yaml", "outcome: failure_12m", "outcome: remission")
    try workspace.derive("both.yaml", from: "outcome.yaml", "  - basel", "  - paris")
    try workspace.derive("version2.yaml", from: "study.yaml", "least_rows: 50", "least_rows: 51")
    let outcome = (
      message: "outcome: “remission” is not an outcome of the study", advice: "its outcomes are failure_12m"
    )
    try Self.expect(
      [
        Case(
          "plan check outcome.yaml --study study.yaml", "plan-does-not-fit-study", 65,
          "outcome.yaml: \(outcome.message)", advice: outcome.advice),
        Case(
          "plan check both.yaml --study study.yaml", "plan-does-not-fit-study", 65,
          """
          both.yaml: sites: “paris” is not a site of the study; the study's sites are luxembourg, strasbourg, \
          freiburg, basel
          both.yaml: \(outcome.message); \(outcome.advice)
          both.yaml: 2 problems in all
          """),
        Case(
          "plan check plan.yaml --study version2.yaml", "plan-does-not-fit-study", 65,
          "plan.yaml: study.digest: the plan is for another version of the study",
          advice: "make it anew from its template with “konsil plan new”"),
        Case(
          "plan sign ibd-failure.plan.yaml --key keys/anna", "plan-is-template", 65,
          "ibd-failure.plan.yaml: study.digest: is missing, so this is a template",
          advice: "complete it with “konsil plan new”, then sign the result"),
        Case(
          "plan check ibd.yaml --study study.yaml", "bad-document", 65, "ibd.yaml:1: konsil: is not “plan/1”",
          advice: "give a document of that kind and version"),
        Case(
          "plan check plan.yaml --study ibd.yaml", "bad-document", 65, "ibd.yaml:1: konsil: is not “study/1”",
          advice: "give a document of that kind and version"),
      ], in: workspace)
  }

  @Test func simulationsThatCannotBegin() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    let records = Workspace.named { "records/\($0).csv" }.joined(separator: " ")
    try workspace.derive(
      "narrow.effects.yaml", from: "ibd.effects.yaml", "{mean: 132, deviation: 19}",
      "{mean: 13200, deviation: 19}")
    try workspace.makeStudy()
    try workspace.derive(
      "named.plan.yaml", from: "ibd-failure.plan.yaml", "membership: fixed",
      "sites: [luxembourg, strasbourg, basel]\nmembership: fixed")
    let named = Self.simulate.replacingOccurrences(of: "ibd-failure", with: "named")
    let cohort = "cohort simulate --study ibd.yaml --seed 1 --out other"
    try Self.expect(
      [
        Case(
          "\(named) luxembourg=records/luxembourg.csv", "site-without-records", 64,
          "no records are given for the plan's site “strasbourg”", advice: "add --site strasbourg=FILE.csv"),
        Case(
          "\(named) \(records)", "site-not-of-plan", 64,
          "--site names “freiburg”, which is not a site of the plan",
          advice: "the sites are luxembourg, strasbourg, basel"),
        Case(
          "\(Self.simulate) \(records) basel=records/basel.csv", "name-repeated", 64,
          "--site names “basel” twice", advice: "name it once"),
        Case(
          "\(Self.simulate) basel=records/basel.csv freiburg=records/freiburg.csv", "plan-does-not-fit-study",
          65, "ibd-failure.plan.yaml: sites: the plan names 2 sites; the study demands 3",
          advice: "name more sites"),
        Case(
          "\(cohort) --sites basel,freiburg --rows 10", "rows-and-sites", 64,
          "--sites names 2 sites and --rows 1 counts", advice: "give one number of rows for each site"),
        Case(
          "\(cohort) --sites basel --rows 10 --effects narrow.effects.yaml", "bad-effects", 65,
          "the distribution of “haemoglobin” lies outside of its range; change one of them"),
        Case(
          "\(cohort) --sites basel,basel --rows 10,10", "bad-effects", 65,
          "the sites are not distinct, or one has no rows; name each once, with 1 row or more"),
        Case(
          "cohort simulate --study study.yaml --seed 1 --out other --sites basel --rows 10",
          "file-unreadable", 66, "study.effects.yaml: cannot be read: No such file or directory",
          advice: Self.readAdvice),
      ], in: workspace)
    #expect(!workspace.exists("other"))
  }

  @Test func recordsThatDoNotFitTheDictionaryAreRefusedWithoutTheirValues() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    let sentinel = "SENTINEL9731"
    var lines = try workspace.text("records/basel.csv").components(separatedBy: "\n")
    var cells = lines[2].components(separatedBy: ",")
    cells[5] = sentinel
    lines[2] = cells.joined(separator: ",")
    try workspace.write(lines.joined(separator: "\n"), to: "one.csv")
    cells[1] = "197310"
    lines[2] = cells.joined(separator: ",")
    try workspace.write(lines.joined(separator: "\n"), to: "two.csv")
    try workspace.write(SampleModel.text, to: "model.json")
    try workspace.write("age,steroids,drug\n40,1,\(sentinel)\n", to: "patients.csv")
    let others = Workspace.named { "records/\($0).csv" }.dropLast().joined(separator: " ")
    let drug = "is none of the dictionary's levels, expected one of infliximab, adalimumab, vedolizumab"
    let age =
      "two.csv:3: age: is outside of the dictionary's range, expected a number from 18 to 110 a, "
      + "with a decimal point; correct it or leave it empty"
    try Self.expect(
      [
        Case(
          "\(Self.simulate) \(others) basel=one.csv", "bad-records", 65, "one.csv:3: drug: \(drug)",
          advice: "correct it or leave it empty"),
        Case(
          "\(Self.simulate) \(others) basel=two.csv", "bad-records", 65,
          "\(age)\ntwo.csv:3: drug: \(drug); correct it or leave it empty\ntwo.csv: 2 problems in all"),
        Case(
          "predict --model model.json --input patients.csv", "bad-records", 65,
          "patients.csv:2: drug: \(drug)", advice: "correct it or leave it empty"),
      ], in: workspace)
    #expect(!workspace.exists("other"))
  }

  @Test func aRunThatEndsWithoutAModelExitsWithOneAndWritesNothing() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    try workspace.makeStudy(["--least-rows", "100000"])
    let result = try KonsilProcess.run(
      [
        "simulate", "--study", "study.yaml", "--plan", "ibd-failure.plan.yaml", "--out", "other", "--json",
        "--site",
      ]
        + Workspace.named { "records/\($0).csv" }, in: workspace)
    let error = try #require(try result.json()["error"] as? [String: Any])
    #expect(result.status == 1 && error["exit_status"] as? Int == 1)
    #expect(error["code"] as? String == "too-few-rows")
    #expect(error["message"] as? String == "720 complete rows over all sites; 100000 are needed")
    #expect(!workspace.exists("other"))
  }

  @Test(arguments: [
    ["keys", "new"], ["study", "sign", "study.yaml"], ["plan", "check"], ["simulate", "--study", "ibd.yaml"],
    ["simulate", "--study", "a", "--plan", "b", "--out", "c", "--site", "../up=records.csv"],
    ["cohort", "simulate", "--study", "a", "--sites", "../up", "--rows", "1", "--seed", "1", "--out", "c"],
    ["cohort", "simulate", "--study", "a", "--sites", "up", "--rows", "1,x", "--seed", "1", "--out", "c"],
    ["plan", "check", "a", "--study", "b", "--rows", "0"],
    ["model", "export", "--file", "a", "--format", "xml", "--out", "b"], ["predict", "--modle", "a"],
    ["frobnicate"],
  ])
  func aWrongCommandLineExitsWithSixtyFourAndSaysWhy(_ arguments: [String]) throws {
    let result = try KonsilProcess.run(arguments, in: Workspace())
    #expect(result.status == 64)
    #expect(result.output.isEmpty && result.errors.hasPrefix("Error: "))
    #expect(result.errors.contains("--help' for more information."))
  }
}
