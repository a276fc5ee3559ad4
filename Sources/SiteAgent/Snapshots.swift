import Cohorts
import Connectors
import Federation
import Foundation
import SecureAggregation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A site's records of a study as they were when they were frozen.
package struct Snapshot: Hashable, Sendable, Codable {
  /// From 1 within a study.
  package let number: Int
  /// Of the frozen file with a salt; it confirms nothing to anyone without the salt.
  package let digest: Digest
  package let frozen: Instant
  package let bytes: Int
  private let salt: String
  /// How the site's file was read when it was frozen: its dialect, what became of values that the dictionary does
  /// not allow, rows left out. nil in a snapshot of an earlier version, which is the site's file as it was.
  package let reading: ReadingReport?

  fileprivate init(
    number: Int, digest: SnapshotDigest, salt: [UInt8], reading: ReadingReport, at now: Instant
  ) {
    self.number = number
    self.digest = digest.finished(salt: salt)
    self.salt = salt.hexadecimal
    self.reading = reading
    bytes = digest.byteCount
    frozen = now
  }

  fileprivate func isOf(_ path: String) throws(Complaint) -> Bool {
    guard let salt = [UInt8](hexadecimal: salt) else { return false }
    if reading == nil { return Digest(of: salt + (try StateFolder.read(path))) == digest }
    return try SnapshotDigest.of(path, salt: salt) == digest
  }
}

/// The frozen copies of a site's records. A study's plans all work on the newest one, so that no two sums
/// differ in a patient who came between them.
///
/// A snapshot holds the study's variables and outcomes, as they were read under the site's configuration of the
/// time: what is in it means the same for ever, whatever the configuration says later.
package struct Snapshots: Sendable {
  private let folder: StateFolder

  package init(_ folder: StateFolder) { self.folder = folder }

  /// The newest snapshot of a study; nil when none was taken.
  package func newest(of study: String) throws(Complaint) -> (snapshot: Snapshot, records: String)? {
    let numbers = StateFolder.names(in: folder.snapshots(study)).compactMap(Int.init)
    guard let number = numbers.max() else { return nil }
    let path = path(study, number)
    guard
      let snapshot = try? JSONDecoder().decode(
        Snapshot.self, from: Data(StateFolder.read(path + "/snapshot.json")))
    else {
      throw Complaint(
        .badInput, code: "snapshot-damaged", "\(path)/snapshot.json is not what this agent wrote",
        advice: "take a new snapshot")
    }
    let records = path + "/records.csv"
    guard try snapshot.isOf(records) else {
      throw Complaint(
        .badInput, code: "snapshot-damaged", "\(records) is not what was frozen",
        advice: "take a new snapshot")
    }
    return (snapshot, records)
  }

  /// Freezes the records as they are now, for this study's plans from now on. Variables that the file has no
  /// column for are not in the snapshot.
  ///
  /// - Throws: `Complaint` of code `records-do-not-fit` when the records cannot be used.
  package func take(
    _ study: Study, from source: RecordsSource, now: Instant
  ) throws(Complaint) -> Snapshot {
    let reading: Reading
    do throws(RecordsError) {
      reading = try CohortReader(study, source: source).inspect(file: source.file)
      if let refusal = reading.refusal { throw refusal }
    } catch {
      throw Complaint(error)
    }
    let taken = StateFolder.names(in: folder.snapshots(study.name)).compactMap(Int.init)
    let number = (taken.max() ?? 0) + 1
    let target = path(study.name, number)
    let salt = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    // The folder gets its name last: one without was cut short.
    let temporary = folder.snapshots(study.name) + "/.new"
    try? FileManager.default.removeItem(atPath: temporary)
    try StateFolder.make(temporary)
    let digest = try Self.write(reading.records, of: study, to: temporary + "/records.csv")
    let snapshot = Snapshot(
      number: number, digest: digest, salt: salt, reading: reading.report, at: now)
    guard let description = try? JSONEncoder().encode(snapshot) else {
      throw StateFolder.cannotWrite(target)
    }
    try StateFolder.write(Array(description), to: temporary + "/snapshot.json")
    do {
      try FileManager.default.moveItem(atPath: temporary, toPath: target)
    } catch {
      throw StateFolder.cannotWrite(target)
    }
    return snapshot
  }

  /// Writes the study's columns, for this account alone and on disk when this returns.
  private static func write(
    _ records: Records, of study: Study, to path: String
  ) throws(Complaint) -> SnapshotDigest {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw StateFolder.cannotWrite(path) }
    defer { close(descriptor) }
    var digest = SnapshotDigest()
    let dictionary = study.dictionary
    try CohortWriter(
      records, variables: dictionary.variables + dictionary.outcomes.map(\.variable),
      recordKey: study.recordKey
    ).write { (piece) throws(Complaint) in
      guard StateFolder.writeAll(piece, to: descriptor) else { throw StateFolder.cannotWrite(path) }
      digest.update(piece)
    }
    guard fsync(descriptor) == 0 else { throw StateFolder.cannotWrite(path) }
    return digest
  }

  private func path(_ study: String, _ number: Int) -> String {
    folder.snapshots(study) + "/\(number)"
  }
}
