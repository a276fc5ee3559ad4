import Cohorts
import Connectors
import Foundation
import Testing

@Suite struct DialectTests {
  private let header = ["id", "crp", "relapses", "steroids", "drug"]

  private func inspect(
    _ bytes: [UInt8], _ dialect: Dialect = .found, onError: OnError = .refuse
  ) throws -> Reading {
    try CohortReader(
      columns: try sampleVariables(), recordKey: "id", mostRows: 1000, dialect: dialect, onError: onError
    ).inspect(bytes, file: "r.csv")
  }

  private func inspect(
    _ rows: [[String]], _ delimiter: String, _ dialect: Dialect = .found, onError: OnError = .refuse
  ) throws -> Reading {
    try inspect(Array(text([header] + rows, delimiter: delimiter).utf8), dialect, onError: onError)
  }

  private func numbers(_ reading: Reading) -> [Double] {
    guard case .numbers(let values) = reading.records.cohort["crp"] else { return [] }
    return values
  }

  @Test(arguments: zip([",", ";", "\t", "|"], Dialect.Delimiter.allCases))
  func theDelimiterIsToldByTheHeader(written: String, expected: Dialect.Delimiter) throws {
    let rows = [["p1", "1.5", "2", "0", "none"], ["p2", "", "", "", ""]]
    for dialect in [Dialect.found, Dialect(delimiter: expected)] {
      let reading = try inspect(rows, written, dialect)
      #expect(reading.refusal == nil)
      #expect(reading.report.dialect.delimiter == expected)
      #expect(numbers(reading).first == 1.5)
    }
  }

  /// Names that have other delimiters in them do not mislead.
  @Test func theNamesThatAreWantedTellTheDelimiter() throws {
    let names = "id;crp;relapses;steroids;drug;\"a,b,c,d,e,f,g\";h,i,j,k,l,m\n"
    let reading = try inspect(Array((names + "p1;1;2;0;none;x;y\n").utf8))
    #expect(reading.report.dialect.delimiter == .semicolon)
    #expect(reading.report.unread.map(\.name) == ["a,b,c,d,e,f,g", "h,i,j,k,l,m"])
  }

