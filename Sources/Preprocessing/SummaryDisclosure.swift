/// Which parts of a whole may be published together with the whole.
enum SummaryDisclosure {
  /// A part with a count under the least is hidden, and the smallest of the others with it until those hidden hold
  /// the least count together: what is hidden is the whole less what is shown.
  ///
  /// - Parameters:
  ///   - parts: the counts of each part; nil where they are not known.
  ///   - isRestHidden: whether rows are in no part and how many is not shown here. Elsewhere it may be told, so the
  ///     parts that are hidden with them hold the least count without them.
  /// - Returns: for each part, whether it may be shown.
  static func shown(_ parts: [[Int]?], isRestHidden: Bool, least: Int) -> [Bool] {
    var shown = parts.map { $0?.allSatisfy { $0 >= least } ?? false }
    while shown.contains(true) {
      let hidden = shown.indices.filter { !shown[$0] }
      let places = parts.lazy.compactMap { $0?.indices }.first ?? 0..<0
      let isSafe = places.allSatisfy { place in
        hidden.reduce(0) { $0 + (parts[$1]?[place] ?? 0) } >= least
      }
      if isSafe || hidden.isEmpty && !isRestHidden { break }
      // Of equals the later one, as where levels are merged.
      let smallest = shown.indices.reversed().filter { shown[$0] }
        .min { parts[$0]?.min() ?? 0 < parts[$1]?.min() ?? 0 }
      if let smallest { shown[smallest] = false }
    }
    return shown
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
