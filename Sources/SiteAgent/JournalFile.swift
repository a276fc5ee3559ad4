import Federation
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The journal on disk: one JSON object a line, each with the digest of the line before. A record is on disk when
/// `append` returns.
///
/// While step follows step, the file ends in empty lines, which the next lines overwrite: what makes the file no longer
/// is on the disk sooner, for the file system has nothing of its own to write down.
package final class JournalFile {
  /// About ninety steps.
  private static let newRoom = 1 << 16

  private let path: String
  private let descriptor: Int32
  /// Bytes of empty lines behind the last line, where `descriptor` stands.
  private var room = 0

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
  package static func read(_ path: String) throws(Complaint) -> [JournalRecord] {
    // What an agent wrote in the meantime may be there in part: then the next reading has it.
    for _ in 0..<2 {
      if let records = try? load(path).records, (try? Journal(replaying: records)) != nil { return records }
    }
    return try load(path).records
  }

  /// - Returns: the records, and how many bytes their lines have.
  private static func load(
    _ path: String
  ) throws(Complaint) -> (records: [JournalRecord], length: Int) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], 0) }
    let bytes = try StateFolder.read(path)
    let lines = bytes.split(separator: newline)
    var records: [JournalRecord] = []
    var length = 0
    for line in lines {
      guard line.endIndex < bytes.endIndex,
        let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(line))
      else {
        if isCutShort(lines[records.count...], of: bytes) { break }
        throw damaged(path, line: records.count + 1)
      }
      records.append(record)
      length = line.endIndex + 1
    }
    return (records, length)
  }

  /// Whether the last lines are what a crash leaves of one: its beginning, or in the room for it such parts as reached
  /// the disk.
  private static func isCutShort(_ pieces: ArraySlice<ArraySlice<UInt8>>, of bytes: [UInt8]) -> Bool {
    let isBeforeRoom = bytes.suffix(2).allSatisfy { $0 == newline }
    guard isBeforeRoom || bytes.last != newline else { return false }
    return pieces.allSatisfy { piece in
      piece.endIndex == bytes.endIndex || (try? JSONSerialization.jsonObject(with: Data(piece))) == nil
    }
  }

  package static func damaged(_ path: String, line: Int) -> Complaint {
    Complaint(
      .badInput, code: "journal-damaged", "\(path), line \(line): not what this agent wrote",
      advice: "restore the file; without it this site can take part only under a new identity key")
  }

  package func append(_ record: JournalRecord) throws(Complaint) {
    var isStep = false
    if case .step = record.event { isStep = true }
    guard let line = JournalLine.bytes(record), write(line + [Self.newline], isStep)
    else { throw StateFolder.cannotWrite(path) }
  }

  /// - Parameter makesRoom: whether to make new room where there is not enough.
  private func write(_ line: [UInt8], _ makesRoom: Bool) -> Bool {
    // Something of the room stays, for a line that a crash cuts short is told by what is behind it.
    guard line.count >= room else {
      room -= line.count
      return StateFolder.writeAll(line, to: descriptor) && fdatasync(descriptor) == 0
    }
    room = makesRoom || room > 0 ? Self.newRoom : 0
    return StateFolder.writeAll(line + repeatElement(Self.newline, count: room), to: descriptor)
      && lseek(descriptor, off_t(-room), SEEK_CUR) >= 0 && fdatasync(descriptor) == 0
  }

  /// Cuts the empty lines off, for no step is expected.
  package func giveUpRoom() {
    guard room > 0, ftruncate(descriptor, lseek(descriptor, 0, SEEK_CUR)) == 0 else { return }
    room = 0
  }

  private static let newline = UInt8(ascii: "\n")
}
