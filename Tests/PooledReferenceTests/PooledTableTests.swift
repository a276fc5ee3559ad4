import Foundation
import PooledReference
import Testing

@Suite("A pooled table")
struct PooledTableTests {
  private func table(_ texts: String...) throws(PooledReferenceError) -> PooledTable {
    try PooledTable(texts: texts.enumerated().map { ("\($0.offset).csv", $0.element) })
  }

  @Test("reads named columns")
  func columns() throws {
    let table = try table("a,b\n1,x\n2,y\n")
    #expect(table.columnNames == ["a", "b"])
    #expect(table.rowCount == 2)
    #expect(try table.column("a") == ["1", "2"])
    #expect(try table.column("b") == ["x", "y"])
  }

  @Test("takes CRLF, a byte-order mark, empty lines and a last line without an end")
  func lineEnds() throws {
    let table = try table("\u{FEFF}a,b\r\n\r\n1,\r\n\r\n2,y")
    #expect(try table.column("a") == ["1", "2"])
    #expect(try table.column("b") == ["", "y"])
  }

  @Test("takes quoted commas, quotes, line breaks and empty fields")
  func quotes() throws {
    let table = try table("a,\"b \"\"c\"\"\"\n\"1,5\",\"two\nlines\"\n\"\",z\n")
    #expect(table.columnNames == ["a", "b \"c\""])
    #expect(try table.column("a") == ["1,5", ""])
    #expect(try table.column("b \"c\"") == ["two\nlines", "z"])
  }

  @Test("pools files whose columns stand in another order, and passes over columns of one alone")
  func pooling() throws {
    let table = try table("a,b\n1,x\n", "more,b,a\n9,y,2\n")
    #expect(table.columnNames == ["a", "b"])
    #expect(try table.column("a") == ["1", "2"])
    #expect(try table.column("b") == ["x", "y"])
  }

  @Test("keeps the rows that a filter keeps, with the places they came from")
  func filter() throws {
    let kept = try table("a,b\n1,x\n2,y\n", "a,b\n3,x\n").filtered(by: "b") { $0 == "x" }
    #expect(try kept.column("a") == ["1", "3"])
    #expect(kept.files == ["0.csv", "1.csv"])
    #expect(kept.rowCount == 2)
    #expect(throws: PooledReferenceError.missingColumn(file: "0.csv", column: "c")) {
      try kept.filtered(by: "c") { _ in true }
    }
  }

  @Test(
    "names the place of what it cannot read",
    arguments: [
      ("", .noHeader(file: "0.csv")),
      ("\n\n", .noHeader(file: "0.csv")),
      ("a,b,a\n", .duplicateColumn(file: "0.csv", column: "a")),
      ("a,b\n1,2\n3\n", .wrongFieldCount(file: "0.csv", row: 3, expected: 2, found: 1)),
      ("a\n\"1\n2\"\n3,4\n", .wrongFieldCount(file: "0.csv", row: 4, expected: 1, found: 2)),
      ("a,b\n1,\"2\n", .unterminatedQuote(file: "0.csv", row: 2)),
      ("a,b\n1,2\"\n", .strayQuote(file: "0.csv", row: 2)),
      ("a,b\n1,\"2\"3\n", .strayQuote(file: "0.csv", row: 2)),
    ] as [(String, PooledReferenceError)])
  func malformed(text: String, error: PooledReferenceError) {
    #expect(throws: error) { try table(text) }
  }

  @Test("names the file without one of the columns, and the column it does not have")
  func missingColumns() throws {
    #expect(throws: PooledReferenceError.missingColumn(file: "1.csv", column: "b")) {
      try table("a,b\n", "a\n1\n")
    }
    let empty = try table("a,b\n")
    #expect(throws: PooledReferenceError.missingColumn(file: "0.csv", column: "c")) {
      try empty.column("c")
    }
    #expect(throws: PooledReferenceError.noFiles) { try PooledTable(files: []) }
  }

  @Test("reads files, and names one that is absent or not UTF-8")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "pooled-table-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let good = folder.appending(path: "good.csv")
    try Data("a\n1\n".utf8).write(to: good)
    #expect(try PooledTable(files: [good.path, good.path]).column("a") == ["1", "1"])

    let latin = folder.appending(path: "latin.csv").path
    try Data([0x61, 0x0A, 0xE9, 0x0A]).write(to: URL(filePath: latin))
    #expect(throws: PooledReferenceError.notUTF8(file: latin)) { try PooledTable(files: [latin]) }
    let absent = folder.appending(path: "absent.csv").path
    #expect(throws: PooledReferenceError.unreadable(file: absent)) {
      try PooledTable(files: [absent])
    }
  }
}
