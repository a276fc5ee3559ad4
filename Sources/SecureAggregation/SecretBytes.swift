import Crypto
import Queries

/// Secret bytes that cannot be copied or printed, and are wiped when they go.
package struct SecretBytes: ~Copyable, Sendable {
  // Owned by this value alone and never shared, so that it may cross isolation domains.
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

  /// `count` zero bytes.
  package init(count: Int) {
    storage = .allocate(byteCount: count, alignment: 64)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// A copy of `bytes`; the caller wipes its own.
  package init(copying bytes: [UInt8]) {
    self.init(count: bytes.count)
    storage.copyBytes(from: bytes)
  }

  /// A copy of the key's bytes; the library wipes its own.
  init(_ key: SymmetricKey) {
    self.init(count: key.bitCount / 8)
    key.withUnsafeBytes { storage.copyMemory(from: $0) }
  }

  deinit {
    wipe()
    storage.deallocate()
  }

  package var count: Int { storage.count }

  /// A copy of some of the bytes, which lie within these.
  func part(_ range: Range<Int>) -> SecretBytes {
    var copy = SecretBytes(count: range.count)
    copy.withUnsafeMutableBytes {
      $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[range]))
    }
    return copy
  }

  /// Copies other bytes, for which there is room, over those from `offset` on.
  mutating func replace(at offset: Int, with bytes: borrowing SecretBytes) {
    UnsafeMutableRawBufferPointer(rebasing: storage[offset..<offset + bytes.count])
      .copyMemory(from: UnsafeRawBufferPointer(bytes.storage))
  }

  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage))
  }

  package mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage)
  }

  /// Overwrites every byte with zero in a way that no compiler removes.
  package func wipe() { Queries.wipe(storage) }
}
