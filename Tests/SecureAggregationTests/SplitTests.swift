import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// Sites that are shown different sets of sites, the way in which a coordinator with few colluders read a site where
/// seeds of pairs are opened for lost sites.
@Suite("A coordinator that shows different V to different sites")
struct SplitTests {
  private static let query = StepValues.query(1)
  private static let seed: UInt64 = 60

  /// The honest sites of one step; the rest work with the coordinator.
  private struct Split {
    let fixture: SetupFixture
    let honest: [SetupSite]
    let setup: Digest
    var loot: Loot

    init(sites count: Int, colluders: Set<Int>) throws {
      fixture = try SetupFixture(sites: count)
      let sites = try fixture.masking(seed: SplitTests.seed)
      setup = try sites[0].setup
      honest = sites.filter { !colluders.contains($0.index) }
      for site in honest {
        try site.begin(elements: [RandomQueries.power(site.index)], step: 1, SplitTests.query)
      }
      loot = Loot(
        fixture, seed: SplitTests.seed, threshold: Threshold.least(sites: count), colluders: colluders)
    }

    func attempt(_ indices: [Int], number: Int) -> Attempt {
      fixture.attempt(
        setup, step: 1, SplitTests.query, number: number, sites: indices.map { fixture.roster.sites[$0] })
    }

    /// Asks one honest site.
    mutating func ask(_ index: Int, _ attempt: Attempt) throws {
      guard let site = honest.first(where: { $0.index == index }) else { throw FixtureError() }
      let secret = Digest(of: Array("b \(index) \(attempt.number)".utf8)).bytes
      try loot.take(try site.send(attempt, secret: secret, threshold: loot.threshold), attempt)
    }

    /// What the colluders send under an attempt: as many as they like.
    mutating func collude(_ attempt: Attempt) throws {
      for site in try fixture.masking(seed: SplitTests.seed)
      where loot.colluders.contains(site.index) && attempt.sites.contains(site.name) {
        try site.begin(elements: [0], step: 1, SplitTests.query)
        try loot.take(
          try site.send(attempt, secret: [UInt8](repeating: 1, count: 32), threshold: loot.threshold), attempt
        )
      }
    }

    /// Hands an honest site what there is of an attempt.
    ///
    /// - Returns: whether it gave its shares.
    mutating func open(_ index: Int, _ attempt: Attempt) throws -> Bool {
      guard let site = honest.first(where: { $0.index == index }) else { throw FixtureError() }
      do {
        let answer = try site.answer(loot.deliveries(to: index, attempt), attempt.digest)
        guard case .opening(let opening) = answer else { return false }
        loot.take(opening)
        return true
      } catch is ProtocolFault {
        return false
      }
    }

    /// The attempts in which some honest site's own mask can be taken away.
    var opened: [Attempt] {
      loot.attempts.filter { name, _ in honest.contains { loot.secret(of: $0.index, name) != nil } }.map(
        \.value)
    }

    /// Checks that no vector of a site alone shows what the site put in.
    func expectNothingAlone() throws {
      for name in loot.attempts.keys {
        for site in honest where loot.sent[name]?[site.index] != nil {
          #expect(try loot.residue(of: site.index, name)[0] != RandomQueries.power(site.index))
        }
      }
    }
  }

  @Test("gets nothing of A on four sites: A sees {A, B, D}, B and C see all, D colludes")
  func vSplit() throws {
    // Everyone answers what it can, whichever the coordinator asks for first.
    for asksAllFirst in [false, true] {
      var split = try Split(sites: 4, colluders: [3])
      let all = split.attempt([0, 1, 2, 3], number: 0)
      let some = split.attempt([0, 1, 3], number: 1)
      if asksAllFirst { try split.ask(0, all) }
      try split.ask(0, some)
      try split.ask(1, all)
      try split.ask(2, all)
      try split.collude(all)
      try split.collude(some)
      // What there is of A's shares for all does not open to A any more; B and C have nothing of the other.
      #expect(try !split.open(0, all))
      #expect(try !split.open(0, some))
      #expect(try !split.open(1, some))
      #expect(try !split.open(2, some))
      let answers = [try split.open(1, all), try split.open(2, all)]
      #expect(answers == [asksAllFirst, asksAllFirst])
      // With A's vector for all, B, C and D open the sum over all: it is the one sum, and over all honest sites.
      #expect(split.opened.map(\.sites) == (asksAllFirst ? [all.sites] : []))
      try split.expectNothingAlone()
      guard asksAllFirst else { continue }
      let residues = try (0..<3).map { try split.loot.residue(of: $0, all.digest)[0] }
      #expect(residues.reduce(0, &+) == 1 + 3 + 9)
    }
  }

