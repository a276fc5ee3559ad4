/// A code system whose codes are checked for their form: a slip of a digit names another thing. That a code means
/// what the variable is cannot be checked here.
enum CodeSystem: String, CaseIterable {
  case loinc, snomed, atc

  /// What a code looks like, in words.
  var form: String {
    switch self {
    case .loinc: "a LOINC code: digits, a hyphen and their check digit, such as 1988-5"
    case .snomed: "a SNOMED CT code: 6 to 18 digits, the last a check digit, such as 34000006"
    case .atc: "an ATC code, such as L04AB02, or a group of them, such as L04AB"
    }
  }

  func accepts(_ code: String) -> Bool {
    switch self {
    case .loinc: Self.isLOINC(Array(code.utf8))
    case .snomed: Self.isSNOMED(Array(code.utf8))
    case .atc: Self.isATC(Array(code.utf8))
    }
  }

  /// The check digit is that of Luhn (LOINC Users' Guide, appendix on mod 10 check digits).
  private static func isLOINC(_ code: [UInt8]) -> Bool {
    guard (3...9).contains(code.count), code[code.count - 2] == UInt8(ascii: "-"),
      let check = digit(code[code.count - 1])
    else { return false }
    let digits = code.dropLast(2).map(digit)
    guard digits.first != 0 else { return false }
    var sum = check
    for (place, digit) in digits.reversed().enumerated() {
      guard let digit else { return false }
      let doubled = place.isMultiple(of: 2) ? 2 * digit : digit
      sum += doubled / 10 + doubled % 10
    }
    return sum.isMultiple(of: 10)
  }

  /// The check digit is that of Verhoeff (SNOMED CT Release File Specifications, check-digit computation), and the
  /// two digits before it say that the code names a concept.
  private static func isSNOMED(_ code: [UInt8]) -> Bool {
    let digits = code.compactMap(digit)
    guard (6...18).contains(code.count), digits.count == code.count, digits.first != 0,
      [[0, 0], [1, 0]].contains(Array(digits.suffix(3).prefix(2)))
    else { return false }
    var check = 0
    for (place, digit) in digits.reversed().enumerated() {
      check = product(check, permuted(digit, times: place % 8))
    }
    return check == 0
  }

  /// One letter, two digits, a letter, a letter, two digits, or the beginning of it up to one of the five levels.
  private static func isATC(_ code: [UInt8]) -> Bool {
    guard [1, 3, 4, 5, 7].contains(code.count) else { return false }
    return zip(code, "A00AA00".utf8).allSatisfy { character, form in
      form == UInt8(ascii: "A")
        ? (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) : digit(character) != nil
    }
  }

  private static func digit(_ character: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) ? Int(character - UInt8(ascii: "0")) : nil
  }

  /// In the dihedral group of order 10: rotations 0 to 4, reflections 5 to 9.
  private static func product(_ first: Int, _ second: Int) -> Int {
    switch (first < 5, second < 5) {
    case (true, true): (first + second) % 5
    case (true, false): (first + second - 5) % 5 + 5
    case (false, true): (first - 5 - second + 5) % 5 + 5
    case (false, false): (first - second + 5) % 5
    }
  }

  private static func permuted(_ digit: Int, times: Int) -> Int {
    (0..<times).reduce(digit) { digit, _ in [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][digit] }
  }
}
