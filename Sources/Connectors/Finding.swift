/// Something about a site's records that its people should know. It holds no single value of a record.
package struct Finding: Sendable, Codable, Hashable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// Values or rows that the dictionary or the format does not allow.
    case fault
    case absentColumn = "absent-column"
    case unit
    case duplicates
    case smallCell = "small-cell"
    case emptyLevel = "empty-level"
    case constant
    case separation
    case outlier
    case unreadColumn = "unread-column"
  }

  package enum Severity: String, Sendable, Codable {
    /// The records are refused for it, or a plan that needs the column is.
    case bad
    case attention
    case note
  }

  package let kind: Kind
  package let severity: Severity
  /// nil where the file as a whole is meant.
  package let column: String?
  package let finding: String
  package let advice: String

  init(_ kind: Kind, _ severity: Severity, _ column: String?, _ finding: String, advice: String) {
    self.kind = kind
    self.severity = severity
    self.column = column
    self.finding = finding
    self.advice = advice
  }
}

enum Words {
  /// Such as `1 row` or `1200 rows`.
  static func count(_ count: Int, _ one: String, many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
  }

  /// Such as `line 3` or `lines 3, 5, 8 and 12 more`.
  static func lines(_ lines: [Int], of count: Int, most: Int = 10) -> String {
    let shown = lines.prefix(most).map(String.init).joined(separator: ", ")
    let rest = count - min(lines.count, most)
    return "\(count == 1 ? "line" : "lines") \(shown)\(rest > 0 ? " and \(rest) more" : "")"
  }

  /// A share of 1 in per cent: without decimals from 10 on, with one below.
  static func percent(_ share: Double) -> String {
    let percent = share * 100
    return percent >= 10 || percent == 0
      ? "\(Int(percent.rounded())) %" : "\((percent * 10).rounded() / 10) %"
  }
}
