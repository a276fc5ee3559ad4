import Foundation

/// What a command has done: text for a person, and one JSON object for a program.
package protocol Report: Encodable, Sendable {
  /// Whole lines, the last one ended.
  var text: String { get }
  /// What a person should know besides; it goes to standard error.
  var notes: [String] { get }
}

extension Report {
  package var notes: [String] { [] }
}

/// JSON as every command writes it: sorted keys in snake case, two blanks of indentation, doubles that
/// read back bit for bit. A number beyond a double's range is the text `inf` or `-inf`.
package enum JSONText {
  /// One value, with a line feed at its end.
  package static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
