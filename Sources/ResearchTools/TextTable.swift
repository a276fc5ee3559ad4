/// A table in plain text: aligned columns, at most 100 characters wide; what does not fit is wrapped in
/// the columns that may.
struct TextTable {
  static let width = 100
  private static let gap = 2
  private static let leastWrapped = 12

  enum Alignment {
    case left, right
  }

  struct Column {
    /// Lines are divided by line feeds.
    let header: String
    var alignment = Alignment.left
    var mayWrap = false
  }

  let columns: [Column]
  /// One text for each column.
  let rows: [[String]]

  /// Whole lines, the header first.
  var text: String {
    let widths = widths
    let header = columns.map { $0.header.split(separator: "\n").map(String.init) }
    let bodies = rows.map { row in
      columns.indices.map { index in
        columns[index].mayWrap ? TextLines.wrapped(row[index], width: widths[index]) : [row[index]]
      }
    }
    return ([header] + bodies).map { lines(of: $0, widths: widths) }.joined()
  }

  private var widths: [Int] {
    var widths = columns.indices.map { index in
      (columns[index].header.split(separator: "\n").map(\.count) + rows.map { $0[index].count }).max() ?? 0
    }
    let room = Self.width - Self.gap * (columns.count - 1)
    while widths.reduce(0, +) > room {
      let candidates = widths.indices.filter { columns[$0].mayWrap && widths[$0] > Self.leastWrapped }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func lines(of cells: [[String]], widths: [Int]) -> String {
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { line in
      let parts = columns.indices.map { index in
        let text = line < cells[index].count ? cells[index][line] : ""
        let blanks = String(repeating: " ", count: max(0, widths[index] - text.count))
        return columns[index].alignment == .left ? text + blanks : blanks + text
      }
      return TextLines.withoutTrailingBlanks(parts.joined(separator: "  ")) + "\n"
    }.joined()
  }
}

/// Plain text in lines.
enum TextLines {
  /// Breaks a text at blanks, and within words that are longer than a line.
  static func wrapped(_ text: String, width: Int) -> [String] {
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
  static func facts(_ facts: [(name: String, value: String)]) -> String {
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

  static func withoutTrailingBlanks(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
