import Cohorts
import Connectors
import Testing

/// SplitMix64 (Steele, Lea and Flood, 2014), so that a seed that fails can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0xd134_2543_de82_ef95 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// All rows of a table as text.
func rows(_ bytes: [UInt8]) throws(RecordsProblem) -> [[String]] {
  // Without names to tell it by, a delimiter would be guessed from what stands in these tables.
  var table = try CSVTable(bytes: bytes, dialect: Dialect(delimiter: .comma))
  var rows: [[String]] = []
  while try table.next() { rows.append((0..<table.columnCount).map { table.text(at: $0) }) }
  return rows
}

func rows(_ text: String) throws(RecordsProblem) -> [[String]] { try rows(Array(text.utf8)) }

/// What reading a table says; empty if it says nothing.
func complaint(about text: String) -> String {
  do throws(RecordsProblem) {
    _ = try rows(text)
    return ""
  } catch {
    return error.description
  }
}

/// A variable of each type.
func sampleVariables() throws -> [Variable] {
  let crp = try #require(ValueRange(lower: 0, upper: 500))
  let relapses = try #require(ValueRange(lower: 0, upper: 20))
  return [
    Variable(
      name: "crp", label: "CRP", kind: .continuous(crp), unit: "mg/L", codes: [:],
      missing: ["NA", "-9"]),
    Variable(
      name: "relapses", label: "Relapses", kind: .count(relapses), unit: nil, codes: [:], missing: []),
    Variable(name: "steroids", label: "Steroids", kind: .binary, unit: nil, codes: [:], missing: []),
    Variable(
      name: "drug", label: "Drug", kind: .categorical(levels: ["none", "a, b", "\u{FC}ber"]), unit: nil,
      codes: [:], missing: ["?"]),
  ]
}

/// A table of records from its rows.
func text(_ rows: [[String]], delimiter: String = ",") -> String {
  rows.map { $0.joined(separator: delimiter) + "\n" }.joined()
}
