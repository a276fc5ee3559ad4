import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

extension Bench {
  /// A bench under `membership: tolerant`.
  static func tolerant(
    sites: Int = 4, endsAfterLoss: Bool = false, encapsulation: KeyEncapsulation = .system,
    replacing: (Int, any SiteComputation) -> any SiteComputation = { $1 }
  ) throws -> Bench {
    try Bench(
      SmallStudy.drawn(sites: sites), tolerance: Tolerance(sites: sites), endsAfterLoss: endsAfterLoss,
      encapsulation: encapsulation, replacing: replacing)
  }

  /// The sites of these indices, as a request names them.
  func named(_ indices: some Sequence<Int>) -> [String] { indices.map { names[$0] } }

  /// The vectors of an attempt, from all its sites.
  func vectors(_ request: StepRequest) throws -> [SignedContribution] {
    try request.sites.map { try site($0).tell(.step(request)).contribution() }
  }

  func site(_ name: String) throws -> BenchSite { try #require(sites.first { $0.name == name }) }

  func summation(_ request: StepRequest, _ contributions: [SignedContribution]) throws -> Summation {
    var summation = Summation(attempt(request), roster: roster, isTolerant: true)
    for contribution in contributions { try summation.add(contribution) }
    return summation
  }

  func opening(_ request: StepRequest, _ contributions: [SignedContribution]) throws -> Opening {
    let least = try #require(tolerance).threshold
    return try Opening(summation(request, contributions), roster: roster, threshold: least)
  }

  func shares(_ request: StepRequest, _ opening: Opening, to site: String) -> MessageToSite {
    .shares(
      epoch: request.epoch, step: request.step, attempt: opening.attempt.digest, opening.deliveries(to: site))
  }

  /// What an attempt sums to, opened by these sites; all of it where none is named.
  func opened(
    _ request: StepRequest, _ contributions: [SignedContribution], by sites: [String]? = nil
  ) throws -> (outcome: Summation.Outcome, secrets: [[UInt8]]) {
    var opening = try opening(request, contributions)
    for name in sites ?? request.sites {
      try opening.add(site(name).tell(shares(request, opening, to: name)).opening())
    }
    let secrets = try opening.secrets()
    var summation = try summation(request, contributions)
    try summation.unmask(secrets)
    return (try summation.outcome(), secrets)
  }

  /// One whole step over these sites, honest.
  @discardableResult
  func tolerantStep(over indices: [Int]? = nil) throws -> QuerySum {
    let request = try request().with(sites: named(indices ?? Array(sites.indices)))
    let contributions = try vectors(request)
    let (outcome, secrets) = try opened(request, contributions)
    guard case .sum(let elements) = outcome else { throw FixtureError() }
    let sum = try #require(QuerySum(elements: elements, for: request.query))
    try absorb(sum, of: request)
    if request.query.isVerified {
      for name in request.sites {
        let told = try site(name).tell(
          .contributions(epoch: request.epoch, step: request.step, contributions, secrets: secrets))
        try #require(told.notes == [])
      }
    }
    return sum
  }

  /// Honest steps until the program asks `query`.
  func tolerantAdvance(to query: String, over indices: [Int]? = nil) throws {
    while try request().query.name != query { try tolerantStep(over: indices) }
  }
}

extension Told {
  func opening(sourceLocation: SourceLocation = #_sourceLocation) throws -> OpenedShares {
    try only(
      { if case .opening(_, _, .opening(let sent)) = $0 { sent } else { nil } },
      sourceLocation: sourceLocation)
  }

  func complaint(sourceLocation: SourceLocation = #_sourceLocation) throws -> SignedComplaint {
    try only(
      { if case .opening(_, _, .complaint(let sent)) = $0 { sent } else { nil } },
      sourceLocation: sourceLocation)
  }
}
