import Foundation
import Logging
import Synchronization

/// Everything that agents sent, that the coordinator stored, and that anyone logged.
final class Recording: Sendable {
  private struct Content {
    var sent: [String: Data] = [:]
    var stored: [Data] = []
    var lines: [String] = []
  }

  private let content = Mutex(Content())

  /// What each site's agent sent, before encryption.
  var sent: [String: Data] { content.withLock { $0.sent } }
  /// The database and its write-ahead log as they were after each message.
  var stored: [Data] { content.withLock { $0.stored } }
  var logLines: [String] { content.withLock { $0.lines } }

  func sent(_ bytes: [UInt8], by site: String) {
    content.withLock { $0.sent[site, default: Data()].append(contentsOf: bytes) }
  }

  func stored(_ bytes: Data) { content.withLock { $0.stored.append(bytes) } }

  fileprivate func logged(_ line: String) { content.withLock { $0.lines.append(line) } }
}

/// A log handler that keeps every line of every level.
struct RecordingLog: LogHandler {
  private let recording: Recording
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  init(_ recording: Recording) { self.recording = recording }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    recording.logged("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])")
  }
}
