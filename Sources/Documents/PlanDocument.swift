import Boosting
import Cohorts
import Federation
import SecureAggregation

/// The document `konsil: plan/1`: what one analysis is. Without the study's digest it is a template.
package enum PlanDocument {
  static let header = "plan/1"
  package static let defaultMostSteps = 200

  private static let commonKeys = [
    "name", "study", "sites", "membership", "threshold", "filter", "algorithm", "outcome", "most_steps",
  ]

  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> Plan {
    try read(.root(bytes, file: file))
  }

  static func read(_ value: DocumentValue) throws(DocumentError) -> Plan {
    let fields = try value.fields(
      header: header, commonKeys + algorithmKeys.map(\.keys).reduce([], +).distinct)
    let study = try fields.required("study").fields(["name", "digest"])
    let digest = try study.optional("digest").map(digest)
    let sites = try fields.optional("sites")?.distinctNames(.party)
    guard digest == nil || sites != nil else {
      throw value.error(
        "names a study's digest but no sites", "name the sites, or remove the digest for a template")
    }
    let membership: Membership = try fields.optional("membership")?.choice() ?? .fixed
    if membership == .fixed, let threshold = fields.optional("threshold") {
      throw threshold.error("goes with “membership: tolerant” only", "remove it")
    }
    let algorithm = try algorithm(fields)
    return Plan(
      name: try fields.required("name").name(.party),
      study: try study.required("name").name(.column), studyDigest: digest, sites: sites ?? [],
      membership: membership,
      threshold: try fields.optional("threshold")?.wholeNumber(in: 3...10_000),
      filter: try fields.optional("filter").map(FilterFields.read) ?? CohortFilter([]),
      algorithm: algorithm,
      mostSteps: try fields.optional("most_steps")?.wholeNumber(in: 1...100_000) ?? mostSteps(algorithm))
  }

  /// The step budget of a plan that names none.
  private static func mostSteps(_ algorithm: Algorithm) -> Int {
    guard case .boosting(let specification) = algorithm else { return defaultMostSteps }
    let stepsOfRound = specification.grow == .depth ? specification.maxDepth : specification.maxLeaves
    return defaultMostSteps + specification.rounds * (stepsOfRound + 2)
  }

  private static func digest(_ value: DocumentValue) throws(DocumentError) -> Digest {
    let text = try value.text()
    guard text.utf8.count == 2 * Digest.byteCount, let digest = Digest(hexadecimal: text) else {
      throw value.error("is not a digest", "write the 64 hexadecimal digits of the study's SHA-256")
    }
    return digest
  }

  private static func algorithm(_ fields: DocumentFields) throws(DocumentError) -> Algorithm {
    let name = try fields.required("algorithm").word(of: Algorithm.names)
    try refuseOthers(than: name, in: fields)
    return switch name {
    case "summary": .summary(try summary(fields))
    case "boosting": .boosting(try boosting(fields))
    default: .logistic(try logistic(fields))
    }
  }

  private static let algorithmKeys = [
    (name: "logistic", keys: logisticKeys), (name: "summary", keys: summaryKeys),
    (name: "boosting", keys: boostingKeys),
  ]

  /// Keys that other algorithms have, and this one has not.
  private static func refuseOthers(
    than algorithm: String, in fields: DocumentFields
  ) throws(DocumentError) {
    let own = algorithmKeys.first { $0.name == algorithm }?.keys ?? []
    for (name, keys) in algorithmKeys {
      for key in keys where !own.contains(key) {
        if let value = fields.optional(key) {
          throw value.error("goes with “algorithm: \(name)” only", "remove it")
        }
      }
    }
  }
}

extension [String] {
  /// Each once, in their order.
  fileprivate var distinct: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
