/// The roots `s_ij` of one site's masks with every other, side by side in wiped memory.
struct PairRoots: ~Copyable, Sendable {
  private var bytes: SecretBytes
  let sites: Int

  init(sites: Int) {
    bytes = SecretBytes(count: sites * KeySchedule.keyByteCount)
    self.sites = sites
  }

  mutating func set(_ root: borrowing SecretBytes, peer: Int) {
    root.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes {
        UnsafeMutableRawBufferPointer(rebasing: $0[Self.range(of: peer)]).copyMemory(from: source)
      }
    }
  }

  /// A copy of the pair's root, wiped when it goes.
  func root(peer: Int) -> SecretBytes {
    var copy = SecretBytes(count: KeySchedule.keyByteCount)
    bytes.withUnsafeBytes { source in
      copy.withUnsafeMutableBytes {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[Self.range(of: peer)]))
      }
    }
    return copy
  }

  /// Replaces the pair's root by that of step `step`; the old one is overwritten.
  mutating func advance(peer: Int, to step: Int) throws(LibcryptoFailure) {
    let next = try KeySchedule.nextRoot(root(peer: peer), step: step)
    set(next, peer: peer)
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes(body)
  }

  private static func range(of peer: Int) -> Range<Int> {
    peer * KeySchedule.keyByteCount..<(peer + 1) * KeySchedule.keyByteCount
  }
}
