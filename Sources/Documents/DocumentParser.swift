import Yams

/// YAML text into nodes: one document in UTF-8, at most 1 MiB, without anchors, aliases, tags,
/// control characters or duplicate keys.
struct DocumentParser {
  static let mostBytes = 1 << 20
  static let mostDepth = 32
  static let mostAliasLikeWords = 8

  let file: String

  func parse(_ bytes: some Collection<UInt8>) throws(DocumentError) -> DocumentNode {
    guard bytes.count <= Self.mostBytes else {
      throw error(line: 1, "is larger than 1 MiB", "give a smaller document")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let unmarked = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0)
    guard let text = String(validating: unmarked, as: UTF8.self) else {
      throw error(line: 1, "is not UTF-8", "save the file as UTF-8")
    }
    try refuseManyAliases(text)
    let root: Node?
    let parser: Parser
    do {
      // The resolver without rules leaves every scalar as text; types are the decoders' matter.
      parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch let yaml as YamlError {
      throw self.error(yaml)
    } catch {
      throw self.error(line: 1, "cannot be read as YAML", "check its layout")
    }
    guard let root else {
      throw error(line: 1, "is empty", "write the document, beginning with its “konsil:” key")
    }
    // A node's anchor is a weak reference to what the parser holds.
    return try withExtendedLifetime(parser) { () throws(DocumentError) in
      try node(root, depth: 1)
    }
  }

  /// The YAML library expands aliases before anything here sees them, and hashes keys with them, so
  /// what could grow beyond bounds is refused in the text. Fewer aliases are refused as nodes, by
  /// the anchor that each needs.
  private func refuseManyAliases(_ text: String) throws(DocumentError) {
    var line = 1
    var count = 0
    var before: UInt8 = 0x0A
    var beforeThat: UInt8 = 0x0A
    for byte in text.utf8 {
      let startsWord = beforeThat <= 0x20 || "[{,:".utf8.contains(beforeThat)
      if before == UInt8(ascii: "*"), startsWord, byte > 0x20, byte != UInt8(ascii: "*") {
        count += 1
        guard count <= Self.mostAliasLikeWords else {
          throw error(
            line: line, "has more than \(Self.mostAliasLikeWords) words that begin with “*”",
            "aliases are not allowed; write out what they stand for")
        }
      }
      if byte == 0x0A { line += 1 }
      (beforeThat, before) = (before, byte)
    }
  }

  private func node(_ node: Node, depth: Int) throws(DocumentError) -> DocumentNode {
    let position = DocumentNode.Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    guard depth <= Self.mostDepth else {
      throw error(
        line: position.line, "is nested deeper than \(Self.mostDepth) levels", "write it flatter")
    }
    guard node.anchor == nil, node.alias == nil else {
      throw error(
        line: position.line, "has an anchor (&) or alias (*)",
        "write the value out where it is needed")
    }
    let content: DocumentNode.Content
    switch node {
    case .scalar(let scalar):
      try refuse(tag: scalar.tag, unless: .str, line: position.line)
      content = .scalar(try text(scalar, line: position.line), isPlain: scalar.style == .plain)
    case .sequence(let items):
      try refuse(tag: items.tag, unless: .seq, line: position.line)
      content = .list(
        try items.map { (item) throws(DocumentError) in try self.node(item, depth: depth + 1) })
    case .mapping(let pairs):
      try refuse(tag: pairs.tag, unless: .map, line: position.line)
      content = .mapping(
        try pairs.map { (pair) throws(DocumentError) in try entry(pair, depth: depth + 1) })
    case .alias:
      throw error(line: position.line, "has an alias (*)", "write the value out")
    }
    return DocumentNode(position: position, content: content)
  }

  private func entry(
    _ pair: (key: Node, value: Node), depth: Int
  ) throws(DocumentError) -> DocumentNode.Entry {
    let key = try node(pair.key, depth: depth)
    guard case .scalar(let name, _) = key.content, !name.isEmpty else {
      throw error(line: key.position.line, "has a key that is not a word", "write “key: value”")
    }
    return DocumentNode.Entry(
      key: name, position: key.position, value: try node(pair.value, depth: depth))
  }

  private func refuse(
    tag: Tag, unless allowed: Tag.Name, line: Int
  ) throws(DocumentError) {
    guard [.implicit, .nonSpecific, allowed].contains(Tag.Name(rawValue: tag.rawValue)) else {
      throw error(line: line, "has a tag (!)", "write the value without it")
    }
  }

  /// Documents are shown in terminals, so what could steer one is refused here, for all of them.
  private func text(_ scalar: Node.Scalar, line: Int) throws(DocumentError) -> String {
    for character in scalar.string.unicodeScalars {
      let steers: Bool =
        switch character.value {
        case 0x09, 0x0A: false
        case 0x00..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
      guard !steers else {
        throw error(line: line, "has a control character", "remove it")
      }
    }
    return scalar.string
  }

  private func error(line: Int, _ problem: String, _ advice: String) -> DocumentError {
    DocumentError(file: file, line: line, key: "", problem: problem, advice: advice)
  }

  private func error(_ yaml: YamlError) -> DocumentError {
    let layout = "check indentation, quotes and colons here and just above"
    switch yaml {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      guard problem != "but found another document" else {
        return error(line: mark.line, "holds a second document", "write one document a file")
      }
      guard problem != "found undefined alias" else {
        return error(line: mark.line, "has an alias (*)", "write the value out where it is needed")
      }
      let words = context.map { "\($0.text): \(problem)" } ?? problem
      return error(line: mark.line, "is not well-formed YAML (\(words))", layout)
    case .duplicatedKeysInMapping(let keys, let context):
      return DocumentError(
        file: file, line: context.mark.line, key: keys.first.map(Self.shortened) ?? "",
        problem: "is there more than once, first in this line", advice: "keep one of them")
    case .reader(_, let offset, _, let text):
      let line = text.prefix(offset ?? 0).count(where: \.isNewline) + 1
      return error(line: line, "has a control character", "remove it")
    default:
      return error(line: 1, "cannot be read as YAML", "check its layout")
    }
  }

  /// A key as it is shown: on one line, and not longer than one.
  static func shortened(_ key: String) -> String {
    let shown = key.count > 64 ? key.prefix(63) + "…" : key[...]
    return String(shown.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }
}
