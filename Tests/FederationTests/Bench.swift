import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// The sites of a small run and what a coordinator holds, step by step: a test takes the coordinator's place and may
/// lie wherever it wants.
final class Bench {
  static let run = String(repeating: "0a", count: 16)

  let study: SmallStudy
  let plan: Digest
  /// nil under `membership: fixed`.
  let tolerance: Tolerance?
  let endsAfterLoss: Bool
  private(set) var run: String
  private(set) var sites: [BenchSite] = []
  private(set) var epoch = 0
  private(set) var keys: [SignedSetupKey] = []
  /// What the sites sealed to each other in the epoch.
  private(set) var lists: [SignedCiphertexts] = []
  /// `D`, once the epoch's keys are there.
  private(set) var setup = Digest(of: [])
  private(set) var nextStep = 1
  private(set) var verified: [(step: Int, sum: QuerySum)] = []
  private(set) var program: PlanProgram
  /// What was asked in each step.
  private var asked: [Int: Query] = [:]

  /// - Parameters:
  ///   - encapsulation: every site's.
  ///   - noise: by a site's index; of each other site a noise that follows from its index.
  ///   - replacing: what computes at a site of this index in place of its own computation.
  init(
    _ study: SmallStudy, tolerance: Tolerance? = nil, endsAfterLoss: Bool = false,
    encapsulation: KeyEncapsulation = .system,
    noise: [Int: @Sendable () -> UInt64] = [:],
    replacing: (Int, any SiteComputation) -> any SiteComputation = { $1 }
  ) throws {
    self.study = study
    self.tolerance = tolerance
    self.endsAfterLoss = endsAfterLoss
    plan = Digest(of: Array("plan".utf8))
    run = Self.run
    program = try PlanProgram(study.plan, study: study.study)
    sites = try study.roster.sites.indices.map { index in
      try BenchSite(
        index, study, replacing(index, computation(index)), frame(index), encapsulation: encapsulation,
        noise: noise[index])
    }
  }

  func computation(_ index: Int) throws -> any SiteComputation {
    try #require(
      study.plan.computation(
        study: study.study, site: study.plan.sites[index], cohort: study.table.cohorts[index], leastRows: 0))
  }

  /// A site as the bench has one, without a past.
  func freshSite(_ index: Int, encapsulation: KeyEncapsulation = .system) throws -> BenchSite {
    try BenchSite(index, study, computation(index), frame(index), encapsulation: encapsulation)
  }

  var roster: Roster { study.roster }
  var names: [String] { roster.sites }

  private func frame(_ index: Int) -> SiteRun.Frame {
    SiteRun.Frame(
      run: run, site: names[index], roster: roster,
      subject: PlanOnSnapshot(plan: plan, snapshot: Digest(of: Array("records \(index)".utf8))),
      mostSteps: study.plan.mostSteps, tolerance: tolerance, endsAfterLoss: endsAfterLoss,
      blocks: study.plan.blocks)
  }

  // Set-up, as an honest coordinator carries it

  /// Opens an epoch at all sites.
  func openEpoch(_ epoch: Int? = nil) throws -> [SignedSetupKey] {
    self.epoch = epoch ?? self.epoch + 1
    keys = try sites.map { try $0.tell(.openEpoch(self.epoch)).key() }
    setup = SignedSetupKey.setupDigest(epochName, keys: keys)
    return keys
  }

  var epochName: EpochName { EpochName(plan: plan, run: run, epoch: epoch) }

  func exchangeKeys(_ keys: [SignedSetupKey]) throws -> [SignedCiphertexts] {
    lists = try sites.map { try $0.tell(.setupKeys(epoch: epoch, keys)).ciphertexts() }
    return lists
  }

  /// What site `index` is to get.
  func deliveries(_ lists: [SignedCiphertexts], to index: Int) -> [CiphertextDelivery] {
    SetupFixture.deliveries(lists, to: index)
  }

  func setUp(_ epoch: Int? = nil) throws {
    let lists = try exchangeKeys(openEpoch(epoch))
    for site in sites {
      try #require(site.tell(.ciphertexts(epoch: self.epoch, deliveries(lists, to: site.index))) == Told())
    }
  }

  // Steps

  /// What the program asks now, as an honest coordinator puts it.
  func request() throws -> StepRequest {
    guard case .ask(let query) = program.next() else { throw FixtureError() }
    return request(query)
  }

  func request(_ query: Query) -> StepRequest {
    StepRequest(epoch: epoch, step: nextStep, attempt: 0, sites: names, query: query)
  }

  func attempt(_ request: StepRequest) -> Attempt {
    let sums = Attempt.basis(of: verified.filter { $0.step < request.step })
    var followed = FollowedQueries()
    for (step, query) in asked.sorted(by: { $0.key < $1.key }) where step < request.step {
      followed.take(query)
    }
    followed.take(request.query)
    return Attempt(
      setup: setup, step: request.step, number: request.attempt, query: request.query, sites: request.sites,
      basis: program.sitesFollow ? followed.basis(sums) : sums)
  }

  func answers(_ request: StepRequest) throws -> [SignedContribution] {
    try sites.map { try $0.tell(.step(request)).contribution() }
  }

  /// What these contributions add up to.
  func outcome(_ request: StepRequest, _ contributions: [SignedContribution]) throws -> Summation.Outcome {
    var summation = Summation(attempt(request), roster: roster)
    for contribution in contributions { try summation.add(contribution) }
    return try summation.outcome()
  }

  /// Takes the sum into the program and goes to the next step.
  @discardableResult
  func absorb(_ request: StepRequest, _ contributions: [SignedContribution]) throws -> QuerySum? {
    nextStep = request.step + 1
    guard case .sum(let elements) = try outcome(request, contributions) else { return nil }
    let sum = try #require(QuerySum(elements: elements, for: request.query))
    try absorb(sum, of: request)
    return sum
  }

  /// Goes to the next step, whatever the program would make of this one.
  func passStep() { nextStep += 1 }

  func absorb(_ sum: QuerySum, of request: StepRequest) throws {
    nextStep = request.step + 1
    asked[request.step] = request.query
    if request.query.isVerified, !verified.contains(where: { $0.step == request.step }) {
      verified.append((request.step, sum))
    }
    try program.absorb(sum)
  }

  func contributions(_ request: StepRequest, _ contributions: [SignedContribution]) -> MessageToSite {
    .contributions(epoch: request.epoch, step: request.step, contributions)
  }

  /// One whole step, honest.
  @discardableResult
  func step() throws -> QuerySum? {
    let request = try request()
    let contributions = try answers(request)
    let sum = try absorb(request, contributions)
    if request.query.isVerified {
      for site in sites { _ = site.tell(self.contributions(request, contributions)) }
    }
    return sum
  }

  /// Honest steps until the program asks `query`.
  func advance(to query: String) throws {
    while try request().query.name != query { try step() }
  }

  // Ends and beginnings

  /// A new epoch in which the steps from `step` on are asked again.
  func restart(from step: Int = 1, epoch: Int? = nil) throws {
    program = try PlanProgram(study.plan, study: study.study)
    for known in verified where known.step < step { try program.absorb(known.sum) }
    nextStep = step
    try setUp(epoch)
  }

  /// Another run of the same plan: the journals stay.
  func beginRun(_ run: String) throws {
    self.run = run
    for site in sites { try site.restart(frame: frame(site.index)) }
    program = try PlanProgram(study.plan, study: study.study)
    nextStep = 1
  }
}
