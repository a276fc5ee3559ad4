/// The mask generator: AES-256 in counter mode with a zero IV (NIST SP 800-38A), read as
/// little-endian 64-bit words. One key makes one stream, once.
package struct MaskGenerator: ~Copyable {
  /// Words made at a time: 8 KiB stay in the first-level cache.
  static let blockWords = 1024

  private var stream: KeyStream
  private var block: SecretBytes

  /// - Parameter isWide: false for libcrypto's cipher whatever the processor can.
  /// - Throws: `LibcryptoFailure` when OpenSSL refuses the cipher; nothing from outside leads there.
  package init(key: borrowing SecretBytes, isWide: Bool = KeyStream.isWide) throws(LibcryptoFailure) {
    stream = try KeyStream(key: key, isWide: isWide)
    block = SecretBytes(count: Self.blockWords * 8)
  }

  /// Goes on with the stream of another key.
  ///
  /// - Parameter word: the place in that stream, an even number.
  mutating func start(_ key: borrowing SecretBytes, atWord word: Int) throws(LibcryptoFailure) {
    try stream.start(key, atWord: word)
  }

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
    if stream.combine(&elements, range, .add) { return }
    try combine(&elements, range, { $0 &+ $1 }, { $0 &+ $1 })
  }

  mutating func subtract(from elements: inout [UInt64], _ range: Range<Int>) throws(LibcryptoFailure) {
    if stream.combine(&elements, range, .subtract) { return }
    try combine(&elements, range, { $0 &- $1 }, { $0 &- $1 })
  }

  package mutating func add(to elements: inout [UInt64]) throws(LibcryptoFailure) {
    try add(to: &elements, elements.indices)
  }

  package mutating func subtract(from elements: inout [UInt64]) throws(LibcryptoFailure) {
    try subtract(from: &elements, elements.indices)
  }

  /// Puts the stream in the place of the bits of each element that are not in `keeping`.
  package mutating func replace(_ elements: inout [UInt64], keeping: UInt64) throws(LibcryptoFailure) {
    if stream.combine(&elements, elements.indices, .keep(keeping)) { return }
    let kept = SIMD8(repeating: keeping)
    try combine(
      &elements, elements.indices, { ($0 & kept) | ($1 & ~kept) }, { ($0 & keeping) | ($1 & ~keeping) })
  }

  /// The stream's next bytes, whole words of them, in place of what was in `bytes`.
  mutating func fill(_ bytes: inout SecretBytes) throws(LibcryptoFailure) {
    let words = bytes.count / 8
    try stream.fill(&bytes, words: words)
  }

  /// The inner product of the stream with `elements` in the ring of 64 bits; the key is a public one.
  package mutating func innerProduct(
    with elements: ArraySlice<UInt64>
  ) throws(LibcryptoFailure) -> UInt64 {
    if let product = stream.innerProduct(with: elements) { return product }
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

  private mutating func refill(words: Int) throws(LibcryptoFailure) {
    try stream.fill(&block, words: words)
  }
}
