/// A mapping whose keys are known beforehand.
struct DocumentFields {
  let value: DocumentValue
  private let entries: [String: DocumentValue]

  fileprivate init(value: DocumentValue, entries: [String: DocumentValue]) {
    self.value = value
    self.entries = entries
  }

  func required(_ key: String) throws(DocumentError) -> DocumentValue {
    guard let entry = entries[key] else {
      throw DocumentError(
        file: value.file, line: value.line, key: value.path(of: key), problem: "is missing",
        advice: "add it")
    }
    return entry
  }

  func optional(_ key: String) -> DocumentValue? { entries[key] }

  func has(_ key: String) -> Bool { entries[key] != nil }
}

extension DocumentValue {
  fileprivate func path(of key: String) -> String {
    let shown = DocumentParser.shortened(key)
    return path.isEmpty ? shown : "\(path).\(shown)"
  }

  /// The entries of a mapping, in their order.
  func entries() throws(DocumentError) -> [(key: String, value: DocumentValue)] {
    guard case .mapping(let entries) = node.content else {
      throw error("must be a mapping", "write “key: value” lines, indented by two blanks")
    }
    return entries.map {
      let value = DocumentValue(
        node: $0.value, file: file, line: $0.position.line, path: path(of: $0.key))
      return ($0.key, value)
    }
  }

  /// The entries of a mapping whose keys are names, in their order.
  func namedEntries(
    _ rule: NameRule
  ) throws(DocumentError) -> [(key: String, value: DocumentValue)] {
    let entries = try entries()
    for (key, value) in entries where !rule.allows(key) {
      throw value.error("is not a name", "write \(rule.words)")
    }
    return entries
  }

  /// A mapping with no other keys than `known`.
  func fields(_ known: [String]) throws(DocumentError) -> DocumentFields {
    let entries = try entries()
    for (key, value) in entries where !known.contains(key) {
      throw value.error("is not a key here", Nearest.advice(for: key, among: known))
    }
    let byKey = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    return DocumentFields(value: self, entries: byKey)
  }

  /// A mapping that says with `konsil: KIND/VERSION` what it is, and has no other keys than `known`.
  func fields(
    header: String, _ known: [String]
  ) throws(DocumentError) -> DocumentFields {
    let kind = try entries().first { $0.key == "konsil" }?.value
    guard let kind else {
      throw DocumentError(
        file: file, line: line, key: path(of: "konsil"), problem: "is missing",
        advice: "give a document that begins with “konsil: \(header)”")
    }
    guard try kind.text() == header else {
      throw kind.error("is not “\(header)”", "give a document of that kind and version")
    }
    return try fields(["konsil"] + known)
  }
}
