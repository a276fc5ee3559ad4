import Console
import Federation
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder in which an agent keeps what must outlive it: accepted studies, snapshots, plans with their
/// decisions, and the journal. Only its owner may read it.
package struct StateFolder: Hashable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var journal: String { path + "/journal.jsonl" }
  package var digestKey: String { path + "/digest.key" }
  package var lock: String { path + "/agent.lock" }
  package func study(_ name: String) -> String { path + "/studies/\(name)" }
  package func snapshots(_ study: String) -> String { path + "/snapshots/\(study)" }
  package var plans: String { path + "/plans" }
  package var findings: String { path + "/findings" }

  /// Makes a folder for its owner alone, and those above it.
  package static func make(_ path: String) throws(Complaint) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Complaint(
        .cannotWrite, code: "cannot-write", "the folder \(path) cannot be made",
        advice: "check that its parent is writable by this user")
    }
  }

  /// Writes a file for its owner alone, whole or not at all, and on disk when this returns.
  package static func write(_ bytes: [UInt8], to path: String) throws(Complaint) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw cannotWrite(path) }
    defer { close(descriptor) }
    guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw cannotWrite(path)
    }
    syncFolder(of: path)
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  static func syncFolder(of path: String) {
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  static func cannotWrite(_ path: String) -> Complaint {
    Complaint(
      .cannotWrite, code: "cannot-write", "\(path) cannot be written",
      advice: "check the disk's space and the folder's owner")
  }

  package static func read(_ path: String) throws(Complaint) -> [UInt8] {
    do {
      return Array(try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd() ?? Data())
    } catch {
      throw cannotRead(path, error)
    }
  }

  static func cannotRead(_ path: String, _ error: any Error) -> Complaint {
    Complaint(
      .noInput, code: "cannot-read", "\(path) cannot be read: \(SystemWords.of(error))",
      advice: "check the path and its permissions")
  }

  /// The names in a folder, sorted; empty when it is not there.
  package static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// The right to be the one agent of a state folder, for as long as this value lives.
package struct StateLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// - Throws: `Complaint` when another agent holds it.
  package init(_ folder: StateFolder) throws(Complaint) {
    try StateFolder.make(folder.path)
    let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StateFolder.cannotWrite(folder.lock) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Complaint(
        .unavailable, code: "already-running", "another agent runs on \(folder.path)",
        advice: "stop it, or give this one another state folder")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
