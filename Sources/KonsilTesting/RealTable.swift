import Foundation

/// A file of a real data set: commas, no quotes, perhaps compressed with gzip.
struct RealTable {
  struct Row {
    fileprivate let places: [String: Int]
    fileprivate let fields: [Substring]

    /// A field as text; empty where it is missing.
    subscript(column: String) -> String { places[column].map { String(fields[$0]) } ?? "" }
  }

  struct Malformed: Error {
    let file: String
  }

  let columns: [String]
  let rows: [Row]

  init(_ file: URL) throws {
    let lines = try Self.text(file).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else {
      throw Malformed(file: file.lastPathComponent)
    }
    columns = header.map(String.init)
    let places = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    rows = lines.dropFirst().map { Row(places: places, fields: $0) }
  }

  private static func text(_ file: URL) throws -> String {
    guard file.pathExtension == "gz" else { return try String(contentsOf: file, encoding: .utf8) }
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Malformed(file: file.lastPathComponent) }
    return text
  }
}
