/// Finds the word that was probably meant.
enum Nearest {
  /// What to do about a word that is none of `known`.
  static func advice(for word: String, among known: [String]) -> String {
    if let near = nearest(to: word, among: known) { return "did you mean “\(near)”?" }
    return "write one of \(known.joined(separator: ", "))"
  }

  /// The word with the least edit distance, first of equals; nil if more than a third of it differs.
  static func nearest(to word: String, among known: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let ranked = known.map { (word: $0, distance: distance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }),
      best.distance <= max(1, best.word.count / 3)
    else { return nil }
    return best.word
  }

  /// The least number of insertions, deletions, substitutions and exchanges of neighbours, none of
  /// them touched again (optimal string alignment).
  private static func distance(_ a: String, _ b: String) -> Int {
    let (source, target) = (Array(a), Array(b))
    var earlier: [Int] = []
    var previous = Array(0...target.count)
    for i in source.indices {
      var row = [i + 1]
      for j in target.indices {
        var least = min(row[j], previous[j + 1]) + 1
        least = min(least, previous[j] + (source[i] == target[j] ? 0 : 1))
        if i > 0, j > 0, source[i] == target[j - 1], source[i - 1] == target[j] {
          least = min(least, earlier[j - 1] + 1)
        }
        row.append(least)
      }
      (earlier, previous) = (previous, row)
    }
    return previous[target.count]
  }
}
