import Cohorts
import Preprocessing
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The verified sums over scores: rows, pairs and errors, then cells of the predicted probability that hold enough
/// rows. Coordinator and sites hold one each.
///
/// The first sum also tells what the scores were made with, so that a site, started anew or not, asks no cells of
/// other scores: one that holds enough rows by these may hold a single row by others.
package struct ScoreSums: Hashable, Sendable, Codable {
  /// Halvings of [0, 1], and cells at most.
  private static let mostDepth = 14
  private static let mostCells = 200

  package enum Stage: Hashable, Sendable, Codable {
    case errors
    case cells
    case done
  }

  /// Of one set of scores.
  package struct Totals: Hashable, Sendable, Codable {
    package let rows: Int
    package let events: Int
    /// Over pairs of rows of one site; twice the concordant ones.
    package let concordantTwice: Int
    package let comparable: Int
    package let squaredErrors: Double
    package let logLoss: Double
  }

  /// Sets of scores.
  package let count: Int
  private let rows: Int
  private let sites: Int
  private let leastCount: Int
  package private(set) var stage = Stage.errors
  package private(set) var totals: [Totals] = []
  package private(set) var searches: [QuantileSearch] = []
  /// What the scores are made with, as `words`; empty before the first sum.
  private var known: [UInt64] = []

  /// - Parameter rows: the most that a set can have.
  package init(count: Int, rows: Int, sites: Int, leastCount: Int) {
    self.count = count
    self.rows = rows
    self.sites = sites
    self.leastCount = leastCount
  }

  /// - Parameter parameters: what the scores are made with.
  /// - Returns: nil when all is known.
  package func query(_ parameters: [Double]) throws(AnalysisError) -> Query? {
    switch stage {
    case .errors:
      return Query(
        name: "performance", parameters: parameters,
        segments: [
          .counts("scored-rows", length: count, bound: rows),
          .counts("scored-events", length: count, bound: rows),
          .counts("concordant-pairs", length: count, bound: 2 * mostPairs),
          .counts("comparable-pairs", length: count, bound: mostPairs),
          try .reals("squared-errors", length: count, bound: 2 * Double(rows), sites: sites),
          try .reals(
            "log-loss", length: count, bound: 2 * Double(rows) * (ScoreTable.mostLogit + 1), sites: sites),
          .counts("words-of-parameters", length: 2 * parameters.count + 1, bound: sites << 32),
        ], isVerified: true)
    case .cells:
      let questions = searches.reduce(0) { $0 + $1.questions.count }
      return Query(
        name: "score-cells", parameters: parameters,
        segments: [.counts("rows-of-left-halves", length: questions, bound: rows)], isVerified: true)
    case .done: return nil
    }
  }

  /// A site that lies may have counted rows whose square is beyond whole numbers.
  private var mostPairs: Int {
    let (pairs, isOver) = rows.multipliedReportingOverflow(by: rows)
    return isOver ? Int.max / 4 : min(pairs, Int.max / 4)
  }

  /// Whether these are what the first sum was asked with.
  package func rests(on parameters: [Double]) -> Bool { stage != .errors && known == Self.words(parameters) }

  /// The words that every site gave, from their sum: its last element counts the sites, of which some may be lost.
  private static func words(ofSum sum: [Double]) -> [UInt64] {
    guard let sites = sum.last, sites >= 1 else { return [] }
    return sum.dropLast().map { UInt64(exactly: $0 / sites) ?? .max }
  }

  /// Both halves of each number's bits, which as counts are exact.
  private static func words(_ parameters: [Double]) -> [UInt64] {
    parameters.flatMap { [$0.bitPattern >> 32, $0.bitPattern & 0xffff_ffff] }
  }

  /// - Parameter parameters: what the scores of the table are made with.
  package func answer(_ table: ScoreTable, _ parameters: [Double]) -> [[Double]] {
    switch stage {
    case .errors:
      var answer = [[Double]](repeating: [], count: 6)
      for scores in table.sets {
        let pairs = Concordance(scores: scores.logits, outcome: scores.outcome)
        let probabilities = scores.logits.map { 1 / (1 + exp(-$0)) }
        let squares = zip(probabilities, scores.outcome).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let losses = zip(scores.logits, scores.outcome).reduce(0) { sum, entry in
          sum + max(entry.0, 0) + log1p(exp(-entry.0.magnitude)) - entry.1 * entry.0
        }
        let values = [
          Double(scores.logits.count), scores.outcome.reduce(0, +), Double(pairs.concordantTwice),
          Double(pairs.comparable), squares, losses,
        ]
        for (place, value) in values.enumerated() { answer[place].append(value) }
      }
      return answer + [Self.words(parameters).map { Double($0) } + [1]]
    case .cells:
      return [
        zip(searches, table.sets).flatMap { search, scores in
          search.answer(scores.logits.map { 1 / (1 + exp(-$0)) }).map(Double.init)
        }
      ]
    case .done: return []
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    switch stage {
    case .errors:
      guard sum.values.count == 7, sum.values[..<6].allSatisfy({ $0.count == count }) else {
        throw Self.impossible("scores")
      }
      known = Self.words(ofSum: sum.values[6])
      totals = (0..<count).map { set in
        Totals(
          rows: Int(sum.values[0][set]), events: Int(sum.values[1][set]),
          concordantTwice: Int(sum.values[2][set]), comparable: Int(sum.values[3][set]),
          squaredErrors: sum.values[4][set], logLoss: sum.values[5][set])
      }
      searches = totals.map {
        QuantileSearch(
          range: .unit, rows: max(0, $0.rows), leastCount: leastCount, mostDepth: Self.mostDepth,
          mostCells: Self.mostCells)
      }
    case .cells:
      guard sum.values.count == 1 else { throw Self.impossible("counts of scores") }
      var rest = sum.values[0][...]
      for index in searches.indices {
        let length = searches[index].questions.count
        guard searches[index].absorb(rest.prefix(length).map { Int($0) }) else {
          throw Self.impossible("counts of scores")
        }
        rest = rest.dropFirst(length)
      }
    case .done: return
    }
    stage = searches.allSatisfy { $0.questions.isEmpty } ? .done : .cells
  }

  private static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }
}
