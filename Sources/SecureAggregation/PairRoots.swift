/// The roots `s_ij` and `k_ij` of one site with every other, side by side in wiped memory.
struct PairRoots: ~Copyable, Sendable {
  private var masks: SecretBytes
  private var seals: SecretBytes
  let sites: Int

  init(sites: Int) {
    masks = SecretBytes(count: sites * KeySchedule.keyByteCount)
    seals = SecretBytes(count: sites * KeySchedule.keyByteCount)
    self.sites = sites
  }

  mutating func set(_ root: borrowing SecretBytes, peer: Int, use: KeySchedule.PairUse = .masks) {
    root.withUnsafeBytes { source in
      switch use {
      case .masks: masks.withUnsafeMutableBytes { Self.part($0, peer).copyMemory(from: source) }
      case .seals: seals.withUnsafeMutableBytes { Self.part($0, peer).copyMemory(from: source) }
      }
    }
  }

  /// A copy of the pair's root, wiped when it goes.
  func root(peer: Int, use: KeySchedule.PairUse = .masks) -> SecretBytes {
    switch use {
    case .masks: masks.part(Self.range(of: peer))
    case .seals: seals.part(Self.range(of: peer))
    }
  }

  /// Replaces all roots of some uses but the site's own place by those of step `step`; the old ones are overwritten.
  mutating func advance(
    _ uses: [KeySchedule.PairUse], but own: Int, to step: Int
  ) throws(LibcryptoFailure) {
    for peer in 0..<sites where peer != own {
      for use in uses {
        let next = try KeySchedule.nextRoot(root(peer: peer, use: use), step: step)
        set(next, peer: peer, use: use)
      }
    }
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    masks.withUnsafeBytes(body)
  }

  private static func part(
    _ bytes: UnsafeMutableRawBufferPointer, _ peer: Int
  ) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[range(of: peer)])
  }

  private static func range(of peer: Int) -> Range<Int> {
    peer * KeySchedule.keyByteCount..<(peer + 1) * KeySchedule.keyByteCount
  }
}
