import Federation
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The journal on disk: one JSON object a line, each with the digest of the line before. A record is on disk when
/// `append` returns.
package final class JournalFile {
  private let path: String
  private let descriptor: Int32

  /// Opens the journal for writing; a last line that a crash cut short is cut off: nothing it spoke of has left.
  ///
  /// - Returns: the records, in order.
  package static func open(
    _ path: String
  ) throws(Complaint) -> (file: JournalFile, records: [JournalRecord]) {
    let (records, length) = try load(path)
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StateFolder.cannotWrite(path) }
    let file = JournalFile(path: path, descriptor: descriptor)
    guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0,
      fsync(descriptor) == 0
    else { throw StateFolder.cannotWrite(path) }
    StateFolder.syncFolder(of: path)
    return (file, records)
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads the whole lines of a journal; none when the file is not there.
  ///
  /// - Throws: `Complaint` naming the line that is not one of a journal.
  package static func read(_ path: String) throws(Complaint) -> [JournalRecord] { try load(path).records }

  private static func load(
    _ path: String
  ) throws(Complaint) -> (records: [JournalRecord], length: Int) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], 0) }
    let bytes = try StateFolder.read(path)
    let length = bytes.lastIndex(of: newline).map { $0 + 1 } ?? 0
    var records: [JournalRecord] = []
    for line in bytes[..<length].split(separator: newline) {
      guard let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(line)) else {
        throw damaged(path, line: records.count + 1)
      }
      records.append(record)
    }
    return (records, length)
  }

  package static func damaged(_ path: String, line: Int) -> Complaint {
    Complaint(
      .badInput, code: "journal-damaged", "\(path), line \(line): not what this agent wrote",
      advice: "restore the file; without it this site can take part only under a new identity key")
  }

  package func append(_ record: JournalRecord) throws(Complaint) {
    guard let line = JournalLine.bytes(record),
      StateFolder.writeAll(line + [Self.newline], to: descriptor), fdatasync(descriptor) == 0
    else { throw StateFolder.cannotWrite(path) }
  }

  private static let newline = UInt8(ascii: "\n")
}