  @Test("gets nothing on seven sites: five honest ones are each told to leave out another pair")
  func uSplit() throws {
    let pairs = [[1, 2], [2, 3], [3, 4], [4, 0], [0, 1]]
    // Those in `stay` are not asked a second time.
    for bits in 0..<32 {
      let stay = Set((0..<5).filter { bits >> $0 & 1 == 1 })
      var split = try Split(sites: 7, colluders: [5, 6])
      let all = split.attempt(Array(0..<7), number: 0)
      let others = pairs.map { pair in split.attempt((0..<7).filter { !pair.contains($0) }, number: 1) }
      for index in 0..<5 { try split.ask(index, all) }
      try split.collude(all)
      for index in 0..<5 where !stay.contains(index) {
        try split.ask(index, others[index])
        try split.collude(others[index])
      }
      for index in 0..<5 {
        #expect(try split.open(index, all) == stay.contains(index))
        if !stay.contains(index) { #expect(try !split.open(index, others[index])) }
      }
      // t is 5: three who stayed and the two colluders open the one sum over all five honest sites.
      #expect(split.opened.map(\.sites) == (stay.count >= 3 ? [all.sites] : []), "\(stay)")
      try split.expectNothingAlone()
    }
  }

  @Test(
    "opens one attempt of a step at the most, and that over t - n_c honest sites or more, whatever it asks",
    arguments: 0..<UInt64(8))
  func search(part: UInt64) throws {
    runCases(part * 100..<(part + 1) * 100) { seed in
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 4...9, using: &random)
      let colluding = Threshold.mostColluding(sites: count)
      let colluders = Set((0..<count).shuffled(using: &random).prefix(colluding))
      var split = try Split(sites: count, colluders: colluders)
      let threshold = split.loot.threshold
      // Few different V, so that some attempts are asked of enough sites.
      var choices = [Array(0..<count)]
      for _ in 0..<4 {
        let from = choices[Int.random(in: 0..<choices.count, using: &random)]
        guard from.count > threshold else { continue }
        choices.append(
          from.shuffled(using: &random).prefix(Int.random(in: threshold..<from.count, using: &random))
            .sorted())
      }
      let attempts = choices.enumerated().map { split.attempt($1, number: $0) }
      for attempt in attempts { try split.collude(attempt) }
      for _ in 0..<60 {
        let site = split.honest[Int.random(in: 0..<split.honest.count, using: &random)].index
        // First asking, then opening.
        let attempt = attempts[Int.random(in: 0..<attempts.count, using: &random)]
        if Int.random(in: 0..<3, using: &random) > 0 {
          do { try split.ask(site, attempt) } catch is ProtocolFault {}
        } else if attempt.sites.allSatisfy({
          split.loot.sent[attempt.digest]?[split.fixture.roster.index(of: $0) ?? -1] != nil
        }) {
          _ = try split.open(site, attempt)
        }
      }
      for attempt in attempts.shuffled(using: &random) {
        for site in split.honest.shuffled(using: &random) { _ = try split.open(site.index, attempt) }
      }
      let opened = split.opened
      guard opened.count <= 1 else { throw CaseFailure("\(opened.count) attempts opened") }
      guard let attempt = opened.first else { return }
      let honest = attempt.sites.compactMap(split.fixture.roster.index(of:)).filter {
        !colluders.contains($0)
      }
      guard honest.count >= threshold - colluding else { throw CaseFailure("\(honest.count) honest sites") }
      let residues = try honest.map { try split.loot.residue(of: $0, attempt.digest)[0] }
      guard residues.reduce(0, &+) == honest.map(RandomQueries.power).reduce(0, +) else {
        throw CaseFailure("the residues are not the sum over the honest sites")
      }
      for (site, residue) in zip(honest, residues) where residue == RandomQueries.power(site) {
        throw CaseFailure("site \(site) is read")
      }
    }
  }
}
