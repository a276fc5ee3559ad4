import Cohorts

/// The document `konsil: dictionary/1`: variables, outcomes and purpose of a study, and no keys.
package enum DictionaryDocument {
  static let header = "dictionary/1"

  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> StudyDictionary {
    try read(.root(bytes, file: file))
  }

  /// Also for a dictionary that stands inside of a study.
  static func read(_ value: DocumentValue) throws(DocumentError) -> StudyDictionary {
    let fields = try value.fields(
      header: header, ["name", "title", "purpose", "variables", "outcomes"])
    let name = try fields.required("name").name(.column)
    let title = try fields.required("title").text()
    let purpose = try fields.required("purpose").text()
    let variables = try VariableFields.read(fields.required("variables"))
    let outcomeEntries = try fields.required("outcomes").filledEntries()
    let outcomes = try outcomeEntries.map { (entry) throws(DocumentError) in
      guard !variables.contains(where: { $0.name == entry.key }) else {
        throw entry.value.error("is also a variable", "give the outcome a name of its own")
      }
      return try outcome(entry.value, name: entry.key)
    }
    return StudyDictionary(
      name: name, title: title, purpose: purpose, variables: variables, outcomes: outcomes)
  }

  private static func outcome(
    _ value: DocumentValue, name: String
  ) throws(DocumentError) -> Outcome {
    let fields = try value.fields(["label", "definition"])
    return Outcome(
      name: name, label: try fields.required("label").text(),
      definition: try fields.required("definition").text())
  }
}

extension DocumentValue {
  /// The entries of a mapping of columns, at least one.
  func filledEntries() throws(DocumentError) -> [(key: String, value: DocumentValue)] {
    let entries = try namedEntries(.column)
    guard !entries.isEmpty else { throw error("is empty", "name at least one") }
    return entries
  }
}
