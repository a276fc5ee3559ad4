import KonsilTesting
import SecureAggregation
import Testing

@Suite("What is sealed")
struct SealingTests {
  private func seal(_ plain: [UInt8], _ key: [UInt8]) throws -> [UInt8] {
    try Sealing.seal(SecretBytes(copying: plain), key: SecretBytes(copying: key))
  }

  private func open(_ sealed: [UInt8], _ key: [UInt8]) throws -> [UInt8]? {
    guard let plain = try Sealing.open(sealed, key: SecretBytes(copying: key)) else { return nil }
    return exposed(plain)
  }

  @Test("opens with its key", arguments: [0, 1, 15, 16, 17, 32, 1000])
  func opens(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let (plain, key) = (random.bytes(count), random.bytes(32))
    let sealed = try seal(plain, key)
    #expect(sealed.count == count + Sealing.tagByteCount)
    #expect(try open(sealed, key) == plain)
  }

  @Test("does not open when any bit of it or of the key is changed")
  func tampered() throws {
    var random = SeededRandom(seed: 1)
    let (plain, key) = (random.bytes(32), random.bytes(32))
    let sealed = try seal(plain, key)
    for bit in 0..<8 * sealed.count {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try open(changed, key) == nil, "bit \(bit)")
    }
    for bit in 0..<256 {
      var changed = key
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try open(sealed, changed) == nil, "bit \(bit) of the key")
    }
  }

  @Test("does not open when it is shorter or longer")
  func length() throws {
    var random = SeededRandom(seed: 2)
    let (plain, key) = (random.bytes(32), random.bytes(32))
    let sealed = try seal(plain, key)
    for count in 0..<sealed.count { #expect(try open(Array(sealed.prefix(count)), key) == nil, "\(count)") }
    #expect(try open(sealed + [0], key) == nil)
    #expect(try open([0] + sealed, key) == nil)
  }

  @Test("needs a key of 256 bits", arguments: [0, 16, 31, 33])
  func keyLength(count: Int) {
    let key = [UInt8](repeating: 0, count: count)
    #expect(throws: LibcryptoFailure.self) { _ = try seal([1], key) }
    #expect(throws: LibcryptoFailure.self) { _ = try open([UInt8](repeating: 0, count: 48), key) }
  }
}
