import Boosting
import Foundation
import KonsilTesting
import Testing

struct XGBoostDocumentTests {
  private static let leaf = Tree.Node.leaf(.init(value: 3))

  private static func model(
    _ tree: Tree, _ objective: TreeModel.Objective = .squaredError, base: [Int64] = [1]
  ) -> TreeModel {
    TreeModel(
      outcome: "y", objective: objective,
      features: [.init("x", .number), .init("c", .categorical(levels: ["p", "q", "r"]))],
      fractionBits: 1, base: base, rounds: [base.map { _ in tree }])
  }

  /// By hand from the form of XGBoost's own files: the levels listed are those that go right.
  @Test func aSmallTreeIsWrittenAsXGBoostKeepsIt() throws {
    let tree = Tree(nodes: [
      .split(.init(feature: 1, rule: .levels([0, 2]), missingGoesLeft: true, left: 1, right: 2)),
      .split(.init(feature: 0, rule: .below(cut: 0.1), missingGoesLeft: false, left: 3, right: 4)),
      Self.leaf, .leaf(.init(value: -1)), .leaf(.init(value: 0)),
    ])
    let document = try XGBoostDocument(Self.model(tree))
    let written = #"""
      {"base_weights":[0.0,0.0,2.0,0.0,0.5],"categories":[1],"categories_nodes":[0],\#
      "categories_segments":[0],"categories_sizes":[1],"default_left":[1,0,0,0,0],"id":0,\#
      "left_children":[1,3,-1,-1,-1],"loss_changes":[0.0,0.0,0.0,0.0,0.0],\#
      "parents":[2147483647,0,0,1,1],"right_children":[2,4,-1,-1,-1],\#
      "split_conditions":[0.0,0.1,2.0,0.0,0.5],"split_indices":[1,0,0,0,0],"split_type":[1,0,0,0,0],\#
      "sum_hessian":[0.0,0.0,0.0,0.0,0.0],"tree_param":{"num_deleted":"0","num_feature":"2",\#
      "num_nodes":"5","size_leaf_vector":"1"}}
      """#
    #expect(document.text.contains(written))
    #expect(document.text.contains(#""levels of c":"[\"p\",\"q\",\"r\"]""#))
    #expect(document.caveats == [.noCover, .places(["c"])])
  }

  @Test func whereAllLevelsGoLeftAPlaceThatNoLevelHasGoesRight() throws {
    let tree = Tree(nodes: [
      .split(.init(feature: 1, rule: .levels([0, 1, 2]), missingGoesLeft: false, left: 1, right: 2)),
      Self.leaf, Self.leaf,
    ])
    #expect(try XGBoostDocument(Self.model(tree)).text.contains(#""categories":[3]"#))
  }

  @Test func everyObjectiveAddsNothingToTheRawScoreByItsBaseScore() throws {
    let tree = Tree(nodes: [Self.leaf])
    let wanted: [(TreeModel.Objective, base: String, classes: String, name: String)] = [
      (.logistic, "5E-1", "0", "binary:logistic"), (.squaredError, "0E0", "0", "reg:squarederror"),
      (.poisson(exposure: nil), "1E0", "0", "count:poisson"),
      (.softmax(classes: ["a", "b"]), "0E0", "2", "multi:softprob"),
    ]
    for (objective, base, classes, name) in wanted {
      let count = classes == "0" ? 1 : 2
      let text = try XGBoostDocument(
        Self.model(tree, objective, base: [Int64](repeating: 1, count: count))
      ).text
      #expect(text.contains("\"base_score\":\"\(base)\""))
      #expect(text.contains("\"num_class\":\"\(classes)\""))
      #expect(text.contains("\"name\":\"\(name)\""))
      // (3 + 1) / 2, in every tree of the first round.
      #expect(text.components(separatedBy: "\"split_conditions\":[2.0]").count == count + 1)
    }
  }

  @Test func gainAndCoverAreWrittenWhereTheModelHasThem() throws {
    let tree = Tree(
      nodes: [
        .split(.init(feature: 0, rule: .below(cut: 1), missingGoesLeft: true, left: 1, right: 2)),
        Self.leaf, Self.leaf,
      ], statistics: [.init(gain: 2.5, cover: 8), .init(gain: 0, cover: 3), .init(gain: 0, cover: 5)])
    let document = try XGBoostDocument(Self.model(tree, .poisson(exposure: "years")))
    #expect(document.text.contains(#""sum_hessian":[8.0,3.0,5.0]"#))
    #expect(document.text.contains(#""loss_changes":[2.5,0.0,0.0]"#))
    #expect(document.caveats == [.exposure("years"), .places(["c"])])
    #expect(document.text.contains(#""exposure":"years""#))
  }

  @Test func aModelWithoutRoundsPredictsItsBase() throws {
    let model = TreeModel(
      outcome: "y", objective: .squaredError, features: [.init("x", .number)], fractionBits: 1, base: [5],
      rounds: [])
    let text = try XGBoostDocument(model).text
    #expect(text.contains(#""split_conditions":[2.5]"#))
    #expect(text.contains(#""num_trees":"1""#))
  }

  @Test func linearLeavesAndPartsThatDoNotFitAreErrors() {
    let slope = Tree.Slope(feature: 0, slope: 1, centre: 0, lower: -1, upper: 1)
    let linear = Self.model(Tree(nodes: [.leaf(.init(value: 0, slopes: [slope]))]))
    #expect(throws: XGBoostDocument.Problem.linearLeaves) { try XGBoostDocument(linear) }
    let unsound = Self.model(Tree(nodes: []))
    #expect(throws: XGBoostDocument.Problem.unsound) { try XGBoostDocument(unsound) }
    let infinite = Self.model(
      Tree(nodes: [
        .split(.init(feature: 0, rule: .below(cut: .infinity), missingGoesLeft: true, left: 1, right: 2)),
        Self.leaf, Self.leaf,
      ]))
    #expect(throws: XGBoostDocument.Problem.unsound) { try XGBoostDocument(infinite) }
  }

  @Test func namesAreEscaped() throws {
    let name = "a\"b\\c\n\u{1}é"
    let model = TreeModel(
      outcome: "y", objective: .squaredError, features: [.init(name, .number)], fractionBits: 0, base: [0],
      rounds: [])
    struct Document: Decodable {
      struct Learner: Decodable {
        let names: [String]

        enum CodingKeys: String, CodingKey { case names = "feature_names" }
      }

      let learner: Learner
    }
    let read = try JSONDecoder().decode(Document.self, from: Data(XGBoostDocument(model).text.utf8))
    #expect(read.learner.names == [name])
  }
}
