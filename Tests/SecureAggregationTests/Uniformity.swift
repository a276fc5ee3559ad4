/// Whether words look drawn uniformly: chi-square over their bytes, 255 degrees of freedom.
enum Uniformity {
  /// Mean 255, standard deviation 22.6; uniform bytes fall outside `plausible` less than once in 10^7.
  static let plausible = 150.0..<400.0

  /// - Parameter bits: how many of each word to look at, from the lowest.
  static func chiSquare(_ words: [UInt64], bits: Int = 64) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for word in words {
      for shift in stride(from: 0, to: bits, by: 8) { counts[Int(word >> shift & 0xff)] += 1 }
    }
    let expected = Double(words.count * bits / 8) / 256
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
