import Cohorts
import Queries

/// The verified steps of a summary: where states occur and vary, until it is settled what may be asked; then counts,
/// sums, squares, and quantiles by bisection.
///
/// Coordinator and sites hold one each and absorb the same sums, so both know which query comes next and at which
/// scale. Sums are of `u = (x - a)/(b - a)` over the dictionary's range [a, b].
struct SummarySteps: Hashable, Sendable, Codable {
  /// Ranges wider than this many deviations take a third pass.
  static let refinedRatio = 0x1p12
  /// Beyond this many the deviation cannot be told.
  static let greatestRatio = 0x1p24

  enum Stage: Hashable, Sendable, Codable {
    /// The first round asks about the outcome and the rows, too.
    case support(isFirst: Bool)
    case counts
    case sums
    case squares
    /// Of the numbers at these places.
    case refinement([Int])
    case quantiles
    case done
  }

  let frame: SummaryFrame
  let variables: [Variable]
  private(set) var stage = Stage.support(isFirst: true)
  /// One for each variable.
  private(set) var support: [SummarySupport]
  /// Sites that have a row, and those where the outcome varies.
  private(set) var sitesWithRows = 0
  private var outcomeVarying = 0
  /// One for each variable, when the support is settled.
  private(set) var partitions: [SummaryPartition] = []
  private(set) var counts = SummaryCounts()
  private(set) var numbers: [SummaryNumber] = []

  init(_ frame: SummaryFrame) {
    self.frame = frame
    variables = frame.variables
    support = variables.map {
      SummarySupport(SummaryStates($0), isNumber: $0.summarisedRange != nil)
    }
  }

  /// The query that comes now; nil when all is known.
  func query() throws(AnalysisError) -> Query? {
    let rows = counts.rows
    switch stage {
    case .support(let isFirst):
      let questions = support.reduce(isFirst ? 2 : 0) { $0 + $1.questions.count }
      return verified("support", [.counts("sites", length: questions, bound: frame.sites)])
    case .counts:
      let most = frame.sites * frame.mostRowsPerSite
      return verified(
        "counts",
        [
          .counts("rows", length: 1, bound: most), .counts("events", length: 1, bound: most),
          .counts("group-rows", length: groups(\.rows).count, bound: most),
          .counts("group-events", length: groups(\.events).count, bound: most),
        ])
    // The rows are verified by now, so they bound what is summed over them.
    case .sums:
      return verified("sums", [try reals("sums", numbers.count)])
    case .squares:
      return verified("squares", [try reals("squares", numbers.count)])
    case .refinement(let refined):
      return verified(
        "refinement",
        [try reals("sums", refined.count, times: 2), try reals("squares", refined.count, times: 2)])
    case .quantiles:
      let questions = numbers.reduce(0) { $0 + $1.search.questions.count }
      return verified("quantiles", [.counts("left-halves", length: questions, bound: rows)])
    case .done:
      return nil
    }
  }

  /// At how few sites the outcome, a number that is summed or a group of states that is counted varies; nil before that
  /// is settled.
  var leastSupport: Int? {
    guard !partitions.isEmpty else { return nil }
    let summed = numbers.map { support[$0.variable].differing }
    return (support.flatMap(\.sites) + summed + [outcomeVarying]).min()
  }

  /// Whether the rows over the federation are known.
  var isCounted: Bool {
    switch stage {
    case .support, .counts: false
    case .sums, .squares, .refinement, .quantiles, .done: true
    }
  }

  private func verified(_ name: String, _ segments: [Segment]) -> Query {
    Query(name: name, parameters: [], segments: segments, isVerified: true)
  }

  private func reals(_ name: String, _ length: Int, times: Int = 1) throws(AnalysisError) -> Segment {
    try .reals(name, length: length, bound: Double(times * counts.rows), sites: frame.sites)
  }

  /// Every variable's groups, one variable after the other.
  func groups(_ kind: KeyPath<SummaryPartition, [[Int]]>) -> [(variable: Int, states: [Int])] {
    partitions.enumerated().flatMap { variable, partition in
      partition[keyPath: kind].map { (variable, $0) }
    }
  }

