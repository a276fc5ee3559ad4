import KonsilTesting
import Queries
import SecureAggregation

/// A query of whole numbers, and random answers to it.
enum StepValues {
  static let bound = 1 << 40

  static func query(_ length: Int, name: String = "test") -> Query {
    Query(
      name: name, parameters: [], segments: [.counts("values", length: length, bound: bound)],
      isVerified: true)
  }

  static func random(_ length: Int, _ random: inout SeededRandom) -> [[Double]] {
    [(0..<length).map { _ in Double(Int.random(in: -bound...bound, using: &random)) }]
  }

  /// The ring elements of whole numbers.
  static func elements(_ values: [[Double]]) -> [UInt64] {
    values.joined().map { UInt64(bitPattern: Int64($0)) }
  }

  /// Sums in the ring, element by element.
  static func sum(_ vectors: [[UInt64]]) -> [UInt64] {
    guard let first = vectors.first else { return [] }
    return vectors.dropFirst().reduce(first) { total, vector in zip(total, vector).map { $0 &+ $1 } }
  }

  /// The mask that a pair's root gives to an attempt, from the protocol's own derivation.
  static func mask(_ root: [UInt8], _ attempt: Attempt) throws -> [UInt64] {
    try stream(
      KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: attempt.digest), attempt.layout.count)
  }

  static func stream(_ key: consuming SecretBytes, _ count: Int) throws -> [UInt64] {
    var words = [UInt64](repeating: 0, count: count)
    var generator = try MaskGenerator(key: key)
    try generator.add(to: &words)
    return words
  }
}

extension Summation {
  /// The outcome of these contributions, in this order.
  static func outcome(
    of contributions: [SignedContribution], _ attempt: Attempt, _ roster: Roster
  ) throws -> Outcome {
    var summation = Summation(attempt, roster: roster)
    for contribution in contributions { try summation.add(contribution) }
    return try summation.outcome()
  }
}
