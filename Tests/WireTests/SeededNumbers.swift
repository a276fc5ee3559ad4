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

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func coin() -> Bool { next() & 1 == 1 }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  mutating func words(_ count: Int) -> [UInt64] { (0..<count).map { _ in next() } }

  mutating func list<Element>(
    _ most: Int, _ draw: (inout SeededNumbers) throws -> Element
  ) rethrows -> [Element] {
    try (0..<number(0...most)).map { _ in try draw(&self) }
  }

  mutating func text(_ most: Int, from alphabet: String) -> String {
    let letters = Array(alphabet)
    return String((0..<number(0...most)).map { _ in letters[number(0...letters.count - 1)] })
  }
}
