/// A parsed document without types: scalars as they were written, lists and mappings in their order.
struct DocumentNode: Equatable {
  /// Line and column, both counted from 1.
  struct Position: Hashable {
    let line: Int
    let column: Int
  }

  enum Content: Equatable {
    /// `isPlain` is false where quotes or a block style mark the scalar as text.
    case scalar(String, isPlain: Bool)
    case list([DocumentNode])
    case mapping([Entry])
  }

  struct Entry: Equatable {
    let key: String
    let position: Position
    let value: DocumentNode
  }

  let position: Position
  let content: Content

  /// The entry of a mapping; nil where there is none or this is no mapping.
  func entry(_ key: String) -> Entry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }
  }

  /// The greatest line on which a key or a value of this node begins.
  var lastLine: Int {
    switch content {
    case .scalar: position.line
    case .list(let items): items.map(\.lastLine).reduce(position.line, max)
    case .mapping(let entries):
      entries.map { max($0.position.line, $0.value.lastLine) }.reduce(position.line, max)
    }
  }
}
