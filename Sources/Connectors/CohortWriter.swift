import Cohorts

/// Writes a cohort as a file that `CohortReader` reads back as the same cohort: commas, decimal points, UTF-8,
/// nothing for a missing value.
package struct CohortWriter: Sendable {
  private static let chunk = 1 << 20

  private let records: Records
  private let recordKey: String
  private let columns: [(name: String, column: Column, levels: [[UInt8]])]

  /// - Parameter variables: whose columns are written, where the cohort has them; computed ones are not.
  package init(_ records: Records, variables: [Variable], recordKey: String) {
    self.records = records
    self.recordKey = recordKey
    columns = variables.compactMap { variable in
      guard variable.formula == nil, let column = records.cohort[variable.name] else { return nil }
      return (variable.name, column, (variable.levels ?? []).map { Self.cell(Array($0.utf8)) })
    }
  }

  /// - Parameter sink: takes the file in pieces of about a mebibyte.
  package func write<Fault: Error>(to sink: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    var text = Array(CSVWriter.row([recordKey] + columns.map(\.name)).utf8)
    for row in 0..<records.cohort.rowCount {
      text += Self.cell(records.packedKeys.utf8(row))
      for (_, column, levels) in columns {
        text.append(UInt8(ascii: ","))
        switch column {
        case .numbers(let values): if !values[row].isNaN { Self.write(values[row], to: &text) }
        case .levels(let indices): if indices[row] >= 0 { text += levels[Int(indices[row])] }
        }
      }
      text.append(UInt8(ascii: "\n"))
      if text.count >= Self.chunk {
        try sink(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    if !text.isEmpty { try sink(text) }
  }

  /// The shortest text that reads back as the number.
  private static func write(_ value: Double, to text: inout [UInt8]) {
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 {
      text.append(contentsOf: String(whole).utf8)
    } else {
      text.append(contentsOf: value.description.utf8)
    }
  }

  private static func cell(_ text: some Collection<UInt8>) -> [UInt8] {
    guard text.contains(where: "\",\r\n".utf8.contains) else { return Array(text) }
    let quote = UInt8(ascii: "\"")
    return [quote] + text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}
