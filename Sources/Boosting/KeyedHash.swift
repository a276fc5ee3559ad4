/// Which rows and columns a tree may use: by hashes of the plan's seed and the patient or column, so that it
/// does not depend on the site where a patient's rows are.
enum KeyedHash {
  /// 0 to 2^32 - 1, evenly spread.
  @inline(__always)
  static func draw(_ seed: UInt64, _ stream: UInt64, _ key: UInt64) -> UInt64 {
    finalised(finalised(finalised(seed) ^ stream) ^ key) >> 32
  }

  /// The greatest draw, and one more, that a share of the keys is below.
  static func threshold(_ share: Double) -> UInt64 { UInt64((min(max(share, 0), 1) * 0x1p32).rounded()) }

  /// The finaliser of SplitMix64.
  @inline(__always)
  private static func finalised(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9e37_79b9_7f4a_7c15
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
