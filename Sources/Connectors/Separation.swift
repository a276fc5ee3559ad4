import Cohorts

/// Whether a variable, or that it is missing, tells an outcome by itself: what is only known afterwards does, and
/// a model without penalty has no estimate for it.
struct Separation {
  /// From here on a variable alone separates the outcome.
  private static let leastArea = 0.99
  /// Rows a class must have for that.
  private static let leastClass = 5
  /// Rows that are all of one class are named where that happens by chance less often.
  static let mostChance = 0.01

  let outcome: String
  /// Of each row: 0, 1, or -1 where the outcome is missing. Small, for it is looked up in every order.
  private let classes: [Int8]
  private let prevalence: Double

  /// - Parameter values: the outcome's column.
  /// - Returns: nil unless it has both classes.
  init?(outcome: String, _ values: [Double]) {
    let classes = values.map { $0 == 1 ? 1 : $0 == 0 ? 0 : Int8(-1) }
    let (events, others) = (classes.count { $0 == 1 }, classes.count { $0 == 0 })
    guard events > 0, others > 0 else { return nil }
    self.outcome = outcome
    self.classes = classes
    prevalence = Double(events) / Double(events + others)
  }

  func finding(_ column: String, _ ranking: Ranking) -> Finding? {
    guard let area = ranking.areaUnderCurve(classes, least: Self.leastClass),
      max(area, 1 - area) >= Self.leastArea
    else { return nil }
    return separates(column, "alone separates “\(outcome)”")
  }

  /// - Parameters:
  ///   - groups: each row's group, -1 for none.
  ///   - names: what a row of each group is, such as `with “vedolizumab”`.
  ///   - chance: how rare rows of one class must be by chance.
  ///   - whole: what the grouping is, such as `alone` or `that it is missing`.
  func findings(
    _ column: String, groups: [Int32], names: [String], whole: String, chance: Double = Separation.mostChance
  ) -> [Finding] {
    var counts = names.map { _ in (events: 0, others: 0) }
    for (row, group) in groups.enumerated() where group >= 0 {
      if classes[row] == 1 { counts[Int(group)].events += 1 }
      if classes[row] == 0 { counts[Int(group)].others += 1 }
    }
    if let area = Self.area(counts), area >= Self.leastArea {
      return [separates(column, "\(whole) separates “\(outcome)”")]
    }
    return zip(names, counts).compactMap { name, count in
      guard (count.events == 0) != (count.others == 0) else { return nil }
      let rows = count.events + count.others
      let share = count.events > 0 ? prevalence : 1 - prevalence
      guard Self.power(share, rows) < chance else { return nil }
      let words = count.events > 0 ? "all \(rows) rows \(name) have" : "none of the \(rows) rows \(name) has"
      return separates(column, "\(words) “\(outcome)”")
    }
  }

  private func separates(_ column: String, _ words: String) -> Finding {
    Finding(
      .separation, .attention, column, words,
      advice:
        "leave it out if it is only known after the outcome; else the plan needs “penalty: firth” or ridge")
  }

  /// Of the groups in the order of their events' share.
  private static func area(_ counts: [(events: Int, others: Int)]) -> Double? {
    let filled = counts.filter { $0.events + $0.others > 0 }
      .sorted { $0.events * ($1.events + $1.others) < $1.events * ($0.events + $0.others) }
    let (events, others) = (filled.reduce(0) { $0 + $1.events }, filled.reduce(0) { $0 + $1.others })
    guard min(events, others) >= leastClass else { return nil }
    var (below, concordant) = (0, 0.0)
    for count in filled {
      concordant += Double(count.events) * (Double(below) + Double(count.others) / 2)
      below += count.others
    }
    return concordant / (Double(events) * Double(others))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<min(exponent, 10_000) { result *= base }
    return result
  }
}
