import Boosting
import Cohorts
import Federation
import Preprocessing
import ResearchTools
import Testing

/// Model files of what a training ends with.
struct TrainedTreesFileTests {
  @Test func aTrainedModelIsReadBackBitForBit() throws {
    let features: [TreeFeature] = [
      .init("age", .number), .init("drug", .categorical(levels: ["a", "b", "c"])),
      .init("stage", .ordinal(levels: ["I", "II"])),
    ]
    let slope = Tree.Slope(feature: 0, slope: 0.1, centre: 1 / 3, lower: -1, upper: 7)
    let tree = Tree(
      nodes: [
        .split(.init(feature: 0, rule: .below(cut: 0.1), missingGoesLeft: true, left: 1, right: 2)),
        .split(.init(feature: 1, rule: .levels([0, 2]), missingGoesLeft: false, left: 3, right: 4)),
        .split(
          .init(
            feature: 2, rule: .below(cut: .greatestFiniteMagnitude), missingGoesLeft: false, left: 5, right: 6
          )),
        .leaf(.init(value: -3)), .leaf(.init(value: 1 << 23)), .leaf(.init(value: 0, slopes: [slope])),
        .leaf(.init(value: 77)),
      ], statistics: (0..<7).map { .init(gain: Double($0) / 3, cover: 10.5) })
    let trees = TreeModel(
      outcome: "relapses", objective: .poisson(exposure: "years"), features: features, fractionBits: 20,
      base: [-777_777],
      rounds: [[tree], [Tree(nodes: [.leaf(.init(value: 5))], statistics: [.init(gain: 0, cover: 1)])]])
    let dictionary = StudyDictionary(
      name: "ms", title: "", purpose: "",
      variables: [
        Self.variable("years", .continuous(try #require(ValueRange(lower: 0, upper: 50)))),
        Self.variable("age", .continuous(try #require(ValueRange(lower: 18, upper: 110)))),
        Self.variable("drug", .categorical(levels: ["a", "b", "c"])),
        Self.variable("stage", .ordinal(levels: ["I", "II"])), Self.variable("unused", .binary),
        Self.variable("relapses", .count(try #require(ValueRange(lower: 0, upper: 20)))),
      ], outcomes: [])
    var specification = BoostingSpecification(
      outcome: "relapses", predictors: ["age", "drug", "stage"], objective: .poisson)
    specification.exposure = "years"
    specification.eta = 0.1
    let trained = BoostingModel(
      trees: trees, rows: 500, classRows: [], sites: 3, leastCount: 10, gradientBits: 16, bins: [:],
      losses: [1.5, 1.25], stoppedAt: nil, notes: [DesignNote(.method, "x", "y")])
    let file = try TreeModelFile(
      trained, specification: specification, algorithm: "boosting", filter: CohortFilter([]),
      dictionary: dictionary, recordKey: "id", study: .init(name: "ms", digest: nil),
      plan: .init(name: "p", digest: nil), run: nil, simulated: true)
    #expect(file.variables.map(\.name) == ["age", "drug", "stage", "years"])
    #expect(file.variables.map(\.required) == [false, false, false, true])
    #expect(file.parameters.first { $0.name == "eta" }?.value == "0.1")
    let read = try TreeModelFile.decode(Array(try file.text().utf8), file: "model.json")
    #expect(read == file)
    #expect(read.model == trees)
  }

  private static func variable(_ name: String, _ kind: Variable.Kind) -> Variable {
    Variable(name: name, label: name, kind: kind, unit: nil, codes: [:], missing: [])
  }

  @Test func anotherStudysDictionaryIsRefused() throws {
    let trees = TreeModel(
      outcome: "y", objective: .logistic, features: [.init("age", .number)], fractionBits: 20, base: [0],
      rounds: [])
    let trained = BoostingModel(
      trees: trees, rows: 5, classRows: [1], sites: 3, leastCount: 1, gradientBits: 10, bins: [:], losses: [],
      stoppedAt: nil, notes: [])
    let dictionary = StudyDictionary(
      name: "ms", title: "", purpose: "",
      variables: [Self.variable("age", .categorical(levels: ["a", "b"])), Self.variable("y", .binary)],
      outcomes: [])
    #expect(throws: Complaint.self) {
      try TreeModelFile(
        trained, specification: .init(outcome: "y", predictors: ["age"], objective: .logistic),
        algorithm: "boosting", filter: CohortFilter([]), dictionary: dictionary, recordKey: "id",
        study: .init(name: "ms", digest: nil), plan: .init(name: "p", digest: nil), run: nil,
        simulated: true)
    }
  }
}
