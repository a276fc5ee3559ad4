import Connectors
import Testing

@Suite struct CSVTableTests {
  /// The grammar of RFC 4180, section 2, by its numbered rules.
  @Test func theFormatOfRFC4180IsRead() throws {
    let first = ["aaa", "bbb", "ccc"]
    let second = ["zzz", "yyy", "xxx"]
    #expect(try rows("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n") == [first, second])  // 1
    #expect(try rows("aaa,bbb,ccc\r\nzzz,yyy,xxx") == [first, second])  // 2
    #expect(try rows(" a ,,\r\n") == [[" a ", "", ""]])  // 4
    #expect(try rows("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx") == [first, second])  // 5
    #expect(try rows("\"aaa\",\"b\r\nb,b\"\r\nzzz") == [["aaa", "b\r\nb,b"], ["zzz"]])  // 6
    #expect(try rows("\"aaa\",\"b\"\"bb\",\"\"\"\"") == [["aaa", "b\"bb", "\""]])  // 7
  }

  @Test func lineFeedsAloneEndRowsAndEmptyLinesAreNoRows() throws {
    #expect(try rows("a,b\nc,d\n") == [["a", "b"], ["c", "d"]])
    #expect(try rows("\n\r\na,b\n\n\r\nc,\n\n") == [["a", "b"], ["c", ""]])
    #expect(try rows("a\n\"\"\nb") == [["a"], [""], ["b"]])
    #expect(try rows("") == [])
    #expect(try rows("\n") == [])
    #expect(try rows(",") == [["", ""]])
  }

  @Test func aByteOrderMarkIsNoText() throws {
    #expect(try rows("\u{FEFF}\u{E9}t\u{E9},\u{1F9EC}\n") == [["\u{E9}t\u{E9}", "\u{1F9EC}"]])
    #expect(try rows("\u{FEFF}") == [])
  }

  @Test func whatBreaksTheFormatIsNamedByItsLine() {
    #expect(
      complaint(about: "a,b\n\"x\ny\",\"z\n")
        == "3: opens a quote that is never closed; close it, or double it")
    #expect(
      complaint(about: "a,b\nc,d\"e\n")
        == "2: has a quote inside of an unquoted cell; quote the cell and double its quotes")
    #expect(
      complaint(about: "a,b\n\"c\"d,e\n")
        == "2: has text after a closing quote; double the quotes inside of a cell")
    #expect(
      complaint(about: "a,b\rc,d\r")
        == "1: has a carriage return without a line feed; end lines with LF or CR LF")
  }

  @Test func linesAreCountedThroughQuotesAndEmptyLines() throws {
    var table = try CSVTable(bytes: Array("a\n\n\"b\n\nc\"\r\nd\n".utf8))
    var lines: [Int] = []
    while try table.next() { lines.append(table.line) }
    #expect(lines == [1, 3, 6])
  }

  /// A table is read in chunks of 256 KiB: whatever lies across the border between two is read as if
  /// there were none.
  @Test func noPlaceInARowMattersToTheReading() throws {
    let tail = "\",\"q\"\"\"\"\n\u{E9}\",\"\"\r\n\r\nlast,1,\r\n"
    for length in (1 << 18 - 40)...(1 << 18 + 1) {
      let filling = String(repeating: "x", count: length)
      let expected = [[filling, "q\"\"\n\u{E9}", ""], ["last", "1", ""]]
      #expect(try rows("\"\(filling)\(tail)") == expected, "\(length) bytes")
    }
  }

  @Test func aRowHasALimit() {
    let endless = "a,\"" + String(repeating: "x\n", count: 1 << 23)
    #expect(
      complaint(about: "h,i\n" + endless)
        == "2: begins a row longer than 16 MiB; look for a quote that is never closed")
  }

  @Test(arguments: 0..<300)
  func whatIsWrittenIsReadBack(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let pieces = [",", "\"", "\n", "\r\n", "\r", "a", " ", "\t", "\u{E9}", "\u{1F9EC}", "0.5", ""]
    let width = Int.random(in: 1...5, using: &random)
    let table = (0..<Int.random(in: 1...20, using: &random)).map { _ in
      (0..<width).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
          pieces.randomElement(using: &random) ?? ""
        }.joined()
      }
    }
    let text = table.map(CSVWriter.row).joined()
    #expect(try rows(text) == table, "seed \(seed)")
  }

  /// Whatever bytes come, there are rows or a problem and the process lives.
  @Test func anyBytesAreSurvived() {
    for seed in 0..<3000 {
      var random = SeededRandom(seed: seed)
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        "\",\n\r a1\u{FF}".utf8.randomElement(using: &random) ?? 0
      }
      do throws(RecordsProblem) {
        #expect(try rows(bytes).count <= bytes.count, "seed \(seed)")
      } catch {
        #expect(error.line != nil, "seed \(seed)")
      }
    }
  }
}
