/// What a program wants: the next sum, or nothing more.
package enum ProgramAction<Model: Sendable>: Sendable {
  case ask(Query)
  case finished(Model)
}

/// The deterministic state machine of an algorithm. It sees sums only, and it is a value, so it can be
/// saved after every step and go on elsewhere bit for bit.
package protocol Program: Sendable, Codable {
  associatedtype Model: Sendable

  /// What to do now; asking again changes nothing.
  func next() -> ProgramAction<Model>

  /// Takes the sum of the query that `next` gave.
  mutating func absorb(_ sum: QuerySum) throws(AnalysisError)
}

/// The computation beside the records. It follows the same rules as the program, from the plan and
/// the verified sums alone, and so knows which query may come next and at which scale.
package protocol SiteComputation: Sendable {
  /// Whether `query` is one that the plan, the study and the verified sums allow now. Nothing here
  /// depends on the site's own records.
  func check(_ query: Query) throws(QueryRefusal)

  /// The site's part of the sum of a query that passed `check`; nil where a rule that depends on records forbids an
  /// answer.
  mutating func contribution(to query: Query) -> Contribution?

  /// The same as reals, one array for each segment, where the query is of reals.
  mutating func answer(_ query: Query) -> [[Double]]?

  /// Takes a query that the site answered in an earlier epoch, and that is not asked again: what it needs of its
  /// answer stands in queries alone.
  mutating func follow(_ query: Query)

  /// Takes a sum that the site added itself.
  mutating func absorb(_ sum: QuerySum) throws(AnalysisError)

  /// Whether what it was asked takes it further than verified sums do: in another epoch it follows what is not asked
  /// again.
  var followsQueries: Bool { get }

  /// Rows over the federation, once a verified sum has told them.
  var federatedRows: Int? { get }

  /// At how few sites a column of the model varies, once a verified sum has told it.
  var leastSupport: Int? { get }

  /// What the site learns of its own records from the answers it gave; it stays at the site.
  var findings: [SiteFinding] { get }
}

extension SiteComputation {
  package mutating func contribution(to query: Query) -> Contribution? {
    guard let values = answer(query) else { return nil }
    return Contribution(values, for: query)
  }

  package mutating func answer(_ query: Query) -> [[Double]]? { nil }
  package mutating func follow(_ query: Query) {}

  package var followsQueries: Bool { false }
  package var federatedRows: Int? { nil }
  package var leastSupport: Int? { nil }
  package var findings: [SiteFinding] { [] }
}

/// A number that a site learns about its own records, such as how well the model does there.
package struct SiteFinding: Hashable, Sendable, Codable {
  package let name: String
  package let value: Double
  /// What it is, in words.
  package let meaning: String

  package init(_ name: String, _ value: Double, _ meaning: String) {
    self.name = name
    self.value = value
    self.meaning = meaning
  }
}

/// Why a site refuses a query in the open: the rule, and what was wrong.
package struct QueryRefusal: Error, Hashable, Sendable {
  package enum Rule: String, Sendable, CaseIterable {
    case unknownQuery = "unknown-query"
    case outOfOrder = "out-of-order"
    case doesNotFollow = "does-not-follow"
    case parameterOutOfRange = "parameter-out-of-range"
    case analysisEnded = "analysis-ended"
  }

  package let rule: Rule
  package let detail: String

  package init(_ rule: Rule, _ detail: String) {
    self.rule = rule
    self.detail = detail
  }
}
