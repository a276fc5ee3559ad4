import Foundation
import KonsilTesting
import PooledReference
import Testing

extension EndToEnd {
  @Suite struct RealHospitalTests {
    @Test(
      "Four real hospitals train over real agents what their pooled records give",
      .enabled(if: RealData.folder("multi-uci-heart") != nil, "the heart data set is not there"))
    func heart() async throws {
      let records = try #require(try HeartData.records())
      let materials = FederationMaterials(
        study: "heart",
        files: [
          "dictionary.yaml": try Checkout.text("Tests/Fixtures/heart/heart.yaml"),
          "template.yaml": try Checkout.text("Tests/Fixtures/heart/heart.plan.yaml"),
        ], sites: HeartData.sites,
        records: Dictionary(uniqueKeysWithValues: records.map { ($0.site, $0.csv) }),
        recordKey: "patient_no")
      try await FederationProcesses.run(materials) { federation in
        try await federation.startCoordinator()
        try await federation.startAgents()
        let run = try await federation.submit()
        try await federation.watch(run)
        try FederatedModel(json: try await federation.exportModel(run)).expectEqual(
          toPooled: records.map { (name: $0.site, text: $0.csv) },
          [
            .numeric("age"), .numeric("sex"), .categorical("cp", levels: ["1.0", "2.0", "3.0", "4.0"]),
            .numeric("trestbps"), .numeric("thalach"), .numeric("exang"), .numeric("oldpeak"),
          ], outcome: "disease")
      }
    }
  }
}
