import Foundation
import KonsilTesting
import Testing

@Suite(.needsKonsil)
struct CohortMessTests {
  /// With the committed study of inflammatory bowel disease, all of it.
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    for name in ["ibd.yaml", "ibd.effects.yaml"] {
      try workspace.write(Checkout.text("protocols/studies/\(name)"), to: name)
    }
    return workspace
  }

  private func simulate(_ amount: String, in workspace: Workspace) throws -> [String: Any] {
    try KonsilProcess.run(
      [
        "cohort", "simulate", "--study", "ibd.yaml", "--sites", Workspace.sites.joined(separator: ","),
        "--rows", "120,160,200,240", "--seed", "1", "--mess", amount, "--out", amount, "--json",
      ], in: workspace
    ).json()
  }

  @Test func messyRecordsSayWhatIsWrongWithThem() throws {
    let workspace = try workspace()
    let clean = try #require(try simulate("none", in: workspace)["sites"] as? [[String: Any]])
    #expect(clean.allSatisfy { ($0["mess"] as? [String])?.isEmpty ?? false })
    let usual = try #require(try simulate("usual", in: workspace)["sites"] as? [[String: Any]])
    #expect(usual.compactMap { $0["rows"] as? Int } == [120, 160, 200, 240])
    #expect(usual.compactMap { $0["mess"] as? [String] }[0] == ["rare-level", "missing"])
    let all = try #require(try simulate("all", in: workspace)["sites"] as? [[String: Any]])
    let kinds = Set(all.compactMap { $0["mess"] as? [String] }.joined())
    #expect(kinds.count == 13 && kinds.contains("other-units"))
    // Latin-1 reaches the disk as it is.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: workspace("all/strasbourg.csv")))
    #expect(String(data: bytes, encoding: .utf8) == nil)
    #expect(String(data: bytes, encoding: .isoLatin1)?.contains("non réalisé") ?? false)
    let text = try KonsilProcess.succeed(
      "cohort", "simulate", "--study", "ibd.yaml", "--sites", "basel", "--rows", "30", "--seed", "1",
      "--mess", "usual", "--out", "one", in: workspace
    ).output
    #expect(text.contains("rare-level"))
  }

  @Test func anUnknownAmountIsRefused() throws {
    let workspace = try Workspace()
    let run = try KonsilProcess.run(
      [
        "cohort", "simulate", "--study", "ibd.yaml", "--sites", "basel", "--rows", "30", "--seed", "1",
        "--mess", "some", "--out", "out",
      ], in: workspace)
    #expect(run.status == 64 && !workspace.exists("out"))
  }

  @Test func aStudySaysHowManyRowsAPatientMayHave() throws {
    let workspace = try Workspace()
    try workspace.makeStudy(["--most-rows-per-patient", "3", "--support", "pairs"])
    let text = try workspace.text("study.yaml")
    #expect(text.contains("\nmost_rows_per_patient: 3\nsupport: pairs\n"))
    let shown = try KonsilProcess.succeed("study", "show", "study.yaml", in: workspace).output
    #expect(shown.contains("patients    at most 3 rows each at a site\n"))
    #expect(shown.contains("rare cells  those of two columns are merged away\n"))
    let json = try KonsilProcess.succeed("study", "show", "study.yaml", "--json", in: workspace).json()
    let limits = try #require(json["limits"] as? [String: Any])
    #expect(limits["most_rows_per_patient"] as? Int == 3 && limits["support"] as? String == "pairs")
  }

  @Test func aStudyShowsWhereVariablesApply() throws {
    let workspace = try workspace()
    try workspace.makeStudy()
    let json = try KonsilProcess.succeed("study", "show", "study.yaml", "--json", in: workspace).json()
    let variables = try #require(json["variables"] as? [[String: Any]])
    let mayo = try #require(variables.first { $0["name"] as? String == "partial_mayo" })
    #expect(mayo["applies_when"] as? String == "diagnosis one of UC")
    let crp = try #require(variables.first { $0["name"] as? String == "crp" })
    #expect(crp["applies_when"] == nil && crp["codes"] as? [String: String] == ["loinc": "1988-5"])
  }
}
