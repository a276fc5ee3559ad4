import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Every mask of an attempt")
struct EveryMaskTests {
  private struct Named {
    var setup = [UInt8](repeating: 7, count: 32)
    var basis = [UInt8](repeating: 9, count: 32)
    var step = 5
    var number = 1
    var sites = ["luxembourg", "strasbourg", "freiburg"]
    var name = "newton"
    var parameter = 0.5
    var segment = "gradient"
    var length = 3
    var bound = 1440.0
    var fractionBits = 40
    var width = RandomQueries.widths[7]
    var isWords = false
    var isVerified = false

    func digest() throws -> Digest {
      Attempt(
        setup: try #require(Digest(bytes: setup)), step: step, number: number,
        query: Query(
          name: name, parameters: [parameter],
          segments: [
            Segment(
              described: segment, length: length, bound: bound, fractionBits: fractionBits, width: width,
              isWords: isWords)
          ], isVerified: isVerified),
        sites: sites, basis: try #require(Digest(bytes: basis))
      ).digest
    }
  }

  private static func flipped(_ value: Int, _ bit: Int) -> Int { value ^ (1 << bit) }
  private static func flipped(_ value: Double, _ bit: Int) -> Double {
    Double(bitPattern: value.bitPattern ^ (1 << UInt64(bit)))
  }

  /// Every one-bit change of anything that `T` names; of text, of its lower seven bits a letter.
  private static func changes() -> [Named] {
    var changes: [Named] = []
    func change(_ body: (inout Named) -> Void) {
      var named = Named()
      body(&named)
      changes.append(named)
    }
    for bit in 0..<256 {
      change { $0.setup[bit / 8] ^= 1 << UInt8(bit % 8) }
      change { $0.basis[bit / 8] ^= 1 << UInt8(bit % 8) }
    }
    for bit in 0..<64 {
      change { $0.step = flipped($0.step, bit) }
      change { $0.number = flipped($0.number, bit) }
      change { $0.parameter = flipped($0.parameter, bit) }
      change { $0.length = flipped($0.length, bit) }
      change { $0.bound = flipped($0.bound, bit) }
      change { $0.fractionBits = flipped($0.fractionBits, bit) }
    }
    for width in RandomQueries.widths.dropLast() { change { $0.width = width } }
    change { $0.isWords = true }
    change { $0.isVerified = true }
    for text in texts(Named().name) { change { $0.name = text } }
    for text in texts(Named().segment) { change { $0.segment = text } }
    for (place, site) in Named().sites.enumerated() {
      for text in texts(site) { change { $0.sites[place] = text } }
    }
    return changes
  }

  private static func texts(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return (0..<7 * bytes.count).map { bit in
      var changed = bytes
      changed[bit / 7] ^= 1 << UInt8(bit % 7)
      return String(decoding: changed, as: UTF8.self)
    }
  }

  @Test("changes in every word when any bit of what T names changes")
  func everyBit() throws {
    var random = SeededRandom(seed: 73)
    let secret = random.bytes(32)
    func masks(_ named: Named) throws -> [[UInt64]] {
      let name = try named.digest()
      return [
        try StepValues.stream(KeySchedule.maskKey(root: SecretBytes(copying: secret), attempt: name), 16),
        try StepValues.stream(
          KeySchedule.ownMaskKey(secret: SecretBytes(copying: secret), attempt: name), 16),
        try StepValues.stream(
          KeySchedule.coefficientKey(secret: SecretBytes(copying: secret), attempt: name), 16),
        try StepValues.stream(
          KeySchedule.shareKey(root: SecretBytes(copying: secret), attempt: name, from: "a", to: "b"), 16),
        try StepValues.stream(KeySchedule.checkKey(attempt: name, width: 64, repetition: 0), 16),
      ]
    }
    let before = try masks(Named())
    // No two labels give one mask.
    for place in 0..<16 { #expect(Set(before.map { $0[place] }).count == before.count) }
    let changes = Self.changes()
    #expect(changes.count > 1000)
    for (number, change) in changes.enumerated() {
      for (mask, other) in zip(before, try masks(change)) {
        #expect(zip(mask, other).allSatisfy { $0 != $1 }, "change \(number): \(change)")
      }
    }
  }

  @Test("and share's key changes with dealer and receiver, and in either direction of a pair")
  func shareKeys() throws {
    let name = Digest(of: [1])
    func key(_ dealer: String, _ receiver: String) throws -> [UInt8] {
      exposed(
        try KeySchedule.shareKey(
          root: SecretBytes(copying: [UInt8](repeating: 3, count: 32)), attempt: name, from: dealer,
          to: receiver))
    }
    #expect(
      Set([try key("a", "b"), try key("b", "a"), try key("a", "c"), try key("ab", ""), try key("", "ab")])
        .count == 5)
  }
}
