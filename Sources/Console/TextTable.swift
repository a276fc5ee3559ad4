/// A table in plain text: aligned columns, at most 100 characters wide; what does not fit is wrapped in
/// the columns that may.
package struct TextTable {
  package static let width = 100
  private static let gap = 2
  private static let leastWrapped = 12

  package enum Alignment: Sendable {
    case left, right
  }

  package struct Column: Sendable {
    /// Lines are divided by line feeds.
    let header: String
    let alignment: Alignment
    let mayWrap: Bool

    package init(header: String, alignment: Alignment = .left, mayWrap: Bool = false) {
      self.header = header
      self.alignment = alignment
      self.mayWrap = mayWrap
    }
  }

  let columns: [Column]
  /// One text for each column.
  let rows: [[String]]

  package init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Whole lines, the header first.
  package var text: String {
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
