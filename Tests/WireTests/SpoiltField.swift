import FoundationEssentials
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

/// The same field with numbers that are no epoch and no step.
func each<Message>(
  ordinal field: String, _ set: @escaping @Sendable (inout Message, UInt64) -> Void
) -> [SpoiltField<Message>] {
  [0, 1 << 31, 1 << 63, .max].map { number in SpoiltField(field) { set(&$0, number) } }
}

/// The same field, of bytes, missing, one short and one long.
func each<Message>(
  size field: String, _ change: @escaping @Sendable (inout Message, (inout Data) -> Void) -> Void
) -> [SpoiltField<Message>] {
  [
    SpoiltField(field) { change(&$0) { $0 = Data() } },
    SpoiltField(field) { change(&$0) { $0.removeLast() } },
    SpoiltField(field) { change(&$0) { $0.append(0) } },
  ]
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
