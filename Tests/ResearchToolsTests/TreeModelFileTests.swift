import Federation
import Foundation
import ResearchTools
import Testing

struct TreeModelFileTests {
  @Test func writingAndReadingGivesTheSame() throws {
    for text in [
      SampleTrees.text, try SampleTrees.released(),
      try SampleTrees.text.changing(SampleTrees.linear.old, to: SampleTrees.linear.new),
    ] {
      let model = try SampleTrees.decode(text)
      #expect(try SampleTrees.decode(model.text()) == model)
    }
  }

  @Test(arguments: [
    ("\"missing\": \"right\", \"left\": 1", "\"missing\": \"right\", \"left\": 0", "rounds[1][1]"),
    ("\"missing\": \"right\", \"left\": 1", "\"missing\": \"right\", \"left\": 9", "rounds[1][1]"),
    ("\"below\": 40.5", "\"below\": 40.1", "rounds[1][1]"),
    ("\"below\": 65.5", "\"levels\": [\"infliximab\"]", "rounds[2][1]"),
    ("{\"value\": 0.125}", "{\"value\": 0.1}", "rounds[1][1]"),
    ("{\"value\": 0.125}", "{}", "rounds[1][1]"),
    ("\"levels\": [\"infliximab\", \"vedolizumab\"]", "\"levels\": [\"steroids\"]", "rounds[1][1]"),
    ("{\"value\": -1}", "{\"value\": -1, \"gain\": 0, \"cover\": 2}", "rounds[2][1]"),
    ("{\"variable\": \"drug\"", "{\"variable\": \"rug\"", "rounds[1][1]"),
    ("\"base\": [-0.5]", "\"base\": [-0.5, 0]", "base"),
    ("\"base\": [-0.5]", "\"base\": [-0.1]", "base"),
    ("{\"value\": -1}", "{\"value\": -1}], [{\"value\": 0}", "rounds"),
    ("\"binary:logistic\"", "\"multi:softprob\"", "objective"),
    (
      "{\"kind\": \"binary:logistic\"}", "{\"kind\": \"count:poisson\", \"exposure\": \"years\"}",
      "objective.exposure"
    ),
    ("\"features\": 3", "\"features\": 4", "features"),
    ("\"rows\": 240", "\"rows\": 0", "rows"),
    ("\"class_rows\": [96]", "\"class_rows\": [241]", "class_rows"),
    ("\"fraction_bits\": 20", "\"fraction_bits\": 99", "fraction_bits"),
    ("tree-model/1", "tree-model/2", "konsil"),
  ])
  func aPartThatDoesNotFitIsNamed(old: String, new: String, key: String) throws {
    let text = try SampleTrees.text.changing(old, to: new)
    let error = #expect(throws: Complaint.self) { try SampleTrees.decode(text) }
    #expect(error?.message.hasPrefix("model.json: \(key): ") == true, "\(error?.message ?? "")")
  }
}
