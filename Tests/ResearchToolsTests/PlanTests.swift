import Documents
import Federation
import Foundation
import Identity
import SecureAggregation
import Testing

@Suite(.needsKonsil)
struct PlanTests {
  /// A workspace with a study and a plan for it.
  private static func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.makeStudy()
    try KonsilProcess.succeed(
      "plan", "new", "--study", "study.yaml", "--template", "ibd-failure.plan.yaml", "--out", "plan.yaml",
      in: workspace)
    return workspace
  }

  @Test func aNewPlanNamesTheStudysDigestAndItsSites() throws {
    let workspace = try Self.workspace()
    let plan = try PlanDocument.decode(Array(workspace.text("plan.yaml").utf8), file: "plan.yaml")
    #expect(plan.studyDigest == Digest(of: Array(try workspace.text("study.yaml").utf8)))
    #expect(plan.sites == Workspace.sites)
    #expect(try workspace.text("plan.yaml").contains("# every site at every step; a lost one pauses the run"))
  }

  @Test func aTemplateKeepsTheSitesItNames() throws {
    let workspace = try Self.workspace()
    try workspace.derive(
      "three.yaml", from: "ibd-failure.plan.yaml", "membership: fixed",
      "sites: [luxembourg, freiburg, basel]\nmembership: fixed")
    let made = try KonsilProcess.succeed(
      "plan", "new", "--study", "study.yaml", "--template", "three.yaml", "--out", "three-sites.yaml",
      "--json", in: workspace
    ).json()
    #expect(made["sites"] as? [String] == ["luxembourg", "freiburg", "basel"])
  }

  @Test func checkListsWhatWouldBeAsked() throws {
    let workspace = try Self.workspace()
    try KonsilProcess.succeed("plan", "sign", "plan.yaml", "--key", "keys/anna", in: workspace)
    let digest = Digest(of: Array(try workspace.text("plan.yaml").utf8)).hexadecimal
    let anna = try PublicIdentity(contentsOf: workspace("keys/anna/identity.pub")).key.fingerprint
    let checked = try KonsilProcess.succeed(
      "plan", "check", "plan.yaml", "--study", "study.yaml", "--rows", "720", in: workspace)
    // 11 columns and a reference level: 13 supports with the outcome's; 2 + 2 · 8 counts of the 7 indicators and the
    // reference; 7 · 6 / 2 cells; 11 sums and squares; 1 + 12 + 12 · 13 / 2 a Newton step. Of 60 sums 55 may be such.
    #expect(
      checked.output == """
        plan        ibd-failure, which fits the study ibd
        file        plan.yaml
        digest      \(digest)
        state       complete
        signature   good, by “anna”, key \(anna)
        sites       4: luxembourg, strasbourg, freiburg, basel
        model       logistic regression of failure_12m, no penalty
        predictors  age; sex by level against F; smoker_current; prior_anti_tnf; drug by level against
                    infliximab; immunomodulator; steroids; crp; albumin; haemoglobin
        missing     a row that lacks a value of the model is left out
        rare        what fewer than three sites or 5 rows share is merged into “other”, or left out; cells
                    of two columns that few rows fill are counted and named in the result
        intercept   one for all sites
        errors      from the information
        columns     11 besides the intercept: age, sex=M, smoker_current, prior_anti_tnf, drug=adalimumab,
                    drug=vedolizumab, immunomodulator, steroids, crp, albumin, haemoglobin
        rows        all

        Asked of every site, masked; the coordinator sees the sums over all sites:
        query    asked          numbers  of which
        support  once                17  sites-where-it-varies 13, sites-where-it-occurs 4
        counts   once                18  rows 1, events 1, column-rows 8, column-events 8
        cells    once                21  rows-with-both 21
        moments  once                11  sums 11
        spread   once                11  squares 11
        newton   about 4 times       91  log-likelihood 1, gradient 12, hessian 78

        A run on records that have some of everything takes about 9 sums of 442 numbers in all, 0.6 for each
        of 720 rows. The plan allows at most 60 sums of 5083 numbers, 7.1 for each of 720 rows.

        """)
  }

  @Test func whatCheckAnnouncesIsWhatARunAsks() throws {
    let workspace = try Self.workspace()
    try workspace.simulateRecords()
    let checked = try KonsilProcess.succeed(
      "plan", "check", "plan.yaml", "--study", "study.yaml", "--json", in: workspace
    ).json()
    let announced = try #require(checked["questions"] as? [[String: Any]]).map {
      "\($0["query"] ?? "") \($0["numbers"] ?? "")"
    }
    let run = try KonsilProcess.run(
      ["simulate", "--study", "study.yaml", "--plan", "plan.yaml", "--out", "result", "--json", "--site"]
        + Workspace.named { "records/\($0).csv" }, in: workspace
    ).json()
    let steps = try #require((run["run"] as? [String: Any])?["steps"] as? [[String: Any]]).map {
      "\($0["query"] ?? "") \($0["numbers"] ?? "")"
    }
    #expect(Set(steps) == Set(announced))
    #expect(steps.prefix(announced.count) == announced[...])
  }

  @Test func aTemplateIsCheckedOverAllSitesAndCalledOne() throws {
    let workspace = try Self.workspace()
    let checked = try KonsilProcess.succeed(
      "plan", "check", "ibd-failure.plan.yaml", "--study", "study.yaml", "--json", in: workspace
    ).json()
    #expect(checked["is_template"] as? Bool == true)
    #expect(checked["sites"] as? [String] == Workspace.sites)
    #expect(checked["most_numbers_per_row"] == nil)
  }

  @Test func aPlansSignatureIsItsResearchersOrBad() throws {
    let workspace = try Self.workspace()
    let signed = try KonsilProcess.succeed(
      "plan", "sign", "plan.yaml", "--key", "keys/anna", "--json", in: workspace
    ).json()
    let anna = try PublicIdentity(contentsOf: workspace("keys/anna/identity.pub")).key
    #expect(signed["signer"] as? String == anna.fingerprint)
    #expect(try SignedFile(contentsOf: workspace("plan.yaml"), label: .plan).signature.key == anna)
    try workspace.derive("plan.yaml", from: "plan.yaml", "most_steps: 60", "most_steps: 61")
    let checked = try KonsilProcess.succeed(
      "plan", "check", "plan.yaml", "--study", "study.yaml", "--json", in: workspace
    ).json()
    #expect((checked["signature"] as? [String: Any])?["verdict"] as? String == "bad")
  }
}
