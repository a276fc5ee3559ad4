import CKeyStream
import COpenSSL

/// The key stream of AES-256 in counter mode with a zero IV: of the processor's wide instructions where it has them, and
/// of libcrypto elsewhere. Both give the same bytes.
package struct KeyStream: ~Copyable {
  /// Libcrypto's cipher; nil where the instructions are wide.
  private let cipher: Cipher?
  /// The expanded key; empty where libcrypto's cipher holds it.
  private var schedule: SecretBytes
  /// The next word.
  private var word: Int

  /// Whether this processor has the instructions.
  package static let isWide = key_stream_is_wide()

  init(key: borrowing SecretBytes, isWide: Bool) throws(LibcryptoFailure) {
    guard key.count == KeySchedule.keyByteCount else { throw LibcryptoFailure() }
    // Nothing of this value is there while anything may throw.
    let made = isWide ? nil : try Cipher(key)
    cipher = made
    schedule = SecretBytes(count: isWide ? Int(KEY_STREAM_SCHEDULE_BYTES) : 0)
    word = 0
    if isWide { expand(key) }
  }

  /// Goes on with the stream of another key.
  ///
  /// - Parameter word: the place in that stream, an even number.
  mutating func start(_ key: borrowing SecretBytes, atWord word: Int) throws(LibcryptoFailure) {
    guard key.count == KeySchedule.keyByteCount else { throw LibcryptoFailure() }
    self.word = word
    if let cipher { return try cipher.start(key, atBlock: word / 2) }
    expand(key)
  }

  private mutating func expand(_ key: borrowing SecretBytes) {
    schedule.withUnsafeMutableBytes { schedule in
      key.withUnsafeBytes { key_stream_expand(Self.bytes($0), Self.bytes(schedule)) }
    }
  }

  /// Puts the next words in the place of what was at the beginning of `bytes`.
  mutating func fill(_ bytes: inout SecretBytes, words: Int) throws(LibcryptoFailure) {
    guard words * 8 <= bytes.count else { throw LibcryptoFailure() }
    if let cipher {
      return try bytes.withUnsafeMutableBytes { bytes throws(LibcryptoFailure) in
        try cipher.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[..<(words * 8)]))
      }
    }
    bytes.withUnsafeMutableBytes { bytes in
      schedule.withUnsafeBytes {
        key_stream_fill(
          Self.bytes($0), UInt64(word), bytes.assumingMemoryBound(to: UInt64.self).baseAddress, words)
      }
    }
    word += words
  }

  /// What is done with elements and the next words.
  enum Operation {
    case add
    case subtract
    /// The stream takes the place of the bits that are not these.
    case keep(UInt64)
  }

  /// - Returns: false, with nothing done, where it takes libcrypto's cipher.
  mutating func combine(_ elements: inout [UInt64], _ range: Range<Int>, _ operation: Operation) -> Bool {
    guard cipher == nil else { return false }
    schedule.withUnsafeBytes { schedule in
      elements.withUnsafeMutableBufferPointer {
        let part = UnsafeMutableBufferPointer(rebasing: $0[range])
        let (key, word) = (Self.bytes(schedule), UInt64(word))
        switch operation {
        case .add: key_stream_add(key, word, part.baseAddress, part.count)
        case .subtract: key_stream_subtract(key, word, part.baseAddress, part.count)
        case .keep(let bits): key_stream_blend(key, word, part.baseAddress, part.count, bits)
        }
      }
    }
    word += range.count
    return true
  }

  /// The inner product with the next words, modulo 2^64, for a key that is public; nil, with nothing done, where it
  /// takes libcrypto's cipher.
  mutating func innerProduct(with elements: ArraySlice<UInt64>) -> UInt64? {
    guard cipher == nil else { return nil }
    defer { word += elements.count }
    return schedule.withUnsafeBytes { schedule in
      elements.withUnsafeBufferPointer {
        key_stream_product(Self.bytes(schedule), UInt64(word), $0.baseAddress, $0.count)
      }
    }
  }

  private static func bytes(_ raw: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    raw.assumingMemoryBound(to: UInt8.self).baseAddress
  }

  private static func bytes(_ raw: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
    raw.assumingMemoryBound(to: UInt8.self).baseAddress
  }

  /// EVP's cipher.
  private final class Cipher {
    private let context: OpaquePointer
    private let zeros = [UInt8](repeating: 0, count: 8 * MaskGenerator.blockWords)

    init(_ key: borrowing SecretBytes) throws(LibcryptoFailure) {
      guard let context = EVP_CIPHER_CTX_new() else { throw LibcryptoFailure() }
      self.context = context
      guard EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, nil, nil) == 1 else {
        throw LibcryptoFailure()
      }
      try start(key, atBlock: 0)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func start(_ key: borrowing SecretBytes, atBlock block: Int) throws(LibcryptoFailure) {
      var counter = [UInt8](repeating: 0, count: 16)
      withUnsafeBytes(of: UInt64(block).bigEndian) { bytes in
        for (index, byte) in bytes.enumerated() { counter[8 + index] = byte }
      }
      let status = key.withUnsafeBytes { EVP_EncryptInit_ex(context, nil, nil, KeyStream.bytes($0), counter) }
      guard status == 1 else { throw LibcryptoFailure() }
    }

    /// Encrypts zeros: the key stream itself.
    func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(LibcryptoFailure) {
      var written: Int32 = 0
      guard bytes.count <= zeros.count,
        EVP_EncryptUpdate(context, KeyStream.bytes(bytes), &written, zeros, Int32(bytes.count)) == 1,
        written == bytes.count
      else { throw LibcryptoFailure() }
    }
  }
}
