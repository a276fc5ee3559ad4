import Cohorts
import Federation
import Foundation
import KonsilTesting
import PooledReference
import Testing

@Suite("The dictionaries and plans of real records, which need no records")
struct RealDocumentsTests {
  @Test("every plan fits its study", arguments: RealStudy.all.map(\.name))
  func plansFit(name: String) throws {
    let study = try #require(RealStudy.named(name)).study(sites: ["a", "b", "c"])
    let folder = Checkout.root.appendingPathComponent("protocols/studies/real")
    let plans = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("\(name)-") && $0.hasSuffix(".plan.yaml") }
    #expect(!plans.isEmpty)
    for file in plans {
      let plan = try SimulationFixture.plan(
        RealStudy.planText(String(file.dropLast(".plan.yaml".count))), sites: ["a", "b", "c"])
      #expect(plan.problems(in: study) == [], "\(file)")
      #expect("\(plan.name).plan.yaml" == file)
    }
  }

  @Test("a plan without clusters is refused where a patient has several visits")
  func clusters() throws {
    let study = try #require(RealStudy.named("arthritis")).study(sites: ["a", "b", "c"])
    let text = try RealStudy.planText("arthritis-cluster")
      .replacingOccurrences(of: "standard_errors: cluster(patient)", with: "standard_errors: model")
    let problems = try SimulationFixture.plan(text, sites: ["a", "b", "c"]).problems(in: study)
    #expect(problems.map(\.key) == ["standard_errors"])
  }

  @Test("every reference number has its plan, and the baseline its standard error")
  func references() throws {
    let folder = Checkout.root.appendingPathComponent("Tests/Fixtures/references")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".json")
    }
    #expect(files.count == 15)
    for file in files {
      let name = String(file.dropLast(".json".count))
      #expect(try !RealStudy.planText(name).isEmpty)
      let reference = try OutsideReference.read(name)
      #expect(reference.rowsBySite.values.reduce(0, +) == reference.rows)
      #expect((reference.refusedFor == nil) == (reference.coefficients != nil))
      guard let baseline = reference.baseline else { continue }
      #expect((0.005...0.03).contains(baseline.standardError))
      #expect(reference.names?.count == reference.coefficients?.count)
    }
  }
}
