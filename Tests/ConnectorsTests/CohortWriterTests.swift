import Cohorts
import Connectors
import Testing

@Suite struct CohortWriterTests {
  /// Whatever was read, in whatever dialect, is read back bit for bit from what is written.
  @Test(arguments: 0..<200)
  func whatIsWrittenIsReadBack(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let wide = try #require(ValueRange(lower: -1e300, upper: 1e300))
    let count = try #require(ValueRange(lower: 0, upper: 1e9))
    let variables = [
      Variable(name: "x", label: "X", kind: .continuous(wide), unit: nil, codes: [:], missing: ["NA"]),
      Variable(name: "n", label: "N", kind: .count(count), unit: nil, codes: [:], missing: []),
      Variable(
        name: "drug", label: "D", kind: .categorical(levels: ["none", "a, b", "say \"x\"", "\u{FC}ber"]),
        unit: nil, codes: [:], missing: ["?"]),
      Variable(name: "b", label: "B", kind: .binary, unit: nil, codes: [:], missing: []),
    ]
    let numbers = [
      "0.1", "-3e-7", "1e-300", "123456789.125", "NA", "", "5", "0.30000000000000004", "1e22",
      "\(Double.random(in: -1...1, using: &random))",
    ]
    let levels = ["none", "\"a, b\"", "\"say \"\"x\"\"\"", "\u{FC}ber", "?", ""]
    let rows = (0..<20).map { row in
      let number = numbers.randomElement(using: &random) ?? ""
      let level = levels.randomElement(using: &random) ?? ""
      return
        "\"p;,\(row)\",\(number),\(Int.random(in: 0...1_000_000_000, using: &random)),\(level),\(row % 2)\n"
    }
    let reader = CohortReader(columns: variables, recordKey: "id", mostRows: 100)
    let first = try reader.read(Array(("id,x,n,drug,b\n" + rows.joined()).utf8), file: "first")
    var written: [UInt8] = []
    CohortWriter(first, variables: variables, recordKey: "id").write { written += $0 }
    let second = try CohortReader(columns: variables, recordKey: "id", mostRows: 100, dialect: .own)
      .read(written, file: "second")
    #expect(second.keys == first.keys, "seed \(seed)")
    for name in first.cohort.columnNames {
      switch (first.cohort[name], second.cohort[name]) {
      case (.numbers(let a)?, .numbers(let b)?):
        #expect(
          zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, "seed \(seed)")
      case (.levels(let a)?, .levels(let b)?): #expect(a == b, "seed \(seed)")
      default: Issue.record("column \(name), seed \(seed)")
      }
    }
  }

  @Test func otherColumnsAndComputedOnesAreNotWritten() throws {
    let range = try #require(ValueRange(lower: 0, upper: 9))
    let part = Variable(name: "a", label: "A", kind: .count(range), unit: nil, codes: [:], missing: [])
    let sum = Variable(
      name: "s", label: "S", kind: .continuous(range), unit: nil, codes: [:], missing: [],
      formula: Formula([.init(variable: "a", factor: 2)]))
    let records = try CohortReader(columns: [part, sum], recordKey: "id", mostRows: 9)
      .read(Array("name;id;a\nSENTINEL;p1;3\n".utf8), file: "r.csv")
    var written: [UInt8] = []
    CohortWriter(records, variables: [part, sum], recordKey: "id").write { written += $0 }
    #expect(String(decoding: written, as: UTF8.self) == "id,a\np1,3\n")
  }
}
