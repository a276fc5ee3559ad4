import Federation
import ResearchTools

/// A model with a term of each plain kind and numbers that are exact in binary.
enum SampleModel {
  static let text = """
    {
      "konsil": "model/1", "simulated": false, "algorithm": "logistic",
      "study": {"name": "gut", "digest": "00ff"}, "plan": {"name": "gut-failure"},
      "run": "0123456789abcdef0123456789abcdef",
      "outcome": {"name": "failure", "label": "Failure <within> 12 months & more"},
      "record_key": "patient_id", "filter": [],
      "variables": [
        {"name": "age", "label": "Age", "type": "continuous", "unit": "a", "range": [18, 110], "missing": ["-9"],
          "required": true},
        {"name": "steroids", "label": "Steroids", "type": "binary", "missing": [], "required": true},
        {"name": "drug", "label": "Drug", "type": "categorical",
          "levels": ["infliximab", "adalimumab", "vedolizumab"], "missing": [], "required": true}
      ],
      "missing": "complete-case", "penalty": {"kind": "none"},
      "intercept": {"coefficient": 1.5, "standard_error": 0.5},
      "terms": [
        {"name": "age", "factors": [{"kind": "value", "variable": "age"}], "range": [18, 110],
          "coefficient": 0.03125, "standard_error": 0.0078125},
        {"name": "steroids", "factors": [{"kind": "value", "variable": "steroids"}], "range": [0, 1],
          "coefficient": 0.75, "standard_error": 0.25},
        {"name": "drug=adalimumab", "factors": [{"kind": "level", "variable": "drug",
            "levels": ["adalimumab"], "label": "adalimumab"}],
          "range": [0, 1], "coefficient": -0.5, "standard_error": 0.5},
        {"name": "drug=vedolizumab", "factors": [{"kind": "level", "variable": "drug",
            "levels": ["vedolizumab"], "label": "vedolizumab"}],
          "range": [0, 1], "coefficient": -1.25, "standard_error": 0.5}
      ],
      "covariance": {
        "kind": "model",
        "names": ["(intercept)", "age", "steroids", "drug=adalimumab", "drug=vedolizumab"],
        "rows": [
          [0.25, -0.001, 0.015625, 0, 0],
          [-0.001, 0.00006103515625, 0, 0, 0],
          [0.015625, 0, 0.0625, 0, 0],
          [0, 0, 0, 0.25, 0.125],
          [0, 0, 0, 0.125, 0.25]
        ]
      },
      "effective_degrees": 5, "log_likelihood": -100.5, "rows": 240, "events": 96, "sites": 4,
      "newton_steps": 7, "notes": []
    }

    """

  static func decode(_ text: String = text) throws -> ModelFile {
    try ModelFile.decode(Array(text.utf8), file: "model.json")
  }

  static let ridge = (old: "{\"kind\": \"none\"}", new: "{\"kind\": \"ridge\", \"lambda\": 2.5}")
  static let simulated = (old: "\"simulated\": false", new: "\"simulated\": true")

  /// With Firth's penalty: intervals of a half about each coefficient, of which the last has no upper end.
  static func firth() throws -> String {
    var text = try text.changing("{\"kind\": \"none\"}", to: "{\"kind\": \"firth\"}")
    let entries = [
      ("\"coefficient\": 1.5", 1.5), ("\"coefficient\": 0.03125", 0.03125), ("\"coefficient\": 0.75", 0.75),
      ("\"coefficient\": -0.5", -0.5),
    ]
    for (old, value) in entries {
      text = try text.changing(
        old, to: "\(old), \"profile\": {\"lower\": \(value - 0.5), \"upper\": \(value + 0.5), \"p\": 0.25}")
    }
    return try text.changing(
      "\"coefficient\": -1.25", to: "\"coefficient\": -1.25, \"profile\": {\"lower\": -1.75}")
  }
}
