import Cohorts
import Federation
import SecureAggregation

/// The document `konsil: plan/1`: what one analysis is. Without the study's digest it is a template.
package enum PlanDocument {
  static let header = "plan/1"
  package static let defaultMostSteps = 200

  private static let commonKeys = [
    "name", "study", "sites", "membership", "filter", "algorithm", "outcome", "most_steps",
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
    let fields = try value.fields(header: header, commonKeys + logisticKeys + summaryKeys)
    let study = try fields.required("study").fields(["name", "digest"])
    let digest = try study.optional("digest").map(digest)
    let sites = try fields.optional("sites")?.distinctNames(.party)
    guard digest == nil || sites != nil else {
      throw value.error(
        "names a study's digest but no sites", "name the sites, or remove the digest for a template")
    }
    return Plan(
      name: try fields.required("name").name(.party),
      study: try study.required("name").name(.column), studyDigest: digest, sites: sites ?? [],
      membership: try fields.optional("membership")?.choice() ?? .fixed,
      filter: try fields.optional("filter").map(FilterFields.read) ?? CohortFilter([]),
      algorithm: try algorithm(fields),
      mostSteps: try fields.optional("most_steps")?.wholeNumber(in: 1...1000) ?? defaultMostSteps)
  }

  private static func digest(_ value: DocumentValue) throws(DocumentError) -> Digest {
    let text = try value.text()
    guard text.utf8.count == 2 * Digest.byteCount, let digest = Digest(hexadecimal: text) else {
      throw value.error("is not a digest", "write the 64 hexadecimal digits of the study's SHA-256")
    }
    return digest
  }

  private static func algorithm(_ fields: DocumentFields) throws(DocumentError) -> Algorithm {
    switch try fields.required("algorithm").word(of: Algorithm.names) {
    case "summary":
      try refuse(logisticKeys, of: "logistic", in: fields)
      return .summary(try summary(fields))
    default:
      try refuse(summaryKeys, of: "summary", in: fields)
      return .logistic(try logistic(fields))
    }
  }

  /// Keys that another algorithm has.
  private static func refuse(
    _ keys: [String], of algorithm: String, in fields: DocumentFields
  ) throws(DocumentError) {
    for key in keys {
      if let value = fields.optional(key) {
        throw value.error("goes with “algorithm: \(algorithm)” only", "remove it")
      }
    }
  }
}
