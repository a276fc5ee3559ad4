/// Numbers that a seed repeats (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }

  /// Any finite double, every exponent as likely as another: subnormal ones and both zeros come too.
  mutating func finite() -> Double {
    if chance(0.05) { return chance(0.5) ? -0.0 : 0.0 }
    if chance(0.05) { return Double(bitPattern: next() & 0x800F_FFFF_FFFF_FFFF) }
    while true {
      let number = Double(bitPattern: next())
      if number.isFinite { return number }
    }
  }
}
