import Federation
import Foundation
import Queries
import SecureAggregation

/// A journal record as one line of JSON.
package enum JournalLine {
  /// - Returns: nil for what JSON cannot hold.
  package static func bytes(_ record: JournalRecord) -> [UInt8]? {
    switch record.event {
    case .step(let entry): if let line = text(record, entry) { return Array(line.utf8) }
    case .verified(let subject, let step, let sum):
      if let line = text(record, subject, step, sum) { return Array(line.utf8) }
    default: break
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(record)).map { Array($0) }
  }

  /// What the encoder makes of a step, in a twentieth of its time: one is written before every vector that leaves.
  ///
  /// - Returns: nil when a name is not plain enough to stand in JSON as it is.
  private static func text(_ record: JournalRecord, _ entry: StepEntry) -> String? {
    let names =
      [entry.run, entry.query] + entry.sites + entry.segments.map(\.name)
      + (entry.withheld.map { [$0] } ?? [])
    guard names.allSatisfy({ $0.utf8.allSatisfy(isPlain) }) else { return nil }
    let segments = entry.segments.map { "{\"length\":\($0.length),\"name\":\"\($0.name)\"}" }
    let sites = entry.sites.map { "\"\($0)\"" }
    let withheld = entry.withheld.map { ",\"withheld\":\"\($0)\"" } ?? ""
    return """
      {"digest":"\(record.digest.hexadecimal)","event":{"step":{"_0":{"attempt":\(entry.attempt),\
      "contribution":"\(entry.contribution.hexadecimal)","epoch":\(entry.epoch),"query":"\(entry.query)",\
      "queryDigest":"\(entry.queryDigest.hexadecimal)","run":"\(entry.run)",\
      "segments":[\(segments.joined(separator: ","))],"sites":[\(sites.joined(separator: ","))],\
      "step":\(entry.step),"subject":\(text(entry.subject))\(withheld)}}},\
      "number":\(record.number),"previous":"\(record.previous.hexadecimal)"}
      """
  }

  /// The same of a verified sum, which may be of some ten thousand numbers.
  private static func text(
    _ record: JournalRecord, _ subject: PlanOnSnapshot, _ step: Int, _ sum: QuerySum
  ) -> String? {
    guard sum.values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    return """
      {"digest":"\(record.digest.hexadecimal)","event":{"verified":{"_0":\(text(subject)),\
      "_2":{"values":\(text(sum.values, number)),"words":\(text(sum.words) { "\($0)" })},"step":\(step)}},\
      "number":\(record.number),"previous":"\(record.previous.hexadecimal)"}
      """
  }

  private static func text(_ subject: PlanOnSnapshot) -> String {
    "{\"plan\":\"\(subject.plan.hexadecimal)\",\"snapshot\":\"\(subject.snapshot.hexadecimal)\"}"
  }

  private static func text<Number>(_ lists: [[Number]], _ text: (Number) -> String) -> String {
    "[\(lists.map { "[\($0.map(text).joined(separator: ","))]" }.joined(separator: ","))]"
  }

  /// A finite number; a whole one has no point.
  private static func number(_ value: Double) -> String {
    if value.magnitude < 1e15, value != 0 || value.sign == .plus, let whole = Int64(exactly: value) {
      return "\(whole)"
    }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: " "):
      true
    default: false
    }
  }
}
