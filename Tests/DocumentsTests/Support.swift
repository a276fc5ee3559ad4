import Cohorts
import Documents
import Foundation
import SecureAggregation
import Testing

/// What a decoder says about a document; empty if it says nothing.
func complaint<Value>(_ decode: () throws(DocumentError) -> Value) -> String {
  do throws(DocumentError) {
    _ = try decode()
    return ""
  } catch {
    return error.description
  }
}

/// The bytes of a committed file, by its path from the top of the checkout.
func committed(_ path: String, here: String = #filePath) throws -> [UInt8] {
  let top = URL(fileURLWithPath: here)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return Array(try Data(contentsOf: top.appendingPathComponent(path)))
}

/// A committed study's dictionary.
func committedDictionary(_ name: String) throws -> StudyDictionary {
  try DictionaryDocument.decode(committed("protocols/studies/\(name).yaml"), file: "\(name).yaml")
}

/// A key of 32 equal bytes.
func key(_ byte: UInt8) throws -> IdentityKey {
  try #require(IdentityKey(bytes: Array(repeating: byte, count: IdentityKey.byteCount)))
}

/// A dictionary with a variable of each type.
let sampleDictionary = """
  konsil: dictionary/1
  name: gut
  title: A gut study
  purpose: To test
  variables:
    age: {label: Age, type: continuous, unit: a, range: [18, 110]}
    relapses: {label: Relapses, type: count, range: [0, 20], missing: ["-9", NA]}
    steroids: {label: Steroids, type: binary}
    drug:
      label: Drug
      type: categorical
      levels: [no, yes, 3]   # plain words and numbers are text here
      codes: {atc: L04AB02}
  outcomes:
    failure: {label: Failure, definition: Stopped within 12 months}

  """

extension String {
  /// With the only occurrence of `old` replaced, so that a test cannot miss what it means to change.
  func changing(_ old: String, to new: String) throws -> String {
    let parts = components(separatedBy: old)
    try #require(parts.count == 2, "“\(old)” occurs \(parts.count - 1) times")
    return parts.joined(separator: new)
  }
}
