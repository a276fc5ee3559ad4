/// What of a model file the comparison needs.
struct ModelFile: Decodable {
  struct Name: Decodable {
    let name: String
  }

  struct Condition: Decodable {
    let variable: String
    let atLeast: Double?
    let atMost: Double?
    let oneOf: [String]?
  }

  struct Part: Decodable {
    let variable: String
    let factor: Double
  }

  struct Variable: Decodable {
    let name: String
    let levels: [String]?
    let missing: [String]
    let appliesWhen: Condition?
    let computed: [Part]?
  }

  struct Factor: Decodable {
    let kind: String
    let variable: String
    let transform: String?
    let per: Double?
    let knots: [Double]?
    let term: Int?
    let levels: [String]?
  }

  struct Intercept: Decodable {
    let coefficient: Double
    let standardError: Double
  }

  struct Term: Decodable {
    let name: String
    let factors: [Factor]
    let coefficient: Double
    let standardError: Double
  }

  struct Penalty: Decodable {
    let lambda: Double?
  }

  struct Note: Decodable {
    let kind: String
    let subject: String
  }

  struct Performance: Decodable {
    let auc: Double
    let calibrationSlope: Double?
    let calibrationIntercept: Double?
  }

  struct Validation: Decodable {
    let apparent: Performance
    let crossValidated: Performance
  }

  let study: Name
  let outcome: Name
  /// Conditions that every row of the model meets.
  let filter: [Condition]
  let algorithm: String
  let variables: [Variable]
  /// `mean+indicator`, or another rule, by which rows that lack a value are not in the model.
  let missing: String
  let penalty: Penalty
  let intercept: Intercept
  let terms: [Term]
  let notes: [Note]
  let rows: Int
  let events: Int
  let sites: Int
  let newtonSteps: Int
  let validation: Validation?
}

/// What of a model file of boosted trees the comparison needs.
struct TreesFile: Decodable {
  /// A tree, of which nothing is looked at.
  struct Tree: Decodable {}

  let rows: Int
  let rounds: [Tree]
  let validation: ModelFile.Validation?
}

/// What of a followed run the comparison needs.
struct RunFile: Decodable {
  struct Instant: Decodable {
    let milliseconds: Double
  }

  struct Run: Decodable {
    let steps: Int
    let submitted: Instant
    let ended: Instant

    /// From the plan handed in to the model stored.
    var seconds: Double { (ended.milliseconds - submitted.milliseconds) / 1000 }
  }

  let run: Run
}

/// What of an agent's check the comparison needs.
struct CheckFile: Decodable {
  struct Transport: Decodable {
    let tls: String
    let group: String?
  }

  let transport: Transport
}
