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
