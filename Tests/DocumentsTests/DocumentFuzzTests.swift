import Documents
import Federation
import Testing

@Suite("Damaged documents give an error or a document, never a trap")
struct DocumentFuzzTests {
  private static let plan = """
    konsil: plan/1
    name: small
    study: {name: gut, digest: \(String(repeating: "0f", count: 32))}
    sites: [basel, nancy, trier, metz]
    membership: tolerant
    threshold: 4
    filter: {age: {at_least: 18, at_most: 80.5}}
    algorithm: logistic
    outcome: failure
    predictors: [age, drug]
    penalty: {ridge: {lambda: 1.5}}
    most_steps: 40

    """

  private static let site = """
    konsil: site-config/1
    site: basel
    coordinator: {host: localhost, port: 8443, authority: root.pem}
    identity: id
    state: /var/state
    records: {gut: gut.csv}
    policy:
      studies: [gut]
      least_sites: 4
      tolerant: \(Policy.tolerantSentence)
      after_loss: end

    """

  /// One change of bytes or two.
  private static func damaged(
    _ bytes: [UInt8], _ random: inout some RandomNumberGenerator
  ) -> [UInt8] {
    var bytes = bytes
    let marks = Array(":{}[]-#&*!|>'\"%@` \n\t,0e.".utf8)
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: bytes[place] = marks[Int.random(in: 0..<marks.count, using: &random)]
      case 1: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &random)], at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
      case 3:
        bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1...30, using: &random)), at: place)
      default: bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      if bytes.isEmpty { return [] }
    }
    return bytes
  }

  @Test("plans and policies", arguments: UInt64(1)...8)
  func documents(seed: UInt64) {
    var random = SplitMix(state: seed)
    var (read, refused) = (0, 0)
    for round in 0..<2_500 {
      let bytes = Self.damaged(Array((round.isMultiple(of: 2) ? Self.plan : Self.site).utf8), &random)
      do {
        if round.isMultiple(of: 2) {
          _ = try PlanDocument.decode(bytes, file: "p.yaml")
        } else {
          _ = try SiteConfigurationDocument.decode(bytes, file: "site.yaml")
        }
        read += 1
      } catch {
        refused += 1
        #expect(!error.description.contains("\n"), "seed \(seed), round \(round)")
      }
    }
    #expect(read > 50 && refused > 500, "seed \(seed): \(read), \(refused)")
  }

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
      return word ^ (word >> 31)
    }
  }
}
