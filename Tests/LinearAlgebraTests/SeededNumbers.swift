/// Numbers that a seed repeats (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Evenly spread in [0, 1).
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  mutating func vector(_ count: Int, _ range: Range<Double> = -1..<1) -> [Double] {
    (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * unit() }
  }

  mutating func columns(_ count: Int, rows: Int) -> [[Double]] {
    (0..<count).map { _ in vector(rows) }
  }

  /// Whole numbers from -bound to bound.
  mutating func integers(_ count: Int, upTo bound: Double) -> [Double] {
    vector(count, -bound..<bound + 1).map { $0.rounded(.down) }
  }
}

/// Σ a_i b_i c_i without BLAS, and the sum of the magnitudes that bounds its rounding error.
func tripleProduct(_ a: [Double], _ b: [Double], _ c: [Double]) -> (sum: Double, size: Double) {
  a.indices.reduce(into: (0, 0)) { total, i in
    total.sum += a[i] * b[i] * c[i]
    total.size += abs(a[i] * b[i] * c[i])
  }
}
