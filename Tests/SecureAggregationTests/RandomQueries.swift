import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// Queries of every ring, and contributions to them whose first element tells who is in a sum.
enum RandomQueries {
  static let widths = stride(from: 8, through: 64, by: 8).compactMap(RingWidth.init(bits:))

  /// The first segment holds one number of each site, a power of three; the others are words of any ring.
  static func query(_ random: inout SeededRandom) -> Query {
    var segments = [Segment.counts("who", length: 1, bound: 1 << 62)]
    for place in 0..<Int.random(in: 0...3, using: &random) {
      let width = widths[Int.random(in: 0..<widths.count, using: &random)]
      segments.append(.words("part \(place)", length: length(&random), width: width))
    }
    return Query(
      name: "random", parameters: [Double.random(in: -1...1, using: &random)], segments: segments,
      isVerified: false)
  }

  /// Mostly short; now and then longer than one block of the mask generator, or than one stretch of masks.
  private static func length(_ random: inout SeededRandom) -> Int {
    switch Int.random(in: 0..<1000, using: &random) {
    case 0: 8170 + Int.random(in: 0...40, using: &random)
    case 1...5: 1000 + Int.random(in: 0...60, using: &random)
    default: Int.random(in: 0...9, using: &random)
    }
  }

  static func contribution(of index: Int, to query: Query, _ random: inout SeededRandom) -> [UInt64] {
    [power(index)] + (1..<max(1, query.length)).map { _ in random.next() }
  }

  static func power(_ index: Int) -> UInt64 { (0..<index).reduce(1) { power, _ in power * 3 } }

  /// What the sum must be: in each element's own ring, by adding and nothing else.
  static func sum(_ contributions: [[UInt64]], of query: Query) -> [UInt64] {
    var total = StepValues.sum(contributions)
    query.cutToRings(&total)
    return total
  }
}

/// What a random case did that the protocol does not promise.
struct CaseFailure: Error {
  let what: String
  init(_ what: String) { self.what = what }
}

/// Runs random cases and names the seed of one that fails.
func runCases(_ seeds: Range<UInt64>, _ body: (UInt64) throws -> Void) {
  for seed in seeds {
    do { try body(seed) } catch { Issue.record("seed \(seed): \(error)") }
  }
}

/// Throws unless `body` throws a fault of this code.
func mustRefuse(_ code: ProtocolFault.Code, _ what: String, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let fault as ProtocolFault {
    guard fault.code == code else { throw CaseFailure("\(what): \(fault.code), not \(code)") }
    return
  }
  throw CaseFailure("\(what): not refused")
}
