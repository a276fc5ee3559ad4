import Boosting
import Cohorts
import Federation
import Queries
import SecureAggregation

/// Boosted trees over sites in this process, begun anew for each training.
struct TreeRun {
  let frame: BoostingFrame
  /// One a site.
  let cohorts: [Cohort]
  let dictionary: StudyDictionary
  let workers: Workers

  /// The site's computation; a site alone has all threads.
  private func computation(_ site: Int) throws -> BoostingComputation {
    let computation = BoostingComputation(
      frame, site: frame.sites[site], cohort: cohorts[site], filter: CohortFilter([]), dictionary: dictionary,
      workers: cohorts.count == 1 ? workers : .one)
    guard let computation else { throw BenchFault("the records lack a variable") }
    return computation
  }

  /// What a training gives.
  struct Result {
    let model: BoostingModel
    let steps: Int
    /// That a site sends as masked vectors; 0 without masks.
    var siteBytes = 0
    /// What every site sends before the first tree, then for each: its steps, and its vectors' bytes as on the wire.
    /// Empty with masks.
    var sent: [Sent] = []
  }

  struct Sent: Sendable {
    var steps = 0
    var bytes = 0
  }

  /// The unmasked twin: the same queries and integers, added without keys.
  func clear() throws -> Result {
    var program = BoostingProgram(frame)
    var sites = try cohorts.indices.map(computation)
    var sent = [Sent](repeating: Sent(), count: frame.specification.rounds + 1)
    while case .ask(let query) = program.next() {
      try program.absorb(sum(query, &sites), workers)
      let isOfRound = query.name == BoostingProgram.nameOfRounds
      let place = isOfRound ? TreeStep(parameters: query.parameters).map { $0.round + 1 } : 0
      guard let place, sent.indices.contains(place) else { throw BenchFault("a step of no round") }
      sent[place].steps += 1
      sent[place].bytes += VectorLayout(of: query).byteCount
    }
    guard case .finished(let model) = program.next() else { throw BenchFault("no model") }
    return Result(model: model, steps: sent.reduce(0) { $0 + $1.steps }, sent: sent)
  }

  /// The bins alone, by the steps before the first tree.
  func binning() throws -> Binning {
    var preparation = BoostingPreparation(frame)
    var sites = try cohorts.indices.map(computation)
    while let query = preparation.query { try preparation.absorb(sum(query, &sites)) }
    guard let binning = preparation.binning else { throw BenchFault("no bins") }
    return binning
  }

  /// Over all sites, which add it themselves where it is verified.
  private func sum(_ query: Query, _ sites: inout [BoostingComputation]) throws -> QuerySum {
    var total: [UInt64] = []
    for site in sites.indices {
      try sites[site].check(query)
      guard let contribution = sites[site].contribution(to: query) else { throw BenchFault("no answer") }
      if total.isEmpty {
        total = contribution.take()
      } else {
        for (place, element) in contribution.take().enumerated() { total[place] &+= element }
      }
    }
    query.cutToRings(&total)
    guard let sum = QuerySum(elements: total, for: query) else { throw BenchFault("a false sum") }
    if query.isVerified { for site in sites.indices { try sites[site].absorb(sum) } }
    return sum
  }

  /// With real keys and masks, each message given to whom it is for; sites answer at once on all threads.
  func masked() throws -> Result {
    let federation = try MaskedFederation(
      frame.sites, program: .boosting(BoostingProgram(frame)),
      mostSteps: 64 + frame.specification.rounds * (frame.specification.maxDepth + 1),
      computations: try cohorts.indices.map(computation), workers: workers)
    guard case .boosting(let model) = try federation.run() else { throw BenchFault("no model") }
    return Result(
      model: model, steps: federation.steps, siteBytes: federation.bytes / frame.sites.count)
  }
}
