import Cohorts
import Connectors
import Testing

@Suite struct DecimalNumberTests {
  /// The numbers in `texts`, one a row, as the reader of records takes them.
  private func read(_ texts: [String]) throws -> [Double] {
    let everything = try #require(
      ValueRange(lower: -Double.greatestFiniteMagnitude, upper: .greatestFiniteMagnitude))
    let reader = CohortReader(
      columns: [
        Variable(
          name: "x", label: "x", kind: .continuous(everything), unit: nil, codes: [:], missing: [])
      ], recordKey: nil, mostRows: texts.count)
    let records = try reader.read(Array("x\n\(texts.joined(separator: "\n"))\n".utf8), file: "x.csv")
    guard case .numbers(let values) = records.cohort["x"] else { return [] }
    return values
  }

  private func expectSame(_ texts: [String], _ comment: Comment) throws {
    let values = try read(texts)
    for (text, value) in zip(texts, values) {
      #expect(Double(text)?.bitPattern == value.bitPattern, "\(text), \(comment)")
    }
    #expect(values.count == texts.count, comment)
  }

  @Test(arguments: 0..<50)
  func everyNumberIsTheNearestDouble(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let texts = (0..<400).map { index in
      switch index % 4 {
      case 0:  // any double, in its shortest form
        let value = Double(bitPattern: random.next())
        return value.isFinite ? "\(value)" : "0"
      case 1:  // as laboratories write them
        return "\(Int.random(in: -999...999, using: &random)).\(UInt8.random(in: 0...99, using: &random))"
      case 2:  // more digits than a double holds
        let digits = (0..<Int.random(in: 15...25, using: &random)).map { _ in
          String(Int.random(in: 0...9, using: &random))
        }
        return "0.\(digits.joined())"
      default:  // around the limits of the exact path
        let significand = (1 << 53) + Int.random(in: -3...3, using: &random)
        return "\(significand)e\(Int.random(in: -25...25, using: &random))"
      }
    }
    try expectSame(texts, "seed \(seed)")
  }

  @Test func theFormsThatAreNumbers() throws {
    try expectSame(
      [
        "0", "-0", "+1", "007", "5.", ".5", "-.5e1", "1E3", "1e+3", "1e-3", "0.1", "2.2250738585072011e-308",
        "4.9e-324", "1e-400", "1.7976931348623157e308", "9007199254740993", "0.30000000000000004",
        "1e22", "1e23", "123456789012345678901234567890", "0e99999999999999999999",
      ], "")
    #expect(try read(["0.1", "5.", ".5"]) == [0.1, 5, 0.5])
  }

  @Test(arguments: [
    ".", "-", "+", "e5", "1e", "1e+", "1.2.3", "1,5", "0x10", "inf", "nan", "1_000", "1 000", "1e5.0", "--1",
    "\u{0661}", "1-2",
  ])
  func anythingElseIsNone(text: String) {
    #expect(throws: RecordsError.self) { try read(["\"\(text)\""]) }
  }

  @Test func tooLargeANumberIsOutOfRange() {
    #expect(throws: RecordsError.self) { try read(["1e309"]) }
    #expect(throws: RecordsError.self) { try read(["-1e999999999999999999999"]) }
  }
}
