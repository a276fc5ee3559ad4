import Federation
import FoundationEssentials
import SecureAggregation

/// The checks that every field from outside passes. Each takes the field's name for its error.
enum Field {
  static let ordinal = 1...WireLimits.ordinal
  static let count = 0...WireLimits.ordinal

  /// A whole number within `range`; nil stands for a field that is not there.
  static func number(
    _ value: UInt64?, in range: ClosedRange<Int>, _ field: String
  ) throws(WireError) -> Int {
    guard let number = Int(exactly: try present(value, field)), range.contains(number) else {
      throw WireError(
        field: field, what: "missing or not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  static func instant(_ milliseconds: UInt64?, _ field: String) throws(WireError) -> Instant {
    let number = try number(milliseconds, in: 0...WireLimits.time, field)
    return Instant(milliseconds: Int64(number))
  }

  static func present<Value>(_ value: Value?, _ field: String) throws(WireError) -> Value {
    guard let value else { throw WireError(field: field, what: "missing") }
    return value
  }

  /// A message inside a message, decoded; nil stands for one that is not there.
  static func message<Message, Value>(
    _ message: Message?, _ field: String, _ decode: (Message) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    let message = try present(message, field)
    return try within(field) { () throws(WireError) in try decode(message) }
  }

  /// The entries of a list, decoded one by one.
  static func list<Entry, Value>(
    _ entries: [Entry], most: Int = WireLimits.list, _ field: String,
    _ decode: (Entry) throws(WireError) -> Value
  ) throws(WireError) -> [Value] {
    guard entries.count <= most else {
      throw WireError(field: field, what: "\(entries.count) entries, more than \(most)")
    }
    var values: [Value] = []
    values.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      values.append(try within("\(field)[\(index)]") { () throws(WireError) in try decode(entry) })
    }
    return values
  }

  static func bytes(_ data: Data, exactly count: Int, _ field: String) throws(WireError) -> [UInt8] {
    guard data.count == count else {
      throw WireError(field: field, what: "\(data.count) bytes, not \(count)")
    }
    return Array(data)
  }

  /// The bytes of a document: at least one.
  static func document(
    _ data: Data, most: Int = WireLimits.document, _ field: String
  ) throws(WireError) -> [UInt8] {
    guard (1...most).contains(data.count) else {
      throw WireError(field: field, what: "\(data.count) bytes, not 1 to \(most)")
    }
    return Array(data)
  }

  static func digest(_ data: Data, _ field: String) throws(WireError) -> Digest {
    let digest = Digest(bytes: try bytes(data, exactly: Digest.byteCount, field))
    guard let digest else { throw WireError(field: field, what: "not a SHA-256 digest") }
    return digest
  }

  static func signature(_ data: Data, _ field: String) throws(WireError) -> Signature {
    let signature = Signature(bytes: try bytes(data, exactly: Signature.byteCount, field))
    guard let signature else { throw WireError(field: field, what: "not an Ed25519 signature") }
    return signature
  }

  static func key(_ data: Data, _ field: String) throws(WireError) -> IdentityKey {
    let key = IdentityKey(bytes: try bytes(data, exactly: IdentityKey.byteCount, field))
    guard let key else { throw WireError(field: field, what: "not an Ed25519 public key") }
    return key
  }
}
