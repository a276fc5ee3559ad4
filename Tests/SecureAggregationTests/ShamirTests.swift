import KonsilTesting
import SecureAggregation
import Testing

@Suite("Shares of a secret")
struct ShamirTests {
  /// GF(2^8) by powers of x + 1, which generates it: another way than the one that is tested.
  private enum Field {
    static let powers: [UInt8] = (0..<254).reduce(into: [1]) { powers, _ in
      let last = powers[powers.count - 1]
      let doubled = last & 0x80 == 0 ? last << 1 : last << 1 ^ 0x1b
      powers.append(doubled ^ last)
    }
    static let logarithms: [UInt8: Int] = Dictionary(
      uniqueKeysWithValues: powers.enumerated().map { ($1, $0) })

    static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
      guard let left = logarithms[left], let right = logarithms[right] else { return 0 }
      return powers[(left + right) % 255]
    }
  }

  private func share(_ secret: [UInt8], _ coefficients: [UInt8], _ place: UInt8) -> [UInt8] {
    exposed(
      Shamir.share(
        of: SecretBytes(copying: secret), coefficients: SecretBytes(copying: coefficients), place: place))
  }

  private func secret(_ shares: [(place: UInt8, bytes: [UInt8])]) -> [UInt8]? {
    guard let weights = Shamir.weights(of: shares.map(\.place)) else { return nil }
    return secret(shares.map(\.bytes), weights)
  }

  private func secret(_ shares: [[UInt8]], _ weights: [UInt8]) -> [UInt8]? {
    guard let secret = Shamir.secret(from: shares, weights: weights) else { return nil }
    return exposed(secret)
  }

  /// All bytes, 32 at a time.
  private static let bytes = stride(from: 0, to: 256, by: 32).map { start in
    (start..<start + 32).map { UInt8($0) }
  }
  private static let zero = [UInt8](repeating: 0, count: 32)

  @Test("are made with the products of the field, every one of them")
  func products() {
    #expect(Field.logarithms.count == 255)
    for place in UInt8(1)...255 {
      for coefficient in Self.bytes {
        #expect(
          share(Self.zero, coefficient, place) == coefficient.map { Field.product($0, place) }, "\(place)")
      }
    }
  }

  @Test("two of them give the secret back, at every two of the 255 places")
  func quotients() {
    var random = SeededRandom(seed: 1)
    let known = random.bytes(32)
    let coefficient = random.bytes(32)
    let shares = (UInt8(1)...255).map { (place: $0, bytes: share(known, coefficient, $0)) }
    for first in shares.indices {
      for second in shares.indices where second != first {
        guard secret([shares[first], shares[second]]) == known else {
          Issue.record("places \(first + 1) and \(second + 1)")
          return
        }
      }
    }
  }

  @Test("any t of n give the secret back, one less does not", arguments: [UInt64(1), 2, 3, 4])
  func threshold(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let count = Int.random(in: 1...100, using: &random)
      let threshold = Int.random(in: 1...count, using: &random)
      let known = random.bytes(32)
      let coefficients = random.bytes(32 * (threshold - 1))
      let shares = (1...count).map { (place: UInt8($0), bytes: share(known, coefficients, UInt8($0))) }
        .shuffled(using: &random)
      #expect(secret(Array(shares.prefix(threshold))) == known, "seed \(seed): \(threshold) of \(count)")
      #expect(secret(Array(shares.suffix(threshold))) == known, "seed \(seed): \(threshold) of \(count)")
      #expect(secret(Array(shares.prefix(threshold - 1))) != known, "seed \(seed): \(threshold) of \(count)")
    }
  }

  @Test(
    "one of two says nothing: whatever the secret, every share is as likely",
    arguments: [UInt8(1), 2, 77, 255])
  func oneOfTwo(place: UInt8) {
    for secret in UInt8.min...(.max) {
      let known = [UInt8](repeating: secret, count: 32)
      let shares = Self.bytes.flatMap { share(known, $0, place) }
      #expect(Set(shares).count == 256, "secret \(secret)")
    }
  }

  @Test(
    "two of three say nothing: every pair of shares comes from one pair of coefficients",
    arguments: [UInt8(0), 5, 255])
  func twoOfThree(secret: UInt8) {
    let known = [UInt8](repeating: secret, count: 32)
    var pairs = Set<UInt16>()
    for first in UInt8.min...(.max) {
      for second in Self.bytes {
        let coefficients = [UInt8](repeating: first, count: 32) + second
        for (left, right) in zip(share(known, coefficients, 1), share(known, coefficients, 2)) {
          pairs.insert(UInt16(left) << 8 | UInt16(right))
        }
      }
    }
    #expect(pairs.count == 1 << 16)
  }

  @Test("are refused when they are none, repeated, at no place or of another length")
  func refused() {
    let bytes = [UInt8](repeating: 1, count: 32)
    #expect(secret([]) == nil)
    #expect(secret([(1, bytes), (1, bytes)]) == nil)
    #expect(secret([(0, bytes), (1, bytes)]) == nil)
    for length in [0, 1, 31, 33] {
      #expect(secret([(1, bytes), (2, [UInt8](repeating: 1, count: length))]) == nil, "\(length)")
    }
    #expect(secret([bytes], []) == nil)
    #expect(secret([], [1]) == nil)
    #expect(secret([(1, bytes)]) == bytes)
  }
}
