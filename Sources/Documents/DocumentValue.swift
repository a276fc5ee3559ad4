/// A node of a document with its place, and typed access to it. Every access that does not fit
/// throws the `DocumentError` that says so.
struct DocumentValue {
  let node: DocumentNode
  let file: String
  /// The line to name in errors: the key's where there is one.
  let line: Int
  let path: String

  /// The top of the document in `bytes`.
  static func root(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> DocumentValue {
    let node = try DocumentParser(file: file).parse(bytes)
    return DocumentValue(node: node, file: file, line: node.position.line, path: "")
  }

  func error(_ problem: String, _ advice: String) -> DocumentError {
    DocumentError(file: file, line: line, key: path, problem: problem, advice: advice)
  }

  /// Text, trimmed; never empty.
  func text() throws(DocumentError) -> String {
    guard case .scalar(let written, let isPlain) = node.content else {
      throw error("must be text", "write a single value, not a list or mapping")
    }
    let text = written.trimmed
    guard !text.isEmpty, !(isPlain && ["~", "null", "Null", "NULL"].contains(text)) else {
      throw error("has no value", "write one, or remove the key")
    }
    return text
  }

  func wholeNumber(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
    guard case .scalar(let text, isPlain: true) = node.content, let value = Int(text),
      text == String(value), range.contains(value)
    else {
      throw error(
        "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
        "write it in digits, without quotes")
    }
    return value
  }

  /// A finite number that meets `condition`, which `requirement` says in words.
  func number(
    _ requirement: String = "a number", where condition: (Double) -> Bool = { _ in true }
  ) throws(DocumentError) -> Double {
    guard case .scalar(let text, isPlain: true) = node.content,
      text.utf8.allSatisfy("0123456789+-.eE".utf8.contains), let value = Double(text),
      value.isFinite, condition(value)
    else {
      throw error("must be \(requirement)", "write it with a decimal point, without quotes")
    }
    return value
  }

  func name(_ rule: NameRule) throws(DocumentError) -> String {
    let name = try text()
    guard rule.allows(name) else { throw error("is not a name", "write \(rule.words)") }
    return name
  }

  /// One of the words that `choices` has.
  func word(of choices: [String]) throws(DocumentError) -> String {
    let word = try text()
    guard choices.contains(word) else {
      throw error("is not known here", Nearest.advice(for: word, among: choices))
    }
    return word
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type = Choice.self
  ) throws(DocumentError) -> Choice where Choice.RawValue == String {
    let word = try word(of: Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: word) else {
      throw error("is not known here", "write another word")
    }
    return choice
  }

  func list() throws(DocumentError) -> [DocumentValue] {
    guard case .list(let items) = node.content else {
      throw error("must be a list", "write “[first, second]”, or each entry on a line after “- ”")
    }
    return items.enumerated().map { index, item in
      DocumentValue(
        node: item, file: file, line: item.position.line, path: "\(path)[\(index + 1)]")
    }
  }

  /// A list of texts, each there once.
  func distinctTexts(mayBeEmpty: Bool = false) throws(DocumentError) -> [String] {
    try distinct(mayBeEmpty: mayBeEmpty) { (item) throws(DocumentError) in try item.text() }
  }

  /// A list of names, each there once.
  func distinctNames(_ rule: NameRule, mayBeEmpty: Bool = false) throws(DocumentError) -> [String] {
    try distinct(mayBeEmpty: mayBeEmpty) { (item) throws(DocumentError) in try item.name(rule) }
  }

  /// A list of some of `choices`, each there once.
  func distinctWords(of choices: [String], mayBeEmpty: Bool = false) throws(DocumentError) -> [String] {
    try distinct(mayBeEmpty: mayBeEmpty) { (item) throws(DocumentError) in try item.word(of: choices) }
  }

  private func distinct(
    mayBeEmpty: Bool, _ read: (DocumentValue) throws(DocumentError) -> String
  ) throws(DocumentError) -> [String] {
    let items = try list()
    guard mayBeEmpty || !items.isEmpty else {
      throw error("is an empty list", "name at least one entry")
    }
    var texts: [String] = []
    var known: Set<String> = []
    for item in items {
      let text = try read(item)
      guard known.insert(text).inserted else {
        throw item.error(
          "repeats “\(DocumentParser.shortened(text))”", "keep each entry of the list once")
      }
      texts.append(text)
    }
    return texts
  }
}

extension String {
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