  /// Takes the sum of `query()`.
  ///
  /// - Throws: `AnalysisError` when the outcome is at too few sites, there are too few rows, or no records give such
  ///   a sum; it then stays where it was.
  mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard let query = try query() else { return }
    guard sum.fits(query) else { throw Self.impossible("sums") }
    var next = self
    switch stage {
    case .support(let isFirst): try next.absorbSupport(sum, isFirst)
    case .counts: try next.absorbCounts(sum)
    case .sums: try next.absorbSums(sum.values[0])
    case .squares: try next.absorbSquares(sum.values[0])
    case .refinement(let refined): next.absorbRefinement(sum, refined)
    case .quantiles: try next.absorbQuantiles(sum.values[0])
    case .done: break
    }
    self = next
  }

  private mutating func absorbSupport(_ sum: QuerySum, _ isFirst: Bool) throws(AnalysisError) {
    var sites = Self.whole(sum.values[0])[...]
    guard sites.allSatisfy({ $0 >= 0 }) else { throw Self.impossible("sites") }
    if isFirst {
      let varying = sites.popFirst() ?? 0
      outcomeVarying = varying
      sitesWithRows = sites.popFirst() ?? 0
      guard varying >= SummaryGrouping.leastSites else {
        throw AnalysisError(
          .tooFewSites,
          "“\(frame.specification.outcome)” varies at \(varying) of \(frame.sites) sites; "
            + "at least \(SummaryGrouping.leastSites) must share it",
          advice: "choose another outcome, or widen the filter")
      }
    }
    for index in support.indices {
      let questions = support[index].questions.count
      guard questions > 0 else { continue }
      support[index].absorb(Array(sites.prefix(questions)))
      sites = sites.dropFirst(questions)
    }
    guard support.allSatisfy({ $0.questions.isEmpty }) else {
      stage = .support(isFirst: false)
      return
    }
    partitions = SummaryPartition.all(variables, support)
    stage = .counts
  }

  private mutating func absorbCounts(_ sum: QuerySum) throws(AnalysisError) {
    let values = sum.values.map(Self.whole)
    guard let counts = SummaryCounts(values, rowGroups: groups(\.rows), eventGroups: groups(\.events)) else {
      throw Self.impossible("counts")
    }
    let needed = max(frame.leastRows, frame.leastCount, 1)
    guard counts.rows >= needed else {
      throw AnalysisError(
        .tooFewRows, "\(counts.rows) rows with the outcome over all sites; \(needed) are needed",
        advice: "widen the filter")
    }
    self.counts = counts
    numbers = variables.indices.prefix(frame.tabled.count).compactMap { index in
      SummaryNumber(
        index, range: variables[index].summarisedRange, support: support[index],
        sitesWithRows: sitesWithRows, counts: counts, leastCount: frame.leastCount)
    }
    stage = numbers.isEmpty ? .done : .sums
  }

  private mutating func absorbSums(_ sums: [Double]) throws(AnalysisError) {
    let slack = Double(frame.sites)
    for (place, sum) in sums.enumerated() {
      guard (-slack...Double(numbers[place].rows) + slack).contains(sum) else {
        throw Self.impossible("sums")
      }
      numbers[place].takeSum(sum)
    }
    stage = .squares
  }

  private mutating func absorbSquares(_ squares: [Double]) throws(AnalysisError) {
    for (place, square) in squares.enumerated() {
      guard (-1...Double(numbers[place].rows) + 1).contains(square) else { throw Self.impossible("squares") }
      numbers[place].takeSquares(square, greatestRatio: Self.greatestRatio)
    }
    let refined = numbers.indices.filter { place in
      numbers[place].deviation.map { $0 * Self.refinedRatio < numbers[place].range.width } ?? false
    }
    if refined.isEmpty { startQuantiles() } else { stage = .refinement(refined) }
  }

  private mutating func absorbRefinement(_ sum: QuerySum, _ refined: [Int]) {
    for (place, number) in refined.enumerated() {
      numbers[number].refine(sum: sum.values[0][place], squares: sum.values[1][place])
    }
    startQuantiles()
  }

  private mutating func absorbQuantiles(_ sums: [Double]) throws(AnalysisError) {
    var rest = Self.whole(sums)[...]
    for index in numbers.indices {
      let questions = numbers[index].search.questions.count
      guard numbers[index].search.absorb(Array(rest.prefix(questions))) else {
        throw Self.impossible("counts below a cut")
      }
      rest = rest.dropFirst(questions)
    }
    startQuantiles()
  }

  private mutating func startQuantiles() {
    stage = numbers.allSatisfy { $0.search.questions.isEmpty } ? .done : .quantiles
  }

  /// Sums of counts are whole and within 2^53, for their segments' bounds are.
  private static func whole(_ values: [Double]) -> [Int] { values.map { Int(exactly: $0.rounded()) ?? -1 } }

  private static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }
}
