/// A column of a file that the study does not ask for.
package struct UnreadColumn: Hashable, Sendable, Codable {
  package let name: String
  /// In which forms it has dates, such as `year-month-day`; more than one is worth a look.
  package let dateForms: [String]
}

/// The columns of a file that the study does not ask for.
struct UnreadColumns {
  private let names: [(name: String, position: Int)]
  private var forms: [DateForms]

  init(_ names: [String], read: [String]) {
    let read = Set(read)
    self.names = names.enumerated().filter { !$1.isEmpty && !read.contains($1) }.map { ($1, $0) }
    forms = self.names.map { _ in DateForms() }
  }

  mutating func look(at bytes: UnsafeBufferPointer<UInt8>, _ cells: [Range<Int>]) {
    for (index, column) in names.enumerated() where column.position < cells.count {
      forms[index].look(at: bytes, cells[column.position])
    }
  }

  var columns: [UnreadColumn] {
    zip(names, forms).map { UnreadColumn(name: $0.name, dateForms: $1.words) }
  }
}

/// Which forms of dates were seen in a column.
struct DateForms {
  private enum Form: UInt8, CaseIterable {
    case yearMonthDay, dayMonthYear, slashes, digits

    var words: String {
      switch self {
      case .yearMonthDay: "year-month-day"
      case .dayMonthYear: "day.month.year"
      case .slashes: "with slashes"
      case .digits: "eight digits"
      }
    }
  }

  /// Rows that are looked at.
  static let mostRows = 10_000

  private var seen: UInt8 = 0

  mutating func look(at bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>) {
    let cell = Cell.trimmed(bytes, cell)
    guard (8...10).contains(cell.count) || cell.count == 19 else { return }
    // Letters stand for digits: 9, and the separators for themselves.
    let shape = String(
      decoding: bytes[cell].prefix(10).map { (0x30...0x39).contains($0) ? UInt8(ascii: "9") : $0 },
      as: UTF8.self)
    let form: Form
    switch shape {
    case "9999-99-99": form = .yearMonthDay
    case "99.99.9999", "9.99.9999", "99.9.9999", "9.9.9999", "99.99.99": form = .dayMonthYear
    case "99/99/9999", "9/99/9999", "99/9/9999", "9/9/9999", "99/99/99", "9999/99/99": form = .slashes
    case "99999999": form = .digits
    default: return
    }
    seen |= 1 << form.rawValue
  }

  var words: [String] { Form.allCases.filter { seen & 1 << $0.rawValue != 0 }.map(\.words) }
}
