import Foundation
import KonsilTesting
import Testing

/// The comparison that `scripts/demo` prints, on a small study in one process.
@Suite(
  .needsKonsil,
  .enabled(if: KonsilProcess.isBuilt("konsil-demo"), "konsil-demo is not built beside the tests"))
struct DemoTests {
  /// Records of the committed study with the usual gaps, the model of its committed plan, and what else the demo reads.
  private static func workspace() throws -> Workspace {
    let workspace = try Workspace()
    for name in ["ibd.yaml", "ibd.effects.yaml", "ibd-failure.plan.yaml", "ibd-failure-trees.plan.yaml"] {
      try workspace.write(Checkout.text("protocols/studies/\(name)"), to: name)
    }
    try workspace.derive(
      "plan.yaml", from: "ibd-failure.plan.yaml", "{folds: 5, repeats: 5, seed: 1}",
      "{folds: 3, repeats: 1, seed: 1}")
    try KonsilProcess.succeed(
      "cohort", "simulate", "--study", "ibd.yaml", "--sites", Workspace.sites.joined(separator: ","),
      "--rows",
      "120,160,200,240", "--mess", "usual", "--seed", "1", "--out", "simulated", in: workspace)
    try workspace.derive(
      "trees.yaml", from: "ibd-failure-trees.plan.yaml", "{folds: 5, repeats: 5, seed: 1}",
      "{folds: 3, repeats: 1, seed: 1}")
    for (plan, out, options) in [
      ("plan", "result", []), ("trees", "trees", []), ("trees", "pooled", ["--pooled"]),
    ] {
      let run = try KonsilProcess.run(
        ["simulate"] + options + ["--study", "ibd.yaml", "--plan", "\(plan).yaml", "--out", out, "--site"]
          + Workspace.named { "simulated/\($0).csv" }, in: workspace)
      try #require(run.status == 0, "\(run.errors)")
    }
    for name in ["trees", "pooled"] {
      try KonsilProcess.succeed(
        "model", "export", "--file", "\(name)/model.json", "--format", "xgboost-json", "--out",
        "ibd.\(name).xgboost.json", in: workspace)
    }
    for site in Workspace.sites {
      try FileManager.default.createDirectory(
        atPath: workspace("\(site)/records"), withIntermediateDirectories: true)
      try workspace.write(workspace.text("simulated/\(site).csv"), to: "\(site)/records/ibd.csv")
    }
    try workspace.write(workspace.text("result/model.json"), to: "ibd.model.json")
    try workspace.write(workspace.text("trees/model.json"), to: "ibd.trees.model.json")
    for name in ["ibd", "ibd.trees"] {
      try workspace.write(
        #"{"run": {"steps": 21, "submitted": {"milliseconds": 500}, "ended": {"milliseconds": 3000}}}"#,
        to: "\(name).run.json")
    }
    try workspace.write(#"{"transport": {"tls": "1.3", "group": "X25519MLKEM768"}}"#, to: "check.json")
    return workspace
  }

  private static func result(_ workspace: Workspace) throws -> (study: [String: Any], all: [String: Any]) {
    let run = try KonsilProcess.run(
      ["--studies", "ibd", "--sites"] + Workspace.sites
        + [
          "--check", "check.json", "--coordinator-kib", "20480", "--agent-kib", "30720", "--seconds", "4.5",
          "--json",
        ], of: "konsil-demo", in: workspace)
    try #require(run.status == 0, "\(run.errors)")
    let all = try run.json()
    return (try #require((all["studies"] as? [[String: Any]])?.first), all)
  }

  @Test func aModelIsComparedWithAFitOfThePooledRecordsFromTheirFiles() throws {
    let workspace = try Self.workspace()
    let (study, all) = try Self.result(workspace)
    #expect(study["study"] as? String == "ibd" && study["sites"] as? Int == 4)
    for key in ["max_difference", "max_error_difference"] {
      let difference = try #require(study[key] as? Double)
      #expect(difference > 0 && difference <= 1e-9, "\(key) \(difference)")
    }
    for (key, range) in [
      ("auc_cross_validated", 0.5...0.9), ("auc_apparent", 0.6...0.9), ("calibration_slope", 0.3...1.2),
    ] {
      #expect(range.contains(try #require(study[key] as? Double)), "\(key)")
    }
    #expect(study["steps"] as? Int == 21 && study["seconds"] as? Double == 2.5)
    #expect((all["memory_mib"] as? [String: Double]) == ["coordinator": 20, "agent": 30])
    #expect(all["seconds_in_all"] as? Double == 4.5)

    let trees = try #require(study["trees"] as? [String: Any])
    #expect(trees["equals_pooled"] as? Bool == true)
    #expect(trees["rounds"] as? Int == 60 && trees["rows"] as? Int == study["rows"] as? Int)
    for key in ["auc_cross_validated", "auc_apparent"] {
      #expect((0.6...0.9).contains(try #require(trees[key] as? Double)), "\(key)")
    }

    // Trees that are others are found out.
    let exported = try workspace.text("ibd.pooled.xgboost.json")
    try workspace.write(exported + "\n", to: "ibd.pooled.xgboost.json")
    let others = try #require(try Self.result(workspace).study["trees"] as? [String: Any])
    #expect(others["equals_pooled"] as? Bool == false)

    // A coefficient that is another is found out.
    var model = try #require(
      try JSONSerialization.jsonObject(with: Data(workspace.text("ibd.model.json").utf8)) as? [String: Any])
    var terms = try #require(model["terms"] as? [[String: Any]])
    let coefficient = try #require(terms[0]["coefficient"] as? Double)
    terms[0]["coefficient"] = coefficient + 0.01
    model["terms"] = terms
    try workspace.write(
      String(decoding: JSONSerialization.data(withJSONObject: model), as: UTF8.self), to: "ibd.model.json")
    let changed = try #require(try Self.result(workspace).study["max_difference"] as? Double)
    #expect(changed > 1e-3)
  }
}
