import Crypto

/// The roots `s_ij` of one site's masks with every other, side by side in wiped memory.
struct PairRoots: ~Copyable, Sendable {
  private var bytes: SecretBytes
  let sites: Int

  init(sites: Int) {
    bytes = SecretBytes(count: sites * KeySchedule.keyByteCount)
    self.sites = sites
  }

  mutating func set(_ root: borrowing SecretBytes, peer: Int) {
    let range = Self.range(of: peer)
    root.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes {
        UnsafeMutableRawBufferPointer(rebasing: $0[range]).copyMemory(from: source)
      }
    }
  }

  /// The library wipes the copy.
  func key(peer: Int) -> SymmetricKey {
    bytes.withUnsafeBytes { SymmetricKey(data: $0[Self.range(of: peer)]) }
  }

  /// Replaces the pair's root by that of step `step`; the old one is overwritten.
  mutating func advance(peer: Int, to step: Int) {
    set(KeySchedule.nextRoot(key(peer: peer), step: step), peer: peer)
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes(body)
  }

  private static func range(of peer: Int) -> Range<Int> {
    peer * KeySchedule.keyByteCount..<(peer + 1) * KeySchedule.keyByteCount
  }
}
