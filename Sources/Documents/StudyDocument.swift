import Cohorts
import Federation
import Preprocessing
import SecureAggregation

/// The document `konsil: study/1`: a dictionary, who takes part, and the least sizes.
package enum StudyDocument {
  static let header = "study/1"
  package static let defaultMostRowsPerSite = 1 << 20
  package static let defaultRecordKey = "patient_id"

  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> Study {
    let fields = try DocumentValue.root(bytes, file: file).fields(
      header: header,
      [
        "dictionary", "sites", "researchers", "least_sites", "least_rows", "least_count",
        "most_rows_per_site", "most_rows_per_patient", "support", "record_key",
      ])
    let dictionary = try DictionaryDocument.read(fields.required("dictionary"))
    let (sites, researchers) = try parties(fields)
    let limits = try limits(fields)
    guard limits.leastSites <= sites.count else {
      throw try fields.required("least_sites").error(
        "is more than the \(sites.count) sites of the study", "invite more sites or lower it")
    }
    let recordKey = fields.optional("record_key")
    let recordKeyName = try recordKey?.name(.column) ?? defaultRecordKey
    let columns = dictionary.variables.map(\.name) + dictionary.outcomes.map(\.name)
    guard !columns.contains(recordKeyName) else {
      throw (recordKey ?? fields.value).error(
        "has a record key that is a variable or outcome",
        "name the column that holds the patient's pseudonym and nothing else")
    }
    return Study(
      dictionary: dictionary, sites: sites, researchers: researchers, limits: limits,
      recordKey: recordKeyName)
  }

  /// Names are distinct by the document's rules, keys over all parties: one key is one party.
  private static func parties(
    _ fields: DocumentFields
  ) throws(DocumentError) -> (sites: [Party], researchers: [Party]) {
    var owners: [IdentityKey: String] = [:]
    func read(_ key: String) throws(DocumentError) -> [Party] {
      let value = try fields.required(key)
      let parties = try value.namedEntries(.party).map { (name, value) throws(DocumentError) in
        guard let key = IdentityKey(base64: try value.text()) else {
          throw value.error(
            "is not an identity key", "write the key's 32 bytes in base64, 44 characters")
        }
        if let owner = owners.updateValue(value.path, forKey: key) {
          throw value.error("has the same key as \(owner)", "give every party a key of its own")
        }
        return Party(name: name, key: key)
      }
      guard !parties.isEmpty else { throw value.error("is empty", "name at least one") }
      return parties
    }
    return (try read("sites"), try read("researchers"))
  }

  private static func limits(_ fields: DocumentFields) throws(DocumentError) -> Study.Limits {
    let mostRows =
      try fields.optional("most_rows_per_site")?.wholeNumber(in: 1...(1 << 30)) ?? defaultMostRowsPerSite
    return Study.Limits(
      leastSites: try fields.required("least_sites").wholeNumber(in: 3...10_000),
      leastRows: try fields.required("least_rows").wholeNumber(in: 1...1_000_000_000),
      leastCount: try fields.required("least_count").wholeNumber(in: 1...1_000_000),
      mostRowsPerSite: mostRows,
      mostRowsPerPatient: try fields.optional("most_rows_per_patient")?.wholeNumber(in: 1...mostRows) ?? 1,
      support: try fields.optional("support")?.choice() ?? .columns)
  }
}
