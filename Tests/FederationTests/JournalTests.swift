import Federation
import Foundation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site's journal")
struct JournalTests {
  private static let entry = RosterEntry(
    study: "small", sites: ["a 11", "b 22", "c 33"], filter: Digest(of: [1]), snapshot: Digest(of: [2]))
  private static let plan = Digest(of: [3])

  /// One line of every kind, and more.
  private static func records() throws -> [JournalRecord] {
    let bench = try Bench(SmallStudy.drawn(sites: 3)) { index, own in
      index == 0 ? AlteredComputation(own: own) { $0.name == "newton" ? nil : $1 } : own
    }
    try bench.setUp()
    try bench.advance(to: "newton")
    try bench.step()
    var journal = Journal()
    var records = [
      journal.append(.decision(entry, plan: plan, approved: true, words: "agreed with the board")),
      journal.append(.roster(entry, plan: plan)),
    ]
    for record in bench.sites[0].records { records.append(journal.append(record.event)) }
    #expect(records.count == 14)
    return records
  }

  private func expectDamage(
    at line: Int, _ records: [JournalRecord], _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let fault = #expect(throws: JournalFault.self, comment, sourceLocation: sourceLocation) {
      _ = try Journal(replaying: records)
    }
    #expect(fault?.line == line, comment, sourceLocation: sourceLocation)
    #expect(
      fault?.detail == "the line does not continue the chain of digests", comment,
      sourceLocation: sourceLocation)
  }

  @Test("replayed from its lines knows what it knew, and goes on as it would have")
  func replay() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 3))
    try bench.setUp()
    try bench.advance(to: "newton")
    try bench.step()
    let site = bench.sites[0]
    let subject = PlanOnSnapshot(plan: bench.plan, snapshot: Digest(of: Array("records 0".utf8)))
    var replayed = try Journal(replaying: site.records)
    #expect(replayed.mark == site.journal.mark && replayed.mark.count == 12)
    #expect(replayed.peerMarks == site.journal.peerMarks && replayed.peerMarks.count == 2)
    #expect(replayed.highestEpoch(subject) == 1)
    #expect(replayed.highestStep(subject) == 5)
    #expect(replayed.verifiedThrough(subject) == 4)
    #expect(replayed.verifiedSums(before: 3, subject).map(\.step) == [1, 2])
    for step in 1...5 {
      #expect(replayed.step(step, subject) == site.journal.step(step, subject))
      #expect(replayed.verifiedSum(step, subject) == site.journal.verifiedSum(step, subject))
    }
    let other = PlanOnSnapshot(plan: bench.plan, snapshot: Digest(of: []))
    #expect(replayed.highestEpoch(other) == 0 && replayed.step(1, other) == nil)
    var original = site.journal
    #expect(
      replayed.append(.roster(Self.entry, plan: Self.plan))
        == original.append(.roster(Self.entry, plan: Self.plan)))
  }

  @Test("is the same after its lines have been JSON")
  func json() throws {
    let records = try Self.records()
    let read = try JSONDecoder().decode([JournalRecord].self, from: JSONEncoder().encode(records))
    #expect(read == records)
    #expect(try Journal(replaying: read).mark == Journal(replaying: records).mark)
  }

  @Test("from which a line was removed is refused with the number of the next")
  func removed() throws {
    let records = try Self.records()
    for index in records.indices.dropLast() {
      var shorter = records
      shorter.remove(at: index)
      expectDamage(at: index + 1, shorter, "line \(index + 1) removed")
    }
    // The end of a chain is not in the chain: other sites remember how long it was.
    #expect(try Journal(replaying: records.dropLast()).mark.count == records.count - 1)
  }

  @Test("with lines in another order, or one twice, is refused with the first such line")
  func order() throws {
    let records = try Self.records()
    for index in records.indices.dropLast() {
      var swapped = records
      swapped.swapAt(index, index + 1)
      expectDamage(at: index + 1, swapped, "lines \(index + 1) and \(index + 2) swapped")
      var twice = records
      twice.insert(records[index], at: index)
      expectDamage(at: index + 2, twice, "line \(index + 1) twice")
    }
  }

  @Test("in which any value of any line was altered is refused with that line's number")
  func altered() throws {
    let records = try Self.records()
    let decoder = JSONDecoder()
    var alterations = 0
    for (index, record) in records.enumerated() {
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(record))
      for altered in Self.alterations(of: json) {
        let data = try JSONSerialization.data(withJSONObject: altered)
        // What does not decode any more is not a journal's line at all.
        guard let line = try? decoder.decode(JournalRecord.self, from: data), line != record else { continue }
        alterations += 1
        var changed = records
        changed[index] = line
        expectDamage(at: index + 1, changed, "line \(index + 1): \(altered)")
      }
    }
    #expect(alterations > 150)
  }

  /// The same JSON with one of its values altered, for every value.
  private static func alterations(of json: Any) -> [Any] {
    switch json {
    case let object as [String: Any]:
      object.keys.sorted().flatMap { key in
        alterations(of: object[key] as Any).map { altered in
          var copy = object
          copy[key] = altered
          return copy
        }
      }
    case let list as [Any]:
      list.indices.flatMap { index in
        alterations(of: list[index]).map { altered in
          var copy = list
          copy[index] = altered
          return copy
        }
      } + [list + list.prefix(1), Array(list.dropLast())]
    case let text as String:
      // Another digit keeps a digest a digest.
      [(text.hasPrefix("0") ? "1" : "0") + text.dropFirst()]
    case let number as NSNumber:
      // A truth is not a number to a decoder.
      [NSNumber(value: number.intValue + 1), NSNumber(value: !number.boolValue)]
    default: []
    }
  }

  @Test("forgets no decision, and keeps the last for each roster, filter and snapshot")
  func decisions() throws {
    var journal = Journal()
    let other = RosterEntry(
      study: "small", sites: Self.entry.sites, filter: Self.entry.filter, snapshot: Digest(of: [4]))
    #expect(journal.decision(on: Self.plan, Self.entry) == nil)
    _ = journal.append(.decision(Self.entry, plan: Self.plan, approved: true, words: "yes"))
    let first = try #require(journal.decision(on: Self.plan, Self.entry))
    #expect(first.isApproved && first.words == "yes")
    #expect(journal.decision(on: Self.plan, other) == nil)
    #expect(journal.decision(on: Digest(of: [5]), Self.entry) == nil)
    _ = journal.append(.decision(Self.entry, plan: Self.plan, approved: false, words: ""))
    let second = try #require(journal.decision(on: Self.plan, Self.entry))
    #expect(!second.isApproved && second.words == "")
    #expect(journal.rosters(of: "small") == [])
    _ = journal.append(.roster(Self.entry, plan: Self.plan))
    _ = journal.append(.roster(other, plan: Self.plan))
    #expect(journal.rosters(of: "small") == [Self.entry, other] && journal.rosters(of: "large") == [])
  }

  @Test("keeps the furthest mark of each other site")
  func peers() {
    var journal = Journal()
    let far = JournalMark(count: 9, head: Digest(of: [9]))
    _ = journal.append(.peer("11", far))
    _ = journal.append(.peer("11", JournalMark(count: 8, head: Digest(of: [8]))))
    _ = journal.append(.peer("22", JournalMark(count: 1, head: Digest(of: [1]))))
    #expect(journal.peerMarks == ["11": far, "22": JournalMark(count: 1, head: Digest(of: [1]))])
  }

  @Test("holds names, lengths and digests of what left, and no number of it")
  func namesOnly() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 3))
    try bench.setUp()
    try bench.advance(to: "newton")
    let request = try bench.request()
    try bench.step()
    let entry = try #require(bench.sites[0].steps.last)
    #expect(entry.query == "newton" && entry.step == 5 && entry.epoch == 1 && entry.run == Bench.run)
    #expect(entry.queryDigest == Attempt.digest(of: request.query))
    #expect(
      entry.segments.map { "\($0.name) \($0.length)" } == ["log-likelihood 1", "gradient 3", "hessian 6"])
    #expect(entry.sites == bench.names && entry.withheld == nil)
    // The digest of the same answer under another site's key is another.
    let twin = try Bench(SmallStudy.drawn(sites: 3)) { _, _ in ConstantComputation(value: 1) }
    try twin.setUp()
    try twin.step()
    #expect(Set(twin.sites.map { $0.steps[0].contribution }).count == 3)
  }
}
