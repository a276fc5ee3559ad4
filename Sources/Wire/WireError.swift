import Federation

/// A message that is not what `protocols/wire` describes. It never repeats what stood in the field.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Path of the field in the message, such as `setup_keys.keys[2].signature`.
  package let field: String
  /// What is wrong with it: one line.
  package let what: String

  package init(field: String, what: String) {
    self.field = field
    self.what = what
  }

  package var description: String { "\(field): \(what)" }
}

extension WireError: Complaining {
  package var complaint: Complaint {
    Complaint(
      .badInput, code: "malformed-message", "a message is not as agreed: \(self)",
      advice: "run the same version of Konsil on both sides")
  }
}

/// Runs a decoder and puts the field that it decodes before the path of its error.
func within<Value>(
  _ field: @autoclosure () -> String, _ decode: () throws(WireError) -> Value
) throws(WireError) -> Value {
  do throws(WireError) {
    return try decode()
  } catch {
    let path = error.field.isEmpty ? field() : "\(field()).\(error.field)"
    throw WireError(field: path, what: error.what)
  }
}

extension WireError {
  static let unknownContent = WireError(
    field: "content", what: "missing or of a kind that this version does not know")
  static let strayChunk = WireError(field: "chunk", what: "no vector has begun")
  static let afterError = WireError(
    field: "content", what: "came after a message that was refused")

  static func unfinished(_ vector: IncomingVector) -> WireError {
    WireError(field: "content", what: "a vector is unfinished: \(vector.progress)")
  }
}
