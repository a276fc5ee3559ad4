/// What of a model file the comparison needs.
struct ModelFile: Decodable {
  struct Name: Decodable {
    let name: String
  }

  struct Estimate: Decodable {
    let coefficient: Double
    let standardError: Double
  }

  struct Term: Decodable {
    let variable: String
    let level: String?
    let reference: String?
    let coefficient: Double
    let standardError: Double

    var estimate: Estimate { Estimate(coefficient: coefficient, standardError: standardError) }
  }

  let study: Name
  let outcome: Name
  let algorithm: String
  let intercept: Estimate
  let terms: [Term]
  let lambda: Double
  let rows: Int
  let sites: Int
  let newtonSteps: Int
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
