import COpenSSL

/// The mask generator: AES-256 in counter mode with a zero IV (NIST SP 800-38A), read as
/// little-endian 64-bit words. One key makes one stream, once.
package struct MaskGenerator: ~Copyable {
  /// Words made at a time: with the zeros they are made from, 16 KiB stay in the first-level cache.
  static let blockWords = 1024

  private let context: OpaquePointer
  private let zeros: SecretBytes
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
    zeros = SecretBytes(count: Self.blockWords * 8)
    block = SecretBytes(count: Self.blockWords * 8)
  }

  /// Goes on with the stream of another key.
  ///
  /// - Parameter word: the place in that stream, an even number.
  mutating func start(_ key: borrowing SecretBytes, atWord word: Int) throws(LibcryptoFailure) {
    guard key.count == KeySchedule.keyByteCount else { throw LibcryptoFailure() }
    var counter = [UInt8](repeating: 0, count: 16)
    withUnsafeBytes(of: UInt64(word / 2).bigEndian) { bytes in
      for (index, byte) in bytes.enumerated() { counter[8 + index] = byte }
    }
    let status = key.withUnsafeBytes {
      EVP_EncryptInit_ex(
        context, nil, nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, counter)
    }
    guard status == 1 else { throw LibcryptoFailure() }
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  /// Combines the elements of a range, in order, with the next words of the stream.
  @inline(__always)
  private mutating func combine(
    _ elements: inout [UInt64], _ range: Range<Int>,
    _ eight: (SIMD8<UInt64>, SIMD8<UInt64>) -> SIMD8<UInt64>, _ one: (UInt64, UInt64) -> UInt64
  ) throws(LibcryptoFailure) {
    var start = range.lowerBound
    while start < range.upperBound {
      let count = min(Self.blockWords, range.upperBound - start)
      try refill(words: count)
      block.withUnsafeBytes { words in
        elements.withUnsafeMutableBufferPointer { elements in
          Self.combine(
            UnsafeMutableBufferPointer(rebasing: elements[start..<start + count]), words, eight, one)
        }
      }
      start += count
    }
  }

  /// - Parameters:
  ///   - words: of 64 bits, least significant byte first, as many as there are elements or more.
  ///   - eight: the same as `one` for eight at once, which halves the time beside the cipher's.
  @inline(__always)
  private static func combine(
    _ elements: UnsafeMutableBufferPointer<UInt64>, _ words: UnsafeRawBufferPointer,
    _ eight: (SIMD8<UInt64>, SIMD8<UInt64>) -> SIMD8<UInt64>, _ one: (UInt64, UInt64) -> UInt64
  ) {
    let size = MemoryLayout<UInt64>.size
    var index = 0
    #if _endian(little)
      let raw = UnsafeMutableRawBufferPointer(elements)
      while index + 8 <= elements.count {
        let sum = eight(
          raw.loadUnaligned(fromByteOffset: index * size, as: SIMD8<UInt64>.self),
          words.loadUnaligned(fromByteOffset: index * size, as: SIMD8<UInt64>.self))
        raw.storeBytes(of: sum, toByteOffset: index * size, as: SIMD8<UInt64>.self)
        index += 8
      }
    #endif
    while index < elements.count {
      let word = UInt64(littleEndian: words.loadUnaligned(fromByteOffset: index * size, as: UInt64.self))
      elements[index] = one(elements[index], word)
      index += 1
    }
  }

  mutating func add(to elements: inout [UInt64], _ range: Range<Int>) throws(LibcryptoFailure) {
    try combine(&elements, range, { $0 &+ $1 }, { $0 &+ $1 })
  }

  mutating func subtract(from elements: inout [UInt64], _ range: Range<Int>) throws(LibcryptoFailure) {
    try combine(&elements, range, { $0 &- $1 }, { $0 &- $1 })
  }

  package mutating func add(to elements: inout [UInt64]) throws(LibcryptoFailure) {
    try add(to: &elements, elements.indices)
  }

  package mutating func subtract(from elements: inout [UInt64]) throws(LibcryptoFailure) {
    try subtract(from: &elements, elements.indices)
  }

  /// Puts the stream in the place of the bits of each element that are not in `keeping`.
  mutating func replace(_ elements: inout [UInt64], keeping: UInt64) throws(LibcryptoFailure) {
    let kept = SIMD8(repeating: keeping)
    try combine(
      &elements, elements.indices, { ($0 & kept) | ($1 & ~kept) }, { ($0 & keeping) | ($1 & ~keeping) })
  }

  /// The stream's next bytes, in place of what was in `bytes`.
  mutating func fill(_ bytes: inout SecretBytes) throws(LibcryptoFailure) {
    let count = Int32(bytes.count)
    var written: Int32 = 0
    bytes.wipe()
    let status = bytes.withUnsafeMutableBytes { raw in
      let bytes = raw.assumingMemoryBound(to: UInt8.self).baseAddress
      return EVP_EncryptUpdate(context, bytes, &written, bytes, count)
    }
    guard status == 1, written == count else { throw LibcryptoFailure() }
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

  /// Encrypts zeros: the key stream itself.
  private mutating func refill(words: Int) throws(LibcryptoFailure) {
    var written: Int32 = 0
    let status = zeros.withUnsafeBytes { zeros in
      block.withUnsafeMutableBytes { block in
        EVP_EncryptUpdate(
          context, block.assumingMemoryBound(to: UInt8.self).baseAddress, &written,
          zeros.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(words * 8))
      }
    }
    guard status == 1, written == words * 8 else { throw LibcryptoFailure() }
  }
}
