/// The simulated records of one site.
package struct SimulatedSite: Sendable, Equatable {
  package enum Encoding: Sendable { case utf8, latin1 }

  package let name: String
  package let rowCount: Int
  /// The record key (`SIM-luxembourg-0001`), the dictionary's recorded variables in its order, then the outcome.
  /// Comma-separated values, unless it was asked for otherwise.
  package let csv: String
  package let encoding: Encoding
  /// What is wrong with the records, because that was asked for.
  package let mess: [Mess]

  /// The file's.
  package var bytes: [UInt8] {
    switch encoding {
    case .utf8: Array(csv.utf8)
    case .latin1: csv.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }
  }
}

/// The records of one site as cells, while they are made.
struct SimulatedTable {
  let site: String
  var header: [String]
  var rows: [[String]]
  var separator = ","
  var encoding = SimulatedSite.Encoding.utf8
  var mess: [Mess] = []

  /// The columns' places: the key is the first, the outcome the last.
  static func key(site: String, number: Int) -> String { "SIM-\(site)-\(padded(number, width: 4))" }

  var outcomeColumn: Int { header.count - 1 }

  var finished: SimulatedSite {
    let lines = ([header] + rows).map { row in
      row.map { CSVText.cell($0, separator: separator) }.joined(separator: separator) + "\n"
    }
    return SimulatedSite(
      name: site, rowCount: rows.count, csv: lines.joined(), encoding: encoding, mess: mess)
  }
}
