import Federation
import Foundation
import ResearchTools
import Testing

struct ModelFileTests {
  @Test func aModelIsWrittenAndReadBackTheSame() throws {
    for text in [SampleModel.text, RichModel.text] {
      let model = try SampleModel.decode(text)
      #expect(try SampleModel.decode(model.text()) == model)
    }
    let model = try SampleModel.decode()
    #expect(model.run == "0123456789abcdef0123456789abcdef")
    #expect(model.covariance.rows[3] == [0, 0, 0, 0.25, 0.125])
  }

  @Test func everyBitOfEveryNumberIsKept() throws {
    for seed in UInt64(1)...200 {
      var random = SeededNumbers(seed: seed)
      func finite() -> Double {
        while true {
          let value = Double(bitPattern: random.next())
          if value.isFinite, value != 0 { return value }
        }
      }
      let coefficient = finite()
      let variance = finite().magnitude
      let text = try SampleModel.text
        .changing(
          "\"coefficient\": -0.5, \"standard_error\": 0.5",
          to:
            "\"coefficient\": \(coefficient), \"standard_error\": \(variance.squareRoot())"
        )
        .changing("[0, 0, 0, 0.25, 0.125]", to: "[0, 0, 0, \(variance), 0.125]")
      let model = try SampleModel.decode(SampleModel.decode(text).text())
      #expect(model.terms[2].coefficient.bitPattern == coefficient.bitPattern, "seed \(seed)")
      #expect(model.covariance.rows[3][3].bitPattern == variance.bitPattern, "seed \(seed)")
      #expect(
        model.terms[2].standardError.bitPattern == variance.squareRoot().bitPattern, "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("\"konsil\": \"model/1\"", "\"konsil\": \"model/2\"", "konsil: is not “model/1”"),
    (
      "\"algorithm\": \"logistic\"", "\"algorithm\": \"boosting\"",
      "algorithm: is not one that this program knows"
    ),
    ("\"rows\": 240,", "", "rows: is missing"),
    ("\"rows\": 240", "\"rows\": \"240\"", "rows: has a value of another type"),
    ("\"rows\": 240", "\"rows\": 96", "events: is not between 0 and the rows"),
    ("\"sites\": 4", "\"sites\": 0", "sites: is not a positive number"),
    ("\"newton_steps\": 7", "\"newton_steps\": 0", "newton_steps: is not a positive number"),
    ("{\"kind\": \"none\"}", "{\"kind\": \"ridge\"}", "penalty.lambda: does not agree with the kind"),
    (
      "{\"kind\": \"none\"}", "{\"kind\": \"ridge\", \"lambda\": 0}",
      "penalty.lambda: does not agree with the kind"
    ),
    (
      "{\"kind\": \"none\"}", "{\"kind\": \"none\", \"lambda\": 1}",
      "penalty.lambda: does not agree with the kind"
    ),
    ("{\"kind\": \"none\"}", "{\"kind\": \"lasso\"}", "penalty.kind: has a value that is not allowed"),
    ("{\"kind\": \"none\"}", "{\"kind\": \"firth\"}", "intercept.profile: does not agree with the penalty"),
    (
      "\"effective_degrees\": 5", "\"effective_degrees\": 5.5",
      "effective_degrees: is not between 0 and the number of coefficients"
    ),
    ("\"log_likelihood\": -100.5", "\"log_likelihood\": 1", "log_likelihood: is not a negative number"),
    ("\"events\": 96", "\"events\": 96, \"auc\": 1", "auc: is not a key of “konsil: model/1”"),
    (
      "\"coefficient\": 0.75", "\"coefficient\": 0.75, \"p\": 0",
      "terms[2].p: is not a key of “konsil: model/1”"
    ),
    ("\"type\": \"binary\"", "\"type\": \"boolean\"", "variables[2].type: has a value that is not allowed"),
    (
      "\"type\": \"binary\"", "\"type\": \"count\"",
      "variables[2]: has a range or levels that do not fit its type"
    ),
    ("\"name\": \"steroids\", \"label\"", "\"name\": \"age\", \"label\"", "variables[2]: stands there twice"),
    (
      "[\"infliximab\", \"adalimumab\", \"vedolizumab\"]", "[\"infliximab\", \"adalimumab\"]",
      "terms[4].factors: do not agree with the variables"
    ),
    (
      "\"kind\": \"value\", \"variable\": \"steroids\"", "\"kind\": \"score\", \"variable\": \"steroids\"",
      "terms[2].factors: do not agree with the variables"
    ),
    (
      "\"kind\": \"value\", \"variable\": \"age\"",
      "\"kind\": \"value\", \"variable\": \"age\", \"label\": \"a\"",
      "terms[1].factors: do not agree with the variables"
    ),
    (
      "\"kind\": \"value\", \"variable\": \"age\"",
      "\"kind\": \"value\", \"variable\": \"age\", \"transform\": \"spline\", \"knots\": [3, 2, 1], \"term\": 1",
      "terms[1].factors: do not agree with the variables"
    ),
    (
      "\"name\": \"steroids\", \"factors\"", "\"name\": \"age\", \"factors\"",
      "terms[2].name: stands there twice"
    ),
    (
      "\"range\": [0, 1],\n      \"coefficient\": 0.75", "\"range\": [1, 0],\n      \"coefficient\": 0.75",
      "terms[2].range: is not a least and a greatest value"
    ),
    ("\"kind\": \"model\"", "\"kind\": \"cluster\"", "covariance.patients: does not agree with the kind"),
    ("\"coefficient\": 0.75", "\"coefficient\": true", "terms[2].coefficient: has a value of another type"),
    (
      "\"steroids\", \"drug=adalimumab\"", "\"drug=adalimumab\", \"steroids\"",
      "covariance.names: are not the intercept and the terms"
    ),
    ("[0, 0, 0, 0.25, 0.125],", "", "covariance.rows: is not a square of one row for each name"),
    ("[0, 0, 0, 0.25, 0.125]", "[0, 0, 0, 0.25, 0.126]", "covariance.rows[4]: is not symmetric"),
    (
      "[0, 0, 0, 0.25, 0.125]", "[0, 0, 0, 0, 0.125]",
      "covariance.rows[4]: is not finite with a positive variance"
    ),
    (
      "\"coefficient\": 0.75, \"standard_error\": 0.25", "\"coefficient\": 0.75, \"standard_error\": 0.26",
      "terms[2].standard_error: is not the root of its variance"
    ),
  ])
  func aFileThatDoesNotAgreeWithItselfIsRefused(_ old: String, _ new: String, _ expected: String) throws {
    let text = try SampleModel.text.changing(old, to: new)
    let complaint = #expect(throws: Complaint.self) { try SampleModel.decode(text) }
    #expect(complaint?.message == "model.json: \(expected)")
    #expect(complaint?.advice == "give a model file as konsil writes it, unchanged")
    #expect(complaint?.status == .badInput && complaint?.code == "model-file")
  }

  @Test(arguments: [
    (
      "\"variable\": \"diagnosis\", \"one_of\"", "\"variable\": \"disease\", \"one_of\"",
      "variables[7]: rests on “disease”, which is not among the variables"
    ),
    (
      "\"one_of\": [\"CD\"]", "\"one_of\": [\"XD\"]",
      "variables: filter names level “XD”, which “diagnosis” does not have"
    ),
    (
      "{\"variable\": \"pain\", \"factor\": 0.5}", "{\"variable\": \"ache\", \"factor\": 0.5}",
      "variables[8]: rests on “ache”, which is not among the variables"
    ),
    (
      "\"levels\": [\"vedolizumab\", \"ustekinumab\"]", "\"levels\": [\"ustekinumab\", \"vedolizumab\"]",
      "terms[9].factors: do not agree with the variables"
    ),
    ("\"fill\": 41, ", "", "terms[5].fill: does not agree with what is required of the variables"),
    ("\"auc\": 0.7,", "\"auc\": 1.7,", "validation.cross_validated.auc: is not from 0 to 1"),
    (
      "\"events\": 48", "\"events\": 81",
      "validation.cross_validated.bins[3]: has no rows, more events than rows, or no probability"
    ),
  ])
  func soIsARicherOne(_ old: String, _ new: String, _ expected: String) throws {
    let text = try RichModel.text.changing(old, to: new)
    let complaint = #expect(throws: Complaint.self) { try SampleModel.decode(text) }
    #expect(complaint?.message == "model.json: \(expected)")
  }

  @Test(arguments: ["", "[]", "{", "konsil: model/1", String(repeating: "[", count: 100_000)])
  func whatIsNoModelInJSONIsRefused(_ text: String) {
    let complaint = #expect(throws: Complaint.self) { try SampleModel.decode(text) }
    #expect(complaint?.code == "model-file")
    #expect(complaint?.message.hasPrefix("model.json: ") == true)
  }

  @Test func mutatedFilesAreRefusedOrReadAndNeverTrap() throws {
    let samples = [SampleModel.text, RichModel.text].map { Array($0.utf8) }
    for seed in UInt64(1)...2000 {
      var random = SeededNumbers(seed: seed)
      var mutated = samples[Int(seed % 2)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<mutated.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: mutated[place] = UInt8.random(in: 0x20...0x7e, using: &random)
        case 1: mutated.remove(at: place)
        default: mutated.insert(mutated[Int.random(in: 0..<mutated.count, using: &random)], at: place)
        }
      }
      do {
        let model = try ModelFile.decode(mutated, file: "m")
        #expect(try SampleModel.decode(model.text()) == model, "seed \(seed)")
        #expect(!ModelReport(model).text.isEmpty && !ForestPlot(model).svg.isEmpty, "seed \(seed)")
        #expect((CalibrationPlot(model)?.svg.isEmpty ?? true) == (model.validation == nil), "seed \(seed)")
      } catch let error as Complaint {
        #expect(error.code == "model-file", "seed \(seed): \(error)")
      }
    }
  }
}
