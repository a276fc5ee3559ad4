import Console
import Federation
import Foundation

/// The files that commands read and write. Nothing is overwritten unless that is asked for.
enum LocalFiles {
  /// Studies, plans and dictionaries.
  static let mostDocumentBytes = 1 << 20

  static func read(_ path: String, limit: Int = mostDocumentBytes) throws(Complaint) -> [UInt8] {
    let content: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      content = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw unreadable(path, error)
    }
    guard content.count <= limit else {
      throw Complaint(
        .badInput, code: "file-too-large", "\(path): has more than \(limit >> 20) MiB",
        advice: "check that it is the right file")
    }
    return Array(content)
  }

  /// Throws what is in the way of reading a file that another reader opens.
  static func requireReadable(_ path: String) throws(Complaint) {
    do {
      _ = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: 1)
    } catch {
      throw unreadable(path, error)
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func makeFolder(_ path: String) throws(Complaint) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw unwritable(path, SystemWords.of(error))
    }
  }

  /// Throws when one of the files is there already; before long work, so that it is not lost.
  static func requireAbsent(_ paths: [String], force: Bool) throws(Complaint) {
    guard !force, let present = paths.first(where: exists) else { return }
    throw Complaint(
      .cannotWrite, code: "file-exists", "\(present): exists already and is not overwritten",
      advice: "choose another place, or give --force")
  }

  /// Writes a file whole or not at all.
  ///
  /// - Parameter mode: its permission bits before the account's mask.
  static func write(
    _ text: String, to path: String, force: Bool, mode: mode_t = 0o666
  ) throws(Complaint) {
    try write(Array(text.utf8), to: path, force: force, mode: mode)
  }

  /// Writes a file whole or not at all.
  ///
  /// - Parameter mode: its permission bits before the account's mask.
  static func write(
    _ bytes: [UInt8], to path: String, force: Bool, mode: mode_t = 0o666
  ) throws(Complaint) {
    try requireAbsent([path], force: force)
    // Taking a file's place would destroy a device or a link.
    if let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType,
      type != .typeRegular
    {
      throw unwritable(path, "it is not a regular file")
    }
    let draft = "\(path).\(UUID().uuidString).new"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw unwritable(path, SystemWords.of(errno)) }
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: false)
    do {
      defer { close(file) }
      try handle.write(contentsOf: Data(bytes))
    } catch {
      unlink(draft)
      throw unwritable(path, SystemWords.of(error))
    }
    guard rename(draft, path) == 0 else {
      let reason = SystemWords.of(errno)
      unlink(draft)
      throw unwritable(path, reason)
    }
  }

  private static func unreadable(_ path: String, _ error: any Error) -> Complaint {
    Complaint(
      .noInput, code: "file-unreadable", "\(path): cannot be read: \(SystemWords.of(error))",
      advice: "check the path, and that this account may read the file")
  }

  private static func unwritable(_ path: String, _ reason: String) -> Complaint {
    Complaint(
      .cannotWrite, code: "file-unwritable", "\(path): cannot be written: \(reason)",
      advice: "check the path, and that this account may write there")
  }
}
