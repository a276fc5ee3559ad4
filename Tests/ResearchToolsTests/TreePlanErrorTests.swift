import Cohorts
import Foundation
import KonsilTesting
import Testing

/// What is wrong with a plan of trees, or with the records it meets, is one error of the command.
@Suite(.needsKonsil)
struct TreePlanErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// A line of the plan, and what stands in its place.
    var plan = ("", "")
    /// What becomes of a record, given by its columns.
    var record: (@Sendable (inout [String: String]) -> Void)?
    let words: String
  }

  static let cases = [
    Case(
      testDescription: "unknown parameter", plan: ("  max_bin: 32", "  max_bins: 32"),
      words: "max_bins"),
    Case(
      testDescription: "out of range", plan: ("  rounds: 20", "  rounds: 0"), words: "1 to 10000"),
    Case(
      testDescription: "no parameter", plan: ("  rounds: 20", "  eta: fast"), words: "above 0 to 1"),
    Case(
      testDescription: "constraint on what has no order",
      plan: ("  max_bin: 32", "  monotone_constraints: {drug: 1}"),
      words: "“monotone_constraints” names “drug”, which has no order"),
    Case(
      testDescription: "a level that the dictionary lacks",
      plan: ("objective:", "filter: {drug: {one_of: [ustekinumab]}}\nobjective:"), words: "ustekinumab"),
    Case(
      testDescription: "a record with such a level", record: { $0["drug"] = "ustekinumab" }, words: "drug"),
    Case(
      testDescription: "one class", record: { $0["failure_12m"] = "0" },
      words: "“failure_12m” has different values at 0 sites"),
    Case(
      testDescription: "all missing", plan: ("  - age\n  - sex\n  - smoker_current\n", ""),
      record: { record in
        for name in record.keys where name != "patient_id" && name != "failure_12m" { record[name] = "" }
      }, words: "no predictor varies at 3 sites"),
    Case(
      testDescription: "a fold without rows of one class",
      plan: ("objective:", "validation: {folds: 2, repeats: 1, seed: 1}\nobjective:"),
      record: { record in
        let patient = PatientNumber.of(record["patient_id"] ?? "")
        record["failure_12m"] = PatientNumber.part(of: patient, seed: 1, parts: 2) == 0 ? "1" : "0"
      },
      words: "name fewer folds"),
  ]

  @Test(arguments: cases) func isOneError(_ known: Case) throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    let text = try Checkout.text("Tests/Fixtures/small-ibd/ibd-trees.plan.yaml")
    let (old, new) = known.plan
    try workspace.write(old.isEmpty ? text : text.changing(old, to: new), to: "trees.yaml")
    if let change = known.record {
      for site in Workspace.sites { try Self.change("records/\(site).csv", in: workspace, change) }
    }
    let result = try KonsilProcess.run(
      ["simulate", "--study", "ibd.yaml", "--plan", "trees.yaml", "--out", "result", "--json", "--site"]
        + Workspace.named { "records/\($0).csv" }, in: workspace)
    #expect(result.status != 0)
    let error = try #require(try result.json()["error"] as? [String: Any])
    let message = "\(error["message"] ?? "") \(error["advice"] ?? "")"
    #expect(message.contains(known.words), "\(message)")
    #expect(!workspace.exists("result/model.json"))
  }

  private static func change(
    _ file: String, in workspace: Workspace, _ change: (inout [String: String]) -> Void
  ) throws {
    let lines = try workspace.text(file).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    let changed = lines.dropFirst().map { cells in
      var record = Dictionary(zip(header, cells)) { first, _ in first }
      change(&record)
      return header.map { record[$0] ?? "" }
    }
    try workspace.write(
      ([header] + changed).map { $0.joined(separator: ",") + "\n" }.joined(), to: file)
  }
}
