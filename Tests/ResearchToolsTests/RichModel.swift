import Federation
import ResearchTools

/// A model with every kind of column, means for missing values, errors by patient, no intercept and a validation.
enum RichModel {
  static let text = """
    {
      "konsil": "model/1", "simulated": false, "algorithm": "logistic",
      "study": {"name": "gut", "digest": "00ff"}, "plan": {"name": "gut-rich", "digest": "ff00"},
      "outcome": {"name": "failure", "label": "Failure"},
      "record_key": "patient_id", "filter": [],
      "variables": [
        {"name": "age", "label": "Age", "type": "continuous", "unit": "a", "range": [18, 110], "missing": [],
          "required": false},
        {"name": "crp", "label": "C-reactive protein", "type": "continuous", "unit": "mg/L",
          "range": [0, 500], "missing": [], "required": false},
        {"name": "bmi", "label": "Body mass index", "type": "continuous", "unit": "kg/m2",
          "range": [10, 80], "missing": [], "required": false},
        {"name": "albumin", "label": "Albumin", "type": "continuous", "unit": "g/L", "range": [10, 70],
          "missing": [], "required": false},
        {"name": "stage", "label": "Stage", "type": "ordinal", "levels": ["low", "mid", "high"], "missing": [],
          "required": true},
        {"name": "drug", "label": "Drug", "type": "categorical",
          "levels": ["infliximab", "adalimumab", "vedolizumab", "ustekinumab"], "missing": [], "required": false},
        {"name": "location", "label": "Location", "type": "categorical", "levels": ["L1", "L2"], "missing": [],
          "required": false,
          "applies_when": {"variable": "diagnosis", "one_of": ["CD"]}},
        {"name": "score", "label": "Score", "type": "continuous", "unit": "1", "range": [0, 100], "missing": [],
          "required": false,
          "computed": [{"variable": "joints", "factor": 1}, {"variable": "pain", "factor": 0.5}]},
        {"name": "diagnosis", "label": "Diagnosis", "type": "categorical", "levels": ["CD", "UC"], "missing": [],
          "required": false},
        {"name": "joints", "label": "Joints", "type": "count", "range": [0, 28], "missing": [], "required": false},
        {"name": "pain", "label": "Pain", "type": "continuous", "unit": "1", "range": [0, 100], "missing": [],
          "required": false}
      ],
      "missing": "mean+indicator", "penalty": {"kind": "none"},
      "terms": [
        {"name": "age", "factors": [{"kind": "value", "variable": "age", "per": 10}], "range": [1.8, 11],
          "fill": 4, "coefficient": 0.25, "standard_error": 0.5},
        {"name": "log1p(crp)", "factors": [{"kind": "value", "variable": "crp", "transform": "log1p"}],
          "range": [0, 6.22], "fill": 2, "coefficient": 0.5, "standard_error": 0.5},
        {"name": "crp:missing", "factors": [{"kind": "missing", "variable": "crp"}], "range": [0, 1],
          "fill": 0.25, "coefficient": -0.25, "standard_error": 0.5},
        {"name": "hinge(bmi, 25)", "factors": [{"kind": "value", "variable": "bmi", "transform": "hinge",
            "knots": [25]}],
          "range": [0, 55], "fill": 3, "coefficient": 0.125, "standard_error": 0.5},
        {"name": "albumin", "factors": [{"kind": "value", "variable": "albumin"}], "range": [10, 70],
          "fill": 41, "coefficient": -0.0625, "standard_error": 0.5},
        {"name": "albumin'", "factors": [{"kind": "value", "variable": "albumin", "transform": "spline",
            "knots": [30, 40, 50], "term": 1}],
          "range": [0, 90], "fill": 3, "coefficient": 0.5, "standard_error": 0.5},
        {"name": "stage", "factors": [{"kind": "score", "variable": "stage"}], "range": [0, 2],
          "coefficient": 0.375, "standard_error": 0.5},
        {"name": "drug=adalimumab", "factors": [{"kind": "level", "variable": "drug",
            "levels": ["adalimumab"], "label": "adalimumab"}],
          "range": [0, 1], "fill": 0.25, "coefficient": -0.5, "standard_error": 0.5},
        {"name": "drug=other", "factors": [{"kind": "level", "variable": "drug",
            "levels": ["vedolizumab", "ustekinumab"], "label": "other"}],
          "range": [0, 1], "fill": 0.5, "coefficient": 0.75, "standard_error": 0.5},
        {"name": "location=L2", "factors": [{"kind": "level", "variable": "location", "levels": ["L2"],
            "label": "L2"}],
          "range": [0, 1], "fill": 0.5, "coefficient": 1, "standard_error": 0.5},
        {"name": "score", "factors": [{"kind": "value", "variable": "score"}], "range": [0, 100],
          "fill": 20, "coefficient": 0.0625, "standard_error": 0.5},
        {"name": "age*drug=adalimumab", "factors": [{"kind": "value", "variable": "age", "per": 10},
            {"kind": "level", "variable": "drug", "levels": ["adalimumab"], "label": "adalimumab"}],
          "range": [0, 11], "fill": 1, "coefficient": -0.125, "standard_error": 0.5}
      ],
      "covariance": {
        "kind": "cluster", "patients": 230,
        "names": ["age", "log1p(crp)", "crp:missing", "hinge(bmi, 25)", "albumin", "albumin'", "stage",
          "drug=adalimumab", "drug=other", "location=L2", "score", "age*drug=adalimumab"],
        "rows": [
    \(diagonal)
        ]
      },
      "effective_degrees": 12, "log_likelihood": -90.5, "rows": 240, "events": 96, "sites": 4,
      "newton_steps": 8,
      "notes": [
        {"kind": "merged", "subject": "drug", "detail": "levels vedolizumab, ustekinumab are one, “other”"},
        {"kind": "few-in-cell", "subject": "drug=other and location=L2", "detail": "3 rows have both"}
      ],
      "validation": {
        "folds": 5, "repeats": 2, "left_out": ["location=L2"],
        "apparent": {"auc": 0.75, "auc_lower": 0.7475, "auc_upper": 0.7525, "auc_standard_error": 0.03,
          "auc_within_sites": 0.7, "brier": 0.2, "log_loss": 0.6, "calibration_slope": 1,
          "calibration_intercept": 0, "bins": []},
        "cross_validated": {"auc": 0.7, "auc_lower": 0.6975, "auc_upper": 0.7025, "auc_standard_error": 0.035,
          "brier": 0.21, "log_loss": 0.625, "calibration_slope": 0.8, "calibration_intercept": -0.05,
          "bins": [
            {"rows": 80, "events": 16, "mean_prediction": 0.22},
            {"rows": 80, "events": 32, "mean_prediction": 0.41},
            {"rows": 80, "events": 48, "mean_prediction": 0.57}
          ]},
        "repeat_auc": [0.69, 0.71], "notes": [
          "not in the validated models, since some part has too few rows: location=L2",
          "Held-out parts are 4, not 5."
        ]
      }
    }

    """

  private static let diagonal = (0..<12).map { row in
    "[" + (0..<12).map { $0 == row ? "0.25" : "0" }.joined(separator: ", ") + "]"
  }.joined(separator: ",\n")

  static func decode(_ text: String = text) throws -> ModelFile {
    try ModelFile.decode(Array(text.utf8), file: "model.json")
  }
}
