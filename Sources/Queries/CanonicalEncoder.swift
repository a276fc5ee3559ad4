/// Builds the one byte string that stands for a sequence of values.
///
/// Integers are eight bytes, most significant first; a byte string is its length as an integer, then
/// its bytes; text is the byte string of its UTF-8; a real is the integer of its IEEE 754 bit pattern;
/// a list is its count, then its elements. Every message begins with a label, so no two kinds of
/// message share an encoding.
package struct CanonicalEncoder: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init(label: String) { append(label) }

  package mutating func append(_ value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func append(_ value: Int) { append(UInt64(bitPattern: Int64(value))) }

  package mutating func append(_ value: Double) { append(value.bitPattern) }

  package mutating func append(_ value: [UInt8]) {
    append(value.count)
    bytes.append(contentsOf: value)
  }

  package mutating func append(_ text: String) { append(Array(text.utf8)) }

  package mutating func append<Element>(
    list: [Element], _ appendElement: (inout CanonicalEncoder, Element) -> Void
  ) {
    append(list.count)
    for element in list { appendElement(&self, element) }
  }

  package mutating func append(list words: [UInt64]) {
    append(words.count)
    // Not by a key path, which is looked up for every word.
    words.map { $0.bigEndian }.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  package mutating func append(list reals: [Double]) { append(list: reals.map { $0.bitPattern }) }
}
