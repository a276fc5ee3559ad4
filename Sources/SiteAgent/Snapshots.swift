import Federation
import Foundation
import SecureAggregation

/// A site's records of a study as they were when they were frozen.
package struct Snapshot: Hashable, Sendable, Codable {
  /// From 1 within a study.
  package let number: Int
  /// SHA-256 over salt and bytes; it confirms nothing to anyone without the salt.
  package let digest: Digest
  package let frozen: Instant
  package let bytes: Int
  private let salt: String

  fileprivate init(number: Int, of records: [UInt8], salt: [UInt8], at now: Instant) {
    self.number = number
    digest = Digest(of: salt + records)
    frozen = now
    bytes = records.count
    self.salt = salt.hexadecimal
  }

  fileprivate func holds(_ records: [UInt8]) -> Bool {
    [UInt8](hexadecimal: salt).map { Digest(of: $0 + records) == digest } ?? false
  }
}

/// The frozen copies of a site's records. A study's plans all work on the newest one, so that no two sums
/// differ in a patient who came between them.
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
    guard snapshot.holds(try StateFolder.read(records)) else {
      throw Complaint(
        .badInput, code: "snapshot-damaged", "\(records) is not what was frozen",
        advice: "take a new snapshot")
    }
    return (snapshot, records)
  }

  /// Freezes the records as they are now, for this study's plans from now on.
  package func take(_ study: String, from path: String, now: Instant) throws(Complaint) -> Snapshot {
    let records = try StateFolder.read(path)
    let number = (StateFolder.names(in: folder.snapshots(study)).compactMap(Int.init).max() ?? 0) + 1
    let salt = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    let snapshot = Snapshot(number: number, of: records, salt: salt, at: now)
    guard let description = try? JSONEncoder().encode(snapshot) else {
      throw StateFolder.cannotWrite(self.path(study, number))
    }
    // The description comes last: a folder without it was cut short.
    let temporary = folder.snapshots(study) + "/.new"
    try? FileManager.default.removeItem(atPath: temporary)
    try StateFolder.make(temporary)
    try StateFolder.write(records, to: temporary + "/records.csv")
    try StateFolder.write(Array(description), to: temporary + "/snapshot.json")
    do {
      try FileManager.default.moveItem(atPath: temporary, toPath: self.path(study, number))
    } catch {
      throw StateFolder.cannotWrite(self.path(study, number))
    }
    return snapshot
  }

  private func path(_ study: String, _ number: Int) -> String {
    folder.snapshots(study) + "/\(number)"
  }
}
