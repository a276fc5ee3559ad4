import COpenSSL

/// The mask generator: AES-256 in counter mode with a zero IV (NIST SP 800-38A), read as
/// little-endian 64-bit words. One key makes one stream, once.
package struct MaskGenerator: ~Copyable {
  /// Words made at a time: 16 KiB stay in the first-level cache.
  static let blockWords = 2048

  private let context: OpaquePointer
  private var block: SecretBytes

  /// - Throws: `LibcryptoFailure` when OpenSSL refuses the cipher; nothing from outside leads there.
  package init(key: borrowing SecretBytes) throws(LibcryptoFailure) {
    guard key.count == KeySchedule.keyByteCount, let context = EVP_CIPHER_CTX_new() else {
      throw LibcryptoFailure()
    }
    let iv = [UInt8](repeating: 0, count: 16)
    let status = key.withUnsafeBytes {
      EVP_EncryptInit_ex(
        context, EVP_aes_256_ctr(), nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, iv)
    }
    guard status == 1 else {
      EVP_CIPHER_CTX_free(context)
      throw LibcryptoFailure()
    }
    self.context = context
    block = SecretBytes(count: Self.blockWords * 8)
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  /// Combines the next words of the stream with `elements`, in order: `element = body(element, word)`.
  @inline(__always)
  mutating func combine(
    with elements: inout [UInt64], _ body: (UInt64, UInt64) -> UInt64
  ) throws(LibcryptoFailure) {
    var start = 0
    while start < elements.count {
      let count = min(Self.blockWords, elements.count - start)
      try refill(words: count)
      block.withUnsafeBytes { raw in
        let words = raw.assumingMemoryBound(to: UInt64.self)
        elements.withUnsafeMutableBufferPointer { elements in
          for index in 0..<count {
            elements[start + index] = body(
              elements[start + index], UInt64(littleEndian: words[index]))
          }
        }
      }
      start += count
    }
  }

  package mutating func add(to elements: inout [UInt64]) throws(LibcryptoFailure) {
    try combine(with: &elements) { $0 &+ $1 }
  }

  package mutating func subtract(from elements: inout [UInt64]) throws(LibcryptoFailure) {
    try combine(with: &elements) { $0 &- $1 }
  }

  /// The inner product of the stream with `elements` in the ring of 64 bits.
  mutating func innerProduct(
    with elements: ArraySlice<UInt64>
  ) throws(LibcryptoFailure) -> UInt64 {
    var sum: UInt64 = 0
    var rest = elements
    while !rest.isEmpty {
      let count = min(Self.blockWords, rest.count)
      try refill(words: count)
      block.withUnsafeBytes { raw in
        let words = raw.assumingMemoryBound(to: UInt64.self)
        for (index, element) in rest.prefix(count).enumerated() {
          sum &+= UInt64(littleEndian: words[index]) &* element
        }
      }
      rest = rest.dropFirst(count)
    }
    return sum
  }

  /// Encrypts zeros in place: the key stream itself.
  private mutating func refill(words: Int) throws(LibcryptoFailure) {
    block.wipe()
    var written: Int32 = 0
    let status = block.withUnsafeMutableBytes { raw in
      let bytes = raw.assumingMemoryBound(to: UInt8.self).baseAddress
      return EVP_EncryptUpdate(context, bytes, &written, bytes, Int32(words * 8))
    }
    guard status == 1, written == words * 8 else { throw LibcryptoFailure() }
  }
}
