import KonsilTesting
import Store

/// Every back end of the store: what the suite promises, each of them keeps.
enum BackEnd: String, CaseIterable, Sendable {
  case memory
  case sqlite

  func withStore(_ body: (any RunStore) throws -> Void) throws {
    switch self {
    case .memory:
      try body(InMemoryRunStore())
    case .sqlite:
      let folder = try TemporaryFolder()
      try body(try SQLiteRunStore(path: folder.database))
    }
  }
}
