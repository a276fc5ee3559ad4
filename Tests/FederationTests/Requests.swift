import Cohorts
import Federation
import KonsilTesting
import Queries
import Regression
import SecureAggregation
import Testing

extension StepRequest {
  /// The same request with something else in it.
  func with(
    epoch: Int? = nil, step: Int? = nil, attempt: Int? = nil, sites: [String]? = nil, query: Query? = nil
  ) -> StepRequest {
    StepRequest(
      epoch: epoch ?? self.epoch, step: step ?? self.step, attempt: attempt ?? self.attempt,
      sites: sites ?? self.sites, query: query ?? self.query)
  }
}

extension Query {
  /// The query with something else in it.
  func with(
    name: String? = nil, parameters: [Double]? = nil, segments: [Segment]? = nil, isVerified: Bool? = nil
  ) -> Query {
    Query(
      name: name ?? self.name, parameters: parameters ?? self.parameters,
      segments: segments ?? self.segments, isVerified: isVerified ?? self.isVerified)
  }

  /// The Newton query at other parameters, with the bounds that the rule gives there.
  func newton(at parameters: [Double], _ bench: Bench) throws -> Query {
    let magnitude = parameters.reduce(0) { $0 + $1.magnitude }
    let rows = Double(bench.study.table.cohorts.reduce(0) { $0 + $1.rowCount })
    let likelihood = try Segment.reals(
      "log-likelihood", length: 1, bound: 2 * rows * (0.6931471805599453 + magnitude),
      sites: bench.sites.count)
    // The set of all rows, and no inverse.
    return with(parameters: [0, 0] + parameters, segments: [likelihood] + segments.dropFirst())
  }
}

/// The coordinator's own addition, without any of its checks.
enum MaskedSum {
  static func elements(_ contributions: [SignedContribution]) -> [UInt64] {
    let length = contributions.map(\.vector.count).min() ?? 0
    return contributions.reduce(into: [UInt64](repeating: 0, count: length)) { total, contribution in
      for index in total.indices { total[index] &+= contribution.vector[index] }
    }
  }

  /// Whether the check element says that the masks are gone.
  static func masksCancel(_ contributions: [SignedContribution], _ attempt: Attempt) throws -> Bool {
    let total = elements(contributions)
    let length = attempt.query.length
    let checks = try MaskCheck.values(total[...length], of: attempt.query, attempt: attempt.digest)
    return zip(checks, attempt.checkWidths).map { $1.element($0) }
      == zip(total[(length + 1)...], attempt.checkWidths).map { $1.element($0) }
  }
}

extension Attempt {
  /// The ring of each check element.
  fileprivate var checkWidths: [RingWidth] {
    layout.stretches.flatMap { Array(repeating: $0.width, count: $0.count) }.suffix(
      layout.count - query.length - 1)
  }
}

extension Bench {
  /// A contribution to `query` that its site signs anew with `addition` on one element and the checks mended: what a
  /// colluding site can do.
  func resign(
    _ contribution: SignedContribution, _ query: Query, element: Int, adding addition: UInt64
  ) throws -> SignedContribution {
    var unit = [UInt64](repeating: 0, count: query.length + 1)
    unit[element] = addition
    unit += try MaskCheck.values(unit[...], of: query, attempt: contribution.attempt)
    let widths = contribution.layout.stretches.flatMap { Array(repeating: $0.width, count: $0.count) }
    let vector = zip(contribution.vector, zip(unit, widths)).map { $1.1.element($0 &+ $1.0) }
    return try sign(vector, of: contribution)
  }

  /// `vector` as the contribution's site signs it.
  func sign(_ vector: [UInt64], of contribution: SignedContribution) throws -> SignedContribution {
    let site = try #require(sites.first { $0.name == contribution.site })
    let statement = SignedContribution.statement(
      attempt: contribution.attempt, site: site.name, vector: vector, dealing: contribution.dealing)
    return SignedContribution(
      site: site.name, attempt: contribution.attempt, layout: contribution.layout, vector: vector,
      dealing: contribution.dealing,
      signature: try site.signer.sign(.contribution, statement))
  }
}
