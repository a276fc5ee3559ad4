import Foundation
import ResearchTools
import Testing

@Suite("A summary", .needsKonsil)
struct SummaryTests {
  private static let plan = """
    konsil: plan/1
    name: ibd-table-1
    study: {name: ibd}
    algorithm: summary
    outcome: failure_12m
    variables: [age, sex, drug, crp]

    """

  private static func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    try workspace.write(plan, to: "table.plan.yaml")
    let run = try KonsilProcess.run(
      ["simulate", "--study", "ibd.yaml", "--plan", "table.plan.yaml", "--out", "result", "--site"]
        + Workspace.named { "records/\($0).csv" }, in: workspace)
    try #require(run.status == 0, "\(run.errors)")
    return workspace
  }

  /// The cells of a column over all sites' records.
  private static func column(_ name: String, in workspace: Workspace) throws -> [String] {
    try Workspace.sites.flatMap { site in
      let lines = try workspace.text("records/\(site).csv").split(separator: "\n")
      let place = try #require(lines[0].split(separator: ",").firstIndex { $0 == name })
      return lines.dropFirst().map {
        String($0.split(separator: ",", omittingEmptySubsequences: false)[place])
      }
    }
  }

  @Test("is that of the pooled records")
  func pooled() throws {
    let workspace = try Self.workspace()
    let summary = try SummaryFile.read(workspace("result/summary.json"))
    let outcome = try Self.column("failure_12m", in: workspace)
    #expect(summary.rows == 720 && summary.events == outcome.count { $0 == "1" })
    let ages = try Self.column("age", in: workspace).compactMap(Double.init)
    let mean = ages.reduce(0, +) / 720
    let deviation = (ages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 719).squareRoot()
    let number = try #require(summary.variables[0].number)
    #expect(abs(number.mean - mean) <= 1e-9 * mean)
    #expect(abs(try #require(number.deviation) - deviation) <= 1e-9 * deviation)
    let median = try #require(number.quantiles.first { $0.share == 0.5 })
    let middle = ages.sorted()[359]
    #expect(median.lower <= middle && middle <= median.upper)
    let sexes = try Self.column("sex", in: workspace)
    for level in summary.variables[1].levels {
      let rows = sexes.indices.filter { sexes[$0] == level.name }
      #expect(level.count.rows == rows.count)
      #expect(level.count.events == rows.count { outcome[$0] == "1" })
    }
  }

  @Test("is shown as a table, exported, and not taken for a model")
  func shown() throws {
    let workspace = try Self.workspace()
    let shown = try KonsilProcess.succeed("model", "show", "--file", "result/summary.json", in: workspace)
      .output
    #expect(shown.hasPrefix("simulated  one process"))
    #expect(shown.contains("Age on the index date, a") || shown.contains("mean (deviation)"))
    #expect(shown.contains("median [quartiles]") && shown.contains("infliximab"))
    #expect(shown.contains("Patients present at two hospitals"))
    let json = try KonsilProcess.succeed(
      "model", "show", "--file", "result/summary.json", "--json", in: workspace
    ).json()
    #expect(json["konsil"] as? String == "summary/1")
    try KonsilProcess.succeed(
      "model", "export", "--file", "result/summary.json", "--format", "csv", "--out", "t.csv", in: workspace)
    #expect(try workspace.text("t.csv") == workspace.text("result/table1.csv"))
    #expect(
      try workspace.text("t.csv").hasPrefix("simulated,variable,statistic,all,with_event,without_event\n"))
    for arguments in [
      ["model", "plot", "--file", "result/summary.json", "--out", "x.svg"],
      ["predict", "--model", "result/summary.json", "--input", "records/basel.csv"],
    ] {
      let refused = try KonsilProcess.run(arguments, in: workspace)
      #expect(refused.status == 65, "\(arguments): \(refused.errors)")
    }
  }

  @Test("that does not agree with itself is refused")
  func refused() throws {
    let workspace = try Self.workspace()
    try workspace.derive(
      "bad.json", from: "result/summary.json", "\"rows\" : 720,\n  \"simulated\"",
      "\"rows\" : 0,\n  \"simulated\"")
    let shown = try KonsilProcess.run(["model", "show", "--file", "bad.json"], in: workspace)
    #expect(shown.status == 65 && shown.errors.contains("bad.json: rows: is not a positive number"))
  }
}
