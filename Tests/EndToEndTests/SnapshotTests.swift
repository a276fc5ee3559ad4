import Cohorts
import Connectors
import Federation
import Foundation
import KonsilTesting
import SecureAggregation
import SiteAgent
import Testing

/// Snapshots of a site's records, without a process.
@Suite struct SnapshotTests {
  /// A folder of its own for a test, and what it needs.
  private struct Site {
    let folder: URL
    let study: Study
    var records: String { folder.appendingPathComponent("records.csv").path }
    var state: StateFolder { StateFolder(folder.appendingPathComponent("state").path) }
    var snapshots: Snapshots { Snapshots(state) }
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    init(rowsPerPatient: Int = 1) throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent("konsil-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let range = try #require(ValueRange(lower: 0, upper: 500))
      let small = try SmallStudy.drawn().study
      let crp = Variable(
        name: "crp", label: "CRP", kind: .continuous(range), unit: "mg/L", codes: [:], missing: ["NA"])
      let drug = Variable(
        name: "drug", label: "Drug", kind: .categorical(levels: ["none", "b\u{FC}ro"]), unit: nil, codes: [:],
        missing: [])
      let albumin = Variable(
        name: "albumin", label: "Albumin", kind: .continuous(range), unit: "g/L", codes: [:], missing: [])
      study = Study(
        dictionary: StudyDictionary(
          name: "gut", title: "G", purpose: "P", variables: [crp, drug, albumin],
          outcomes: [Outcome(name: "y", label: "Y", definition: "D")]),
        sites: small.sites, researchers: [],
        limits: Study.Limits(
          leastSites: 3, leastRows: 1, leastCount: 1, mostRowsPerSite: 1 << 20,
          mostRowsPerPatient: rowsPerPatient), recordKey: "id")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    func freeze(
      _ text: String, _ rule: RecordsSource.OnError = .refuse, encoding: String.Encoding = .utf8
    ) throws -> Snapshot {
      try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: records))
      return try snapshots.take(study, from: RecordsSource(file: records, onError: rule), now: Self.now)
    }

    func frozen() throws -> String {
      let newest = try #require(try snapshots.newest(of: "gut"))
      return try String(contentsOfFile: newest.records, encoding: .utf8)
    }

    /// What is wrong with an attempt to do something.
    func complaint(_ work: () throws -> Void) -> Complaint? {
      do {
        try work()
        return nil
      } catch {
        return Complaint(error)
      }
    }
  }

  private let messy =
    "name;id;crp;drug;y\nMeier;p1;1,5;b\u{FC}ro;1\nM\u{FC}ller;p2;600;none;0\nRoth;p3;;none;NA\n"

  @Test func whatIsDecidedIsDecidedWhenItIsFrozen() throws {
    let site = try Site()
    defer { site.remove() }
    let text = messy.replacingOccurrences(of: ";NA", with: ";")
    let missing = try site.freeze(text, .missing, encoding: .isoLatin1)
    // No other columns, no dialect, no value that is not allowed is left to decide on.
    #expect(try site.frozen() == "id,crp,drug,y\np1,1.5,b\u{FC}ro,1\np2,,none,0\np3,,none,\n")
    #expect(missing.reading?.onError == .missing)
    #expect(missing.reading?.madeMissing(in: "crp") == 1)
    #expect(missing.reading?.dialect.words == "semicolons, decimal commas (1 column), Latin-1 (Windows-1252)")
    #expect(missing.reading?.absent.map(\.name) == ["albumin"])

    let excluded = try site.freeze(text, .excludeRow, encoding: .isoLatin1)
    #expect(try site.frozen() == "id,crp,drug,y\np1,1.5,b\u{FC}ro,1\np3,,none,\n")
    #expect(excluded.number == 2 && excluded.reading?.excluded == 1)
    #expect(try site.snapshots.newest(of: "gut")?.snapshot == excluded)
  }

  @Test func theSameRecordsHaveAnotherDigestEachTime() throws {
    let site = try Site()
    defer { site.remove() }
    let text = "id,crp,drug,y\np1,1,none,1\n"
    let (first, second) = (try site.freeze(text), try site.freeze(text))
    #expect(first.digest != second.digest)
    #expect((first.number, second.number) == (1, 2))
  }

  @Test func recordsThatCannotBeUsedAreNotFrozen() throws {
    let site = try Site()
    defer { site.remove() }
    let complaint = try #require(site.complaint { try site.freeze(messy, encoding: .isoLatin1) })
    #expect(complaint.code == "records-do-not-fit" && complaint.status == .badInput)
    #expect(complaint.message.hasPrefix("\(site.records):3: crp: is outside of the dictionary's range"))
    #expect(complaint.message.contains(":4: y: is not a number"))
    #expect(try site.snapshots.newest(of: "gut") == nil)
    // Without the record key nothing can be told of a row.
    #expect(
      site.complaint { try site.freeze("crp,drug,y\n1,none,1\n", .missing) }?.message.contains("id") == true)
    // Two rows of one patient are right where the study says so.
    let several = try Site(rowsPerPatient: 2)
    defer { several.remove() }
    let twice = "id,crp,drug,y\np1,1,none,1\np1,2,none,1\n"
    #expect(site.complaint { try site.freeze(twice) } != nil)
    #expect(try several.freeze(twice).reading?.rows == 2)
  }

  @Test func aSnapshotThatWasTouchedIsNotUsed() throws {
    let site = try Site()
    defer { site.remove() }
    // More than one of the pieces that it is digested in.
    let rows = (0..<60_000).map { "patient-\($0),\($0 % 500),b\u{FC}ro,\($0 % 2)\n" }.joined()
    let snapshot = try site.freeze("id,crp,drug,y\n" + rows)
    #expect(snapshot.bytes > 1 << 20)
    let newest = try #require(try site.snapshots.newest(of: "gut"))
    #expect(newest.snapshot == snapshot)
    var bytes = try StateFolder.read(newest.records)
    for place in [0, bytes.count / 2, bytes.count - 2] {
      bytes[place] ^= 1
      try StateFolder.write(bytes, to: newest.records)
      #expect(site.complaint { _ = try site.snapshots.newest(of: "gut") }?.code == "snapshot-damaged")
      bytes[place] ^= 1
    }
    try StateFolder.write(bytes + [10], to: newest.records)
    #expect(site.complaint { _ = try site.snapshots.newest(of: "gut") }?.code == "snapshot-damaged")
    try StateFolder.write(bytes, to: newest.records)
    #expect(try site.snapshots.newest(of: "gut") != nil)
  }

  /// Earlier versions froze the site's file as it was, under a digest over salt and file.
  @Test func aSnapshotOfAnEarlierVersionIsStillRead() throws {
    let site = try Site()
    defer { site.remove() }
    let (salt, records) = ([UInt8](repeating: 7, count: 32), Array("id,crp\np1,1\n".utf8))
    let path = site.state.snapshots("gut") + "/1"
    try StateFolder.make(path)
    try StateFolder.write(records, to: path + "/records.csv")
    let description = """
      {"number":1,"digest":"\(Digest(of: salt + records).hexadecimal)","frozen":{"milliseconds":5},\
      "bytes":\(records.count),"salt":"\(salt.hexadecimal)"}
      """
    try StateFolder.write(Array(description.utf8), to: path + "/snapshot.json")
    let newest = try #require(try site.snapshots.newest(of: "gut"))
    #expect(newest.snapshot.reading == nil)
    try StateFolder.write(records + [10], to: path + "/records.csv")
    #expect(site.complaint { _ = try site.snapshots.newest(of: "gut") }?.code == "snapshot-damaged")
  }
}
