/// A value of JSON, for documents whose keys and forms another program has fixed.
enum JSONValue {
  case text(String)
  case integer(Int)
  case list([JSONValue])
  case texts([String])
  case integers([Int])
  /// Finite, each in the shortest form that reads back as the same `Float`.
  case floats([Float])
  /// Keys in the order they are written.
  case object([(key: String, value: JSONValue)])

  /// Without blanks.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .text(let value): Self.quote(value, to: &text)
    case .integer(let value): text += "\(value)"
    case .list(let values): Self.list(values, to: &text) { $0.write(to: &$1) }
    case .texts(let values): Self.list(values, to: &text, Self.quote)
    case .integers(let values): Self.list(values, to: &text) { $1 += "\($0)" }
    case .floats(let values): Self.list(values, to: &text) { $1 += "\($0)" }
    case .object(let entries):
      text += "{"
      for (place, entry) in entries.enumerated() {
        if place > 0 { text += "," }
        Self.quote(entry.key, to: &text)
        text += ":"
        entry.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func list<Element>(
    _ values: [Element], to text: inout String, _ write: (Element, inout String) -> Void
  ) {
    text += "["
    for (place, value) in values.enumerated() {
      if place > 0 { text += "," }
      write(value, &text)
    }
    text += "]"
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
