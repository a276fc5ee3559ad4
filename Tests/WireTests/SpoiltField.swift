import Wire

/// One change that makes a sound message unsound, and the field that the error names.
struct SpoiltField<Message: Sendable>: Sendable {
  let field: String
  let change: @Sendable (inout Message) -> Void

  init(_ field: String, _ change: @escaping @Sendable (inout Message) -> Void) {
    self.field = field
    self.change = change
  }
}

/// The same field with each of `values`.
func each<Message>(
  _ values: [String], _ field: String,
  _ set: @escaping @Sendable (inout Message, String) -> Void
) -> [SpoiltField<Message>] {
  values.map { value in SpoiltField(field) { set(&$0, value) } }
}

/// Stands in fields that an error must not repeat.
let sentinel = "SENTINEL-4711"

/// Runs that are not 32 lower-case hexadecimal digits.
let unsoundRuns = [
  "", sentinel, "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
  "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdeé",
]

/// Names that are not a lower-case letter and at most 62 more characters of those allowed.
let unsoundNames = [
  "", sentinel, "-basel", "1basel", "basel ", "bas\u{0}el", "básel", "basel/../x",
  "a" + String(repeating: "b", count: 63),
]
