/// What is wrong with a cell or a row of records. No message about it holds a value.
enum Fault: UInt8, Hashable {
  case notNumber, grouped, otherMark, mayBeThousands, outside, notWhole, notBinary, unknownLevel
  case notApplicable, computedOutside
  case cellCount, emptyKey, copiedRow, repeatedKey

  var problem: String {
    switch self {
    case .notNumber: "is not a number"
    case .grouped: "has a thousands separator"
    case .otherMark: "has both decimal points and decimal commas in one column"
    case .mayBeThousands: "has three digits after every decimal mark, which may divide thousands"
    case .outside: "is outside of the dictionary's range"
    case .notWhole: "is not a whole number"
    case .notBinary: "is neither 0 nor 1"
    case .unknownLevel: "is none of the dictionary's levels"
    case .notApplicable: "is given where it does not apply"
    case .computedOutside: "is computed to a value outside of the dictionary's range"
    case .cellCount: "has another number of cells than the header"
    case .emptyKey: "is empty"
    case .copiedRow: "is an exact copy of an earlier row"
    case .repeatedKey: "repeats the record key of too many rows"
    }
  }

  var advice: String {
    switch self {
    case .notNumber, .outside, .notWhole, .notBinary, .unknownLevel: "correct it or leave it empty"
    case .grouped: "write numbers without one"
    case .otherMark, .mayBeThousands:
      "write one mark in the whole file, and say which with “decimal” beside the records' file"
    case .notApplicable: "leave it empty there, or correct what it hangs on"
    case .computedOutside: "correct the values that it is computed from"
    case .cellCount: "give every row one cell a column, and quote cells that hold a delimiter"
    case .emptyKey: "give every record the patient's pseudonym"
    case .copiedRow: "remove one of the two"
    case .repeatedKey: "keep one row for each patient"
    }
  }

  /// What becomes of it under a site's rule. What cannot be decided cell by cell is refused under every rule.
  func effect(under rule: OnError) -> RecordsFault.Effect {
    switch (self, rule) {
    case (_, .refuse), (.otherMark, _), (.mayBeThousands, _), (.repeatedKey, _): .refused
    case (.cellCount, .missing), (.emptyKey, .missing), (.copiedRow, .missing): .refused
    case (_, .missing): .missing
    case (_, .excludeRow): .excluded
    }
  }
}

/// One kind of fault in one column of a file of records, or in its rows.
package struct RecordsFault: Hashable, Sendable, Codable {
  package enum Effect: String, Hashable, Sendable, Codable {
    /// The file is refused for it.
    case refused
    /// The cells count as missing.
    case missing
    /// The rows are left out.
    case excluded
  }

  /// How many lines are kept.
  package static let mostLines = 1000

  /// nil where a row as a whole is meant.
  package let column: String?
  package let problem: String
  /// What the dictionary allows there, such as `expected 0 or 1`; empty where it says nothing.
  package let expected: String
  package let advice: String
  package let effect: Effect
  /// Cells, or rows.
  package let count: Int
  /// The first lines, counted from 1.
  package let lines: [Int]
}
