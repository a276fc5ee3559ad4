import Boosting
import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// One site is told another split than the others: were its next vector masked as theirs, a sum over a node that is
/// empty at all others would be its own numbers.
@Suite("A site that is led to other trees than the rest")
struct LedAstrayTests {
  @Test(
    "answers under another name from then on, in this epoch and in the next, so that no sum opens it",
    arguments: [false, true])
  func otherSplit(isTolerant: Bool) throws {
    let bench = try Bench(
      SmallStudy.drawn(sites: 4).growing(rounds: 3, depth: 2),
      tolerance: isTolerant ? Tolerance(sites: 4) : nil)
    try bench.setUp()
    try isTolerant ? bench.tolerantAdvance(to: "tree-histograms") : bench.advance(to: "tree-histograms")
    let first = try bench.request()
    if isTolerant { try bench.tolerantStep() } else { try bench.step() }
    let honest = try bench.request()
    let astray = honest.with(query: honest.query.with(parameters: try Self.splitOtherwise(honest.query)))
    func told(_ site: BenchSite) -> StepRequest { site.index == 0 ? astray : honest }
    for site in bench.sites { _ = try site.tell(.step(told(site))).contribution() }

    // The same query for all: the round is closed, and the next one's roots are asked.
    let closing = try Self.closing(honest.query, rows: first.query)
    let next = StepRequest(
      epoch: bench.epoch, step: honest.step + 1, attempt: 0, sites: bench.names, query: closing)
    try expectApart(bench.answers(next))

    for site in bench.sites { try site.restart() }
    try bench.setUp()
    for site in bench.sites {
      for request in [first, told(site)] {
        let message = MessageToSite.earlier(epoch: bench.epoch, step: request.step, request.query)
        #expect(site.tell(message) == Told())
      }
    }
    try expectApart(bench.answers(next.with(epoch: bench.epoch)))
  }

  private func expectApart(
    _ contributions: [SignedContribution], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let names = contributions.map(\.attempt)
    #expect(Set(names.dropFirst()).count == 1, sourceLocation: sourceLocation)
    #expect(names[0] != names[1], sourceLocation: sourceLocation)
  }

  private static func splitOtherwise(_ query: Query) throws -> [Double] {
    let step = try #require(TreeStep(parameters: query.parameters))
    var growths = step.growths
    let entry = try #require(growths[0].splits.first)
    guard case .upTo(let bin) = entry.split.rule else { throw FixtureError() }
    let split = BinSplit(
      feature: entry.split.feature, rule: .upTo(bin == 0 ? 1 : bin - 1),
      missingGoesLeft: entry.split.missingGoesLeft)
    growths[0].splits[0] = TreeStep.NodeSplit(node: entry.node, split: split)
    return TreeStep(serial: step.serial, round: step.round, closes: step.closes, growths: growths).parameters
  }

  /// - Parameter rows: the query that asked the first round's roots.
  private static func closing(_ query: Query, rows: Query) throws -> Query {
    let step = try #require(TreeStep(parameters: query.parameters))
    let roots = try #require(TreeStep(parameters: rows.parameters))
    let growths = zip(step.growths, roots.growths).map { grown, root in
      TreeStep.Growth(
        leaves: [Tree.Leaf](repeating: Tree.Leaf(value: 0), count: grown.splits.count + 1), asks: root.asks)
    }
    return rows.with(
      parameters: TreeStep(serial: step.serial + 1, round: step.round + 1, closes: true, growths: growths)
        .parameters)
  }
}
