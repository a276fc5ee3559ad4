import Console
import Federation
import Foundation

/// What a run has found as a document that stands for itself, in JSON. Doubles keep every bit.
package protocol ResultDocument: Codable, Equatable, Sendable {
  /// Such as `model/1`.
  static var format: String { get }
  /// Of a file that is read.
  static var mostBytes: Int { get }
  /// The key of the first part that does not agree with the others, and what is wrong.
  var flaw: (key: String, what: String)? { get }
}

extension ResultDocument {
  package static var mostBytes: Int { 16 << 20 }

  /// - Throws: a complaint that names the file and the key.
  package static func read(_ path: String) throws(Complaint) -> Self {
    try decode(LocalFiles.read(path, limit: mostBytes), file: path)
  }

  /// - Parameters:
  ///   - bytes: the whole document.
  ///   - file: its name, for errors.
  package static func decode(_ bytes: [UInt8], file: String) throws(Complaint) -> Self {
    let document: Self
    do {
      document = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw problem(error, file: file)
    } catch {
      throw problem(file, "", "cannot be read as JSON")
    }
    if let key = try document.unknownKey(in: bytes, file: file) {
      throw problem(file, key, "is not a key of “konsil: \(format)”")
    }
    if let (key, what) = document.flaw { throw problem(file, key, what) }
    return document
  }

  /// The document; `decode` gives it back bit for bit.
  package func text() throws -> String { try JSONText.of(self) }

  private static func problem(_ file: String, _ key: String, _ what: String) -> Complaint {
    let place = key.isEmpty ? file : "\(file): \(key)"
    return Complaint(
      .badInput, code: "model-file", "\(place): \(what)",
      advice: "give a model file as konsil writes it, unchanged")
  }

  private static func problem(_ error: DecodingError, file: String) -> Complaint {
    switch error {
    case .keyNotFound(let key, let context):
      problem(file, path(context.codingPath + [key]), "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      problem(file, path(context.codingPath), "has a value of another type")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      problem(file, path(context.codingPath), "has a value that is not allowed")
    default: problem(file, "", "cannot be read as JSON")
    }
  }

  /// Entries of a list are counted from 1.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index + 1)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  /// The first key of the document that writing it again would not give.
  private func unknownKey(in bytes: [UInt8], file: String) throws(Complaint) -> String? {
    do {
      let given = try JSONSerialization.jsonObject(with: Data(bytes))
      let known = try JSONSerialization.jsonObject(with: Data(text().utf8))
      return Self.unknownKey(given, known, at: "")
    } catch {
      throw Self.problem(file, "", "cannot be read as JSON")
    }
  }

  private static func unknownKey(_ given: Any, _ known: Any, at path: String) -> String? {
    if let given = given as? [String: Any] {
      let known = known as? [String: Any] ?? [:]
      for key in given.keys.sorted() {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let value = given[key], let knownValue = known[key] else { return place }
        if let found = unknownKey(value, knownValue, at: place) { return found }
      }
    } else if let given = given as? [Any], let known = known as? [Any] {
      for (index, pair) in zip(given, known).enumerated() {
        if let found = unknownKey(pair.0, pair.1, at: "\(path)[\(index + 1)]") { return found }
      }
    }
    return nil
  }
}
