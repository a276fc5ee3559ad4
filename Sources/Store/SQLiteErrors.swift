import GRDB

extension StoreError {
  /// - Parameter transaction: what was being done, as it follows "could not".
  init(_ error: any Error, path: String, transaction: String) {
    switch error {
    case let error as StoreError:
      self = error
    case let damage as StoredRow.Damage:
      self = .corrupt(path, detail: "column \(damage.column) of table \(damage.table)")
    case let error as DatabaseError:
      let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path)
      case .SQLITE_NOTADB: self = .notOurs(path)
      case .SQLITE_CORRUPT: self = .corrupt(path, detail: reason)
      default: self = .failed(path, transaction: transaction, reason: reason)
      }
    default:
      self = .failed(path, transaction: transaction, reason: "\(type(of: error))")
    }
  }
}
