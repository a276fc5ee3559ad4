/// Which parts of a whole may be published together with the whole.
enum SummaryDisclosure {
  /// Rows that are not applicable. Since other variables may tell how many they are, parts must be safe among the
  /// applicable rows alone.
  struct Outside {
    let counts: [Int]
    /// Whether what is shown elsewhere tells them anyhow.
    let isToldElsewhere: Bool
  }

  /// A part with a count under the least is hidden, and the smallest of the others with it until those hidden hold
  /// the least count together: what is hidden is the whole less what is shown.
  ///
  /// - Parameters:
  ///   - parts: the counts of each part; nil where they are not known or hidden already.
  ///   - outside: nil where all rows are in parts.
  ///   - whole: the counts of all rows.
  /// - Returns: for each part, and for what is outside, whether it may be shown.
  static func shown(
    _ parts: [[Int]?], outside: Outside?, whole: [Int], least: Int
  ) -> (parts: [Bool], outside: Bool) {
    guard whole.allSatisfy({ $0 >= least }) else { return (parts.map { _ in false }, false) }
    var shown = parts.map { $0?.allSatisfy { $0 >= least } ?? false }
    func hold(_ hidden: [Int]) -> Bool {
      whole.indices.allSatisfy { place in
        hidden.reduce(0) { $0 + (parts[$1]?[place] ?? 0) } >= least
      }
    }
    func hideMore(until isSafe: ([Int]) -> Bool) {
      while shown.contains(true), !isSafe(shown.indices.filter { !shown[$0] }) {
        // Of equals the later one, as where levels are merged.
        let smallest = shown.indices.reversed().filter { shown[$0] }
          .min { parts[$0]?.min() ?? 0 < parts[$1]?.min() ?? 0 }
        if let smallest { shown[smallest] = false }
      }
    }
    hideMore { $0.isEmpty || hold($0) }
    guard let outside else { return (shown, false) }
    let showsOutside =
      outside.isToldElsewhere
      && zip(outside.counts, whole).allSatisfy { $0 >= least && $1 - $0 >= least }
    if !showsOutside { hideMore(until: hold) }
    return (shown, showsOutside)
  }

  /// `value` at a resolution of a tenth of the deviation or finer by less than ten: of exact means of whole numbers
  /// the divisor could be told.
  static func rounded(_ value: Double, deviation: Double) -> Double {
    guard deviation.isFinite, deviation > 0 else { return value }
    var unit = 1.0
    while unit * 10 > deviation { unit /= 10 }
    while unit * 100 <= deviation { unit *= 10 }
    return unit < 1 ? (value / unit).rounded() / (1 / unit).rounded() : (value / unit).rounded() * unit
  }
}
