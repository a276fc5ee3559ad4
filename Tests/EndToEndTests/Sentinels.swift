import Foundation

/// Values planted in records that nothing else would bring about, and the search for them.
enum Sentinels {
  /// Beginning of every planted patient's pseudonym.
  static let patient = "SENTINEL-7f3a"
  static let decimals = ["41.37519", "143.61729", "27.91853", "88.20417"]
  /// Greatest value of the column that they are planted in, by which a site scales it.
  private static let range = 500.0

  /// Every form in which one of them might leave: as text, and as a double as it stands or scaled, in either order of
  /// bytes.
  static let forms: [(name: String, bytes: [UInt8])] =
    [(patient, Array(patient.utf8))]
    + decimals.flatMap { text -> [(name: String, bytes: [UInt8])] in
      let value = Double(text) ?? .nan
      return [(text, Array(text.utf8))]
        + [value, value / range].flatMap { number -> [(name: String, bytes: [UInt8])] in
          let little = withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
          return [("\(number), little-endian", little), ("\(number), big-endian", little.reversed())]
        }
    }

  /// The names of the forms that stand in `data`.
  static func found(in data: Data) -> [String] {
    forms.filter { data.range(of: Data($0.bytes)) != nil }.map(\.name)
  }

  static func found(in text: String) -> [String] { found(in: Data(text.utf8)) }

  /// Records with the first patients' pseudonyms and values of `crp` replaced.
  static func planted(in csv: String) -> String {
    var lines = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let crp = lines.first?.firstIndex(of: "crp"),
      let key = lines.first?.firstIndex(of: "patient_id")
    else { return csv }
    for (row, decimal) in decimals.enumerated() {
      lines[row + 1][key] = "\(patient)-\(row)"
      lines[row + 1][crp] = decimal
    }
    return lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }
}
