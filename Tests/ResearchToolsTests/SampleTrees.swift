import Federation
import ResearchTools

/// A small model of trees with a split of each kind and numbers that are exact in binary.
enum SampleTrees {
  static let text = """
    {
      "konsil": "tree-model/1", "simulated": false, "algorithm": "boosting",
      "study": {"name": "gut", "digest": "00ff"}, "plan": {"name": "gut-trees"},
      "run": "0123456789abcdef0123456789abcdef",
      "outcome": {"name": "failure", "label": "Failure within 12 months"},
      "objective": {"kind": "binary:logistic"},
      "record_key": "patient_id", "filter": [],
      "variables": [
        {"name": "age", "label": "Age", "type": "continuous", "unit": "a", "range": [18, 110], "missing": ["-9"],
          "required": false},
        {"name": "steroids", "label": "Steroids", "type": "binary", "missing": [], "required": false},
        {"name": "drug", "label": "Drug", "type": "categorical",
          "levels": ["infliximab", "adalimumab", "vedolizumab"], "missing": [], "required": false}
      ],
      "features": 3,
      "parameters": [{"name": "rounds", "value": "2"}, {"name": "eta", "value": "0.3"}],
      "rows": 240, "class_rows": [96], "sites": 4, "least_count": 10, "gradient_bits": 10,
      "losses": [], "notes": [], "fraction_bits": 20, "base": [-0.5],
      "rounds": [
        [[
          {"variable": "age", "below": 40.5, "missing": "right", "left": 1, "right": 2},
          {"value": 0.25},
          {"variable": "drug", "levels": ["infliximab", "vedolizumab"], "missing": "left", "left": 3, "right": 4},
          {"value": -0.75},
          {"value": 0.125}
        ]],
        [[
          {"variable": "age", "below": 65.5, "missing": "left", "left": 1, "right": 2},
          {"value": 0.5},
          {"value": -1}
        ]]
      ]
    }

    """

  static func decode(_ text: String = text) throws -> TreeModelFile {
    try TreeModelFile.decode(Array(text.utf8), file: "model.json")
  }

  /// With gains and covers in every node.
  static func released() throws -> String {
    var text = text
    for (old, gain, cover) in [
      ("\"below\": 40.5", 3.0, 60.0), ("{\"value\": 0.25", 0, 12),
      ("\"levels\": [\"infliximab\", \"vedolizumab\"]", 1, 48),
      ("{\"value\": -0.75", 0, 20), ("{\"value\": 0.125", 0, 28), ("\"below\": 65.5", 4, 59),
      ("{\"value\": 0.5", 0, 40), ("{\"value\": -1", 0, 19),
    ] {
      text = try text.changing(old, to: "\(old), \"gain\": \(gain), \"cover\": \(cover)")
    }
    return text
  }

  static let linear = (
    old: "{\"value\": 0.25}",
    new: """
    {"value": 0.25, "slopes": [{"variable": "age", "slope": 0.5, "centre": 30, "range": [20, 40]}]}
    """
  )
}
