import Cohorts
import Federation
import Regression
import SecureAggregation

/// The document `konsil: plan/1`: what one analysis is. Without the study's digest it is a template.
package enum PlanDocument {
  static let header = "plan/1"
  package static let defaultMostSteps = 60

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
      header: header,
      [
        "name", "study", "sites", "membership", "filter", "algorithm", "outcome", "predictors",
        "penalty", "most_steps",
      ])
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
    _ = try fields.required("algorithm").word(of: Algorithm.names)
    let predictors = try fields.required("predictors").distinctNames(.column)
    return .logistic(
      LogisticSpecification(
        outcome: try fields.required("outcome").name(.column), predictors: predictors,
        penalty: try fields.optional("penalty").map(penalty) ?? .none))
  }

  private static func penalty(
    _ value: DocumentValue
  ) throws(DocumentError) -> LogisticSpecification.Penalty {
    if case .scalar = value.node.content {
      _ = try value.word(of: ["none"])
      return .none
    }
    let ridge = try value.fields(["ridge"]).required("ridge").fields(["lambda"])
    return .ridge(lambda: try ridge.required("lambda").number("a number above 0") { $0 > 0 })
  }
}
