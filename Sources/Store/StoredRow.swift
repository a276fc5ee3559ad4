import Federation
import Foundation
import GRDB

/// A row whose values may be damaged: reading one throws where GRDB's own subscripts trap.
struct StoredRow {
  /// The place of a value that is not what its column holds. It does not tell the value.
  struct Damage: Error {
    let table: String
    let column: String
  }

  private let row: Row
  private let table: String

  /// - Parameter table: the name for `Damage`.
  static func all(
    _ db: Database, _ table: String, _ sql: String, _ arguments: StatementArguments = []
  ) throws -> [StoredRow] {
    try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).map {
      StoredRow(row: $0, table: table)
    }
  }

  static func first(
    _ db: Database, _ table: String, _ sql: String, _ arguments: StatementArguments
  ) throws -> StoredRow? {
    try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: arguments).map {
      StoredRow(row: $0, table: table)
    }
  }

  func damage(_ column: String) -> Damage { Damage(table: table, column: column) }

  /// nil for NULL.
  func optional<Value: DatabaseValueConvertible>(
    _ column: String, as: Value.Type = Value.self
  ) throws -> Value? {
    guard let stored = row[column] as DatabaseValue?, !stored.isNull else { return nil }
    guard let value = Value.fromDatabaseValue(stored) else { throw damage(column) }
    return value
  }

  func value<Value: DatabaseValueConvertible>(
    _ column: String, as: Value.Type = Value.self
  ) throws -> Value {
    guard let value = try optional(column, as: Value.self) else { throw damage(column) }
    return value
  }

  func bytes(_ column: String) throws -> [UInt8] { Array(try value(column, as: Data.self)) }

  /// - Parameter make: nil for bytes that are no such value.
  func value<Value>(_ column: String, _ make: ([UInt8]) -> Value?) throws -> Value {
    guard let value = make(try bytes(column)) else { throw damage(column) }
    return value
  }

  func instant(_ column: String) throws -> Instant { Instant(milliseconds: try value(column)) }

  func json<Value: Decodable>(_ column: String, as: Value.Type = Value.self) throws -> Value {
    let text: String = try value(column)
    guard let value: Value = try? StoredJSON.value(text) else { throw damage(column) }
    return value
  }
}
