extension Field {
  /// 32 lower-case hexadecimal digits.
  static func run(_ text: String, _ field: String = "run") throws(WireError) -> String {
    let isRun =
      text.utf8.count == 32
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isRun else {
      throw WireError(field: field, what: "missing or not 32 lower-case hexadecimal digits")
    }
    return text
  }

  /// A lower-case letter, then at most 62 lower-case letters, digits or "-".
  static func name(_ text: String, _ field: String) throws(WireError) -> String {
    guard isName(text, separators: "-") else {
      throw WireError(
        field: field,
        what: "missing or not a lower-case letter and at most 62 lower-case letters, digits or “-”")
    }
    return text
  }

  /// A name in which "_" may stand as well.
  static func study(_ text: String, _ field: String) throws(WireError) -> String {
    guard isName(text, separators: "-_") else {
      throw WireError(
        field: field,
        what: "missing or not a lower-case letter and at most 62 lower-case letters, digits, “-” or “_”")
    }
    return text
  }

  private static func isName(_ text: String, separators: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= 63, (0x61...0x7A).contains(first) else {
      return false
    }
    return bytes.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || separators.utf8.contains($0)
    }
  }

  /// Free text of at most 16,384 bytes; it may be empty.
  static func text(_ text: String, _ field: String) throws(WireError) -> String {
    try written(text, 0...WireLimits.text, field)
  }

  /// A short text that says what kind of thing something is: 1 to 256 bytes.
  static func label(_ text: String, _ field: String) throws(WireError) -> String {
    try written(text, 1...WireLimits.label, field)
  }

  static func written(
    _ text: String, _ bytes: ClosedRange<Int>, _ field: String
  ) throws(WireError) -> String {
    guard bytes.contains(text.utf8.count) else {
      throw WireError(
        field: field,
        what: "\(text.utf8.count) bytes, not \(bytes.lowerBound) to \(bytes.upperBound)")
    }
    guard text.unicodeScalars.allSatisfy(FreeText.mayTravel) else {
      throw WireError(field: field, what: "holds a control character")
    }
    return text
  }
}
