/// Plain text in lines of at most `TextTable.width` characters.
package enum TextLines {
  /// Breaks a text at blanks, and within words that are longer than a line.
  package static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var rest = word
      while rest.count > width {
        lines.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      line = String(rest)
    }
    return lines + [line]
  }

  /// One fact a line, the values aligned and wrapped.
  package static func facts(_ facts: [(name: String, value: String)]) -> String {
    let widest = facts.map(\.name.count).max() ?? 0
    return facts.map { name, value in
      let lines = wrapped(value, width: TextTable.width - widest - 2)
      return lines.enumerated().map { index, line in
        let head = index == 0 ? name : ""
        let blanks = String(repeating: " ", count: widest - head.count + 2)
        return withoutTrailingBlanks(head + blanks + line) + "\n"
      }.joined()
    }.joined()
  }

  package static func withoutTrailingBlanks(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
