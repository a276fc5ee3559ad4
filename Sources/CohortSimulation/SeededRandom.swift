import Foundation

/// Random numbers that a seed and a purpose determine: xoshiro256** 1.0 (Blackman and Vigna, 2018,
/// prng.di.unimi.it), its state filled by SplitMix64. For simulated records, never for secrets.
package struct SeededRandom: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter state: not all zero.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

  /// Different purposes of one seed give unrelated streams.
  package init(seed: UInt64, purpose: String) {
    // FNV-1a over the purpose, so that streams do not depend on Swift's randomly seeded hashing.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var seeder = SplitMix64(state: seed)
    seeder.state = seeder.next() ^ hash
    state = (seeder.next(), seeder.next(), seeder.next(), seeder.next())
  }

  package mutating func next() -> UInt64 {
    let result = (state.1 &* 5).rotated(left: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3.rotated(left: 45)
    return result
  }

  /// Uniform on [0, 1), a multiple of 2^-53.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal, by Box and Muller's transformation of two uniform numbers.
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }
}

/// Steele, Lea and Flood, 2014.
package struct SplitMix64: RandomNumberGenerator {
  fileprivate var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension UInt64 {
  fileprivate func rotated(left bits: UInt64) -> UInt64 { self << bits | self >> (64 - bits) }
}