  @Test func aStatedDelimiterIsTaken() throws {
    let error = try #require(throws: RecordsError.self) {
      try inspect([["p1", "1", "2", "0", "none"]], ";", Dialect(delimiter: .tab))
    }
    #expect(error.description.contains("is not among the columns"))
  }

  @Test func decimalCommasAreReadWhereTheyCannotBeAnythingElse() throws {
    let reading = try inspect([["p1", "1,5", "2", "0", "none"], ["p2", "0,125", "2", "1", "a, b"]], ";")
    #expect(reading.refusal == nil)
    #expect(numbers(reading) == [1.5, 0.125])
    #expect(reading.report.dialect.decimalCommas == ["crp"])
    #expect(reading.report.dialect.words == "semicolons, decimal commas (1 column), UTF-8")
  }

  @Test(arguments: [["1.234", "1,5"], ["1,5", "1.234"], ["0.5", "0,5"]])
  func aColumnWithBothMarksIsRefusedUnderEveryRule(cells: [String]) throws {
    let rows = cells.enumerated().map { ["p\($0)", $1, "2", "0", "none"] }
    for rule in OnError.allCases {
      let refusal = try #require(try inspect(rows, ";", onError: rule).refusal)
      #expect(
        refusal.problems.first?.description
          == "3: crp: has both decimal points and decimal commas in one column, expected a number from 0 to 500 mg/L; write one mark in the whole file, and say which with “decimal” beside the records' file"
      )
    }
  }

  /// 1,234 mg/L is as well a thousand: nothing is guessed, another column or the configuration tells.
  @Test func threeDigitsAfterEveryMarkMayBeThousands() throws {
    let range = try #require(ValueRange(lower: 0, upper: 5000))
    func variable(_ name: String) -> Variable {
      Variable(name: name, label: name, kind: .continuous(range), unit: nil, codes: [:], missing: [])
    }
    func read(_ row: String, _ decimal: Dialect.DecimalMark? = nil) throws -> Reading {
      try CohortReader(
        columns: [variable("x"), variable("z")], recordKey: nil, mostRows: 9,
        dialect: Dialect(decimal: decimal)
      ).inspect(Array("x;z\n\(row)\n".utf8), file: "r.csv")
    }
    func value(_ reading: Reading) -> Column? { reading.records.cohort["x"] }

    #expect(
      try read("1,234;5").refusal?.description
        == "r.csv: x: has three digits after every decimal mark, which may divide thousands; write one mark in the whole file, and say which with “decimal” beside the records' file"
    )
    #expect(try read("1.234;5,5").refusal != nil)
    #expect(value(try read("1,234;5", .comma)) == .numbers([1.234]))
    #expect(try read("1,234;5", .comma).refusal == nil)
    #expect(try read("1,234;5", .point).refusal != nil)
    // The other column's comma can be nothing but one of decimals; a thousand fold would be out of range.
    for row in ["1,234;5,5", "9,999;1", "0,123;1"] { #expect(try read(row).refusal == nil, "\(row)") }
  }

  @Test(arguments: ["1.234,5", "1 234", "1'234", "1.234.567", "12.345.678,9", "1\u{A0}234", "-1 234,5"])
  func thousandsSeparatorsAreRefused(cell: String) throws {
    let reading = try inspect([["p1", cell, "2", "0", "none"]], ";")
    #expect(
      reading.refusal?.description
        == "r.csv:2: crp: has a thousands separator, expected a number from 0 to 500 mg/L; write numbers without one"
    )
  }

  @Test func aCountWithThreeDigitsAfterAMarkIsNoDecimal() throws {
    let range = try #require(ValueRange(lower: 0, upper: 2000))
    let platelets = Variable(
      name: "platelets", label: "P", kind: .count(range), unit: nil, codes: [:], missing: [])
    let reading = try CohortReader(columns: [platelets], recordKey: nil, mostRows: 9)
      .inspect(Array("platelets;x\n1,000;0\n".utf8), file: "r.csv")
    #expect(reading.refusal?.description.contains("has a thousands separator") == true)
  }

  @Test func withCommasBetweenCellsDecimalsHavePoints() throws {
    let rows = [["p1", "\"1,5\"", "2", "0", "none"]]
    #expect(try inspect(rows, ",").refusal != nil)
    #expect(numbers(try inspect(rows, ",", Dialect(decimal: .comma))) == [1.5])
    #expect(try inspect([["p1", "1.5", "2", "0", "none"]], ",", Dialect(decimal: .comma)).refusal != nil)
  }

  @Test func theFirstCharacterBeyondASCIITellsTheEncoding() throws {
    let row = "id,crp,relapses,steroids,drug\np1,1,1,1,\u{FC}ber\n"
    let latin = Array(row.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    for (bytes, encoding) in [(Array(row.utf8), Dialect.Encoding.utf8), (latin, .latin1)] {
      for stated in [nil, encoding] {
        let reading = try inspect(bytes, Dialect(encoding: stated))
        #expect(reading.records.cohort["drug"] == .levels([2]))
        #expect(reading.report.dialect.encoding == encoding)
      }
    }
    #expect(try inspect(Array(row.utf8), Dialect(encoding: .latin1)).refusal != nil)
    let error = try #require(throws: RecordsError.self) { try inspect(latin, Dialect(encoding: .utf8)) }
    #expect(
      error.description
        == "r.csv:2: has bytes that are not UTF-8; save the file in one encoding, or say “encoding: latin-1” with the records' file"
    )
  }

  /// The characters that Windows-1252 has beyond ISO 8859-1, with the code points of the Unicode consortium's
  /// CP1252.TXT.
  @Test func theCharactersOfWindows1252AreRead() throws {
    let expected = "\u{20AC}\u{201A}\u{0192}\u{2026}\u{160}\u{152}\u{17D}\u{2018}\u{2014}\u{178}\u{A0}\u{FF}"
    let bytes: [UInt8] = [0x80, 0x82, 0x83, 0x85, 0x8A, 0x8C, 0x8E, 0x91, 0x97, 0x9F, 0xA0, 0xFF]
    #expect(try rows([0x61, 0x2C] + bytes) == [["a", expected]])
  }

  @Test func mixedEncodingsAreRefusedByTheirLine() throws {
    let bytes = Array("id\n\u{FC}\nb\n".utf8) + [0xFC, 0x0A]
    let problem = try #require(throws: RecordsProblem.self) { try rows(bytes) }
    #expect(problem.line == 4)
    // Beyond the first chunks of 256 KiB, the line counts from the file's beginning.
    let many = Array("id\n\u{FC}\n".utf8) + [UInt8](repeating: 0x0A, count: 600_000) + [0xFC, 0x0A]
    let far = try #require(throws: RecordsProblem.self) { try rows(many) }
    #expect(far.line == 600_003)
  }

  @Test func utf16IsRefusedWithAdvice() throws {
    for mark: [UInt8] in [
      [0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61], [0x61, 0, 0x62, 0], [0, 0x61, 0, 0x62],
    ] {
      let problem = try #require(throws: RecordsProblem.self) { try rows(mark) }
      #expect(problem.description == "1: is UTF-16; save the file as CSV in UTF-8")
    }
  }

  /// Characters that lie across the border between two chunks of 256 KiB.
  @Test(arguments: [Dialect.Encoding.utf8, .latin1])
  func noPlaceOfACharacterMatters(encoding: Dialect.Encoding) throws {
    for length in (1 << 18 - 6)...(1 << 18 + 1) {
      let filling = [UInt8](repeating: 0x78, count: length)
      let character: [UInt8] = encoding == .utf8 ? Array("\u{FC}".utf8) : [0xFC]
      let read = try rows(filling + character + [0x0A] + character)
      #expect(
        read == [[String(decoding: filling, as: UTF8.self) + "\u{FC}"], ["\u{FC}"]], "\(length) bytes")
    }
  }
}
