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
    let variableEntries = try fields.required("variables").filledEntries()
    let variables = try variableEntries.map { (entry) throws(DocumentError) in
      try variable(entry.value, name: entry.key)
    }
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

  private static func variable(
    _ value: DocumentValue, name: String
  ) throws(DocumentError) -> Variable {
    let fields = try value.fields(["label", "type", "unit", "range", "levels", "codes", "missing"])
    let type = try fields.required("type").choice(VariableType.self)
    for key in ["unit", "range", "levels"] where !type.allowedKeys.contains(key) {
      if let misplaced = fields.optional(key) {
        throw misplaced.error("does not go with type \(type)", "remove it or change the type")
      }
    }
    let kind: Variable.Kind
    switch type {
    case .continuous: kind = .continuous(try range(fields.required("range")))
    case .count: kind = .count(try wholeRange(fields.required("range")))
    case .binary: kind = .binary
    case .categorical: kind = .categorical(levels: try levels(fields.required("levels")))
    }
    let unit =
      type == .continuous
      ? try fields.required("unit").text()
      : try fields.optional("unit")?.text()
    return Variable(
      name: name, label: try fields.required("label").text(), kind: kind, unit: unit,
      codes: try codes(fields.optional("codes")),
      missing: try missing(fields.optional("missing"), kind: kind))
  }

  private enum VariableType: String, CaseIterable {
    case continuous, count, binary, categorical

    var allowedKeys: [String] {
      switch self {
      case .continuous, .count: ["unit", "range"]
      case .binary: []
      case .categorical: ["levels"]
      }
    }
  }

  private static func range(_ value: DocumentValue) throws(DocumentError) -> ValueRange {
    let ends = try value.list()
    guard ends.count == 2, let range = ValueRange(lower: try ends[0].number(), upper: try ends[1].number())
    else {
      throw value.error("must be two numbers, the lower one first", "write “[0, 500]”")
    }
    return range
  }

  private static func wholeRange(_ value: DocumentValue) throws(DocumentError) -> ValueRange {
    let range = try range(value)
    guard [range.lower, range.upper].allSatisfy({ $0 == $0.rounded() && abs($0) < 0x1p53 }) else {
      throw value.error("must have whole ends for a count", "write “[0, 20]”")
    }
    return range
  }

  private static func levels(_ value: DocumentValue) throws(DocumentError) -> [String] {
    let levels = try value.distinctTexts()
    guard levels.count >= 2 else {
      throw value.error("has a single level", "name at least two, the reference first")
    }
    return levels
  }

  private static func codes(_ value: DocumentValue?) throws(DocumentError) -> [String: String] {
    var codes: [String: String] = [:]
    for (system, code) in try value?.namedEntries(.party) ?? [] { codes[system] = try code.text() }
    return codes
  }

  private static func missing(
    _ value: DocumentValue?, kind: Variable.Kind
  ) throws(DocumentError) -> [String] {
    guard let value else { return [] }
    let texts = try value.distinctTexts()
    if case .categorical(let levels) = kind, let both = texts.first(where: levels.contains) {
      throw value.error("has the level “\(both)”", "a level cannot stand for a missing value")
    }
    return texts
  }
}

extension DocumentValue {
  /// The entries of a mapping of columns, at least one.
  fileprivate func filledEntries() throws(DocumentError) -> [(key: String, value: DocumentValue)] {
    let entries = try namedEntries(.column)
    guard !entries.isEmpty else { throw error("is empty", "name at least one") }
    return entries
  }
}
