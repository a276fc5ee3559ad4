import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// A refused step changes nothing: the honest one is answered afterwards, and the sum opens.
@Suite("A site refuses a step")
struct StepRefusalTests {
  private func bench(_ query: String, mostSteps: Int = 60) throws -> Bench {
    let bench = try Bench(SmallStudy.drawn(mostSteps: mostSteps))
    try bench.setUp()
    try bench.advance(to: query)
    return bench
  }

  /// Expects that what was asked before was without effect.
  private func goesOn(_ bench: Bench, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try bench.step() != nil, sourceLocation: sourceLocation)
  }

  @Test("over any sites but all of the plan's, in their order")
  func otherSites() throws {
    let bench = try bench("counts")
    let honest = try bench.request()
    for sites in [[], Array(bench.names.dropLast()), bench.names.reversed(), bench.names + ["basel"]] {
      bench.sites[0].refuses(
        "wrong-roster", "the step is not over exactly all the plan's sites",
        .step(honest.with(sites: sites)))
    }
    try goesOn(bench)
  }

  @Test("that is a second attempt", arguments: [1, -1, 2])
  func secondAttempt(number: Int) throws {
    let bench = try bench("counts")
    bench.sites[0].refuses(
      "wrong-roster", "the step is not over exactly all the plan's sites",
      .step(try bench.request().with(attempt: number)))
    try goesOn(bench)
  }

  @Test("that it answered for another query, and repeats the bytes it sent for the same")
  func alreadyAnswered() throws {
    let bench = try bench("newton")
    let request = try bench.request()
    let sent = try bench.answers(request)
    let site = bench.sites[1]
    let parameters = request.query.parameters.dropFirst(2).map { $0 + 0.25 }
    site.refuses(
      "step-already-answered",
      "step \(request.step) was answered for another query or other sites",
      .step(request.with(query: try request.query.newton(at: parameters, bench))))
    site.refuses(
      "step-already-answered",
      "step \(request.step) was answered for another query or other sites",
      .step(request.with(sites: bench.names.reversed())))
    let again = site.tell(.step(request))
    #expect(try again.contribution() == sent[1] && again.written == [])
    try bench.absorb(request, sent)
    try goesOn(bench)
  }

  @Test("that had another query in an earlier epoch")
  func anotherQuery() throws {
    let bench = try bench("newton")
    let request = try bench.request()
    try bench.step()
    try bench.restart(from: request.step)
    let parameters = request.query.parameters.dropFirst(2).map { $0 + 0.25 }
    let other = try request.query.newton(at: parameters, bench)
    for site in bench.sites {
      site.refuses(
        "another-query", "step \(request.step) of this plan once had another query",
        .step(try bench.request().with(query: other)))
    }
    try goesOn(bench)
  }

  @Test("that it is to follow and has not answered so")
  func earlier() throws {
    let bench = try bench("newton")
    let request = try bench.request()
    try bench.step()
    for site in bench.sites { try site.restart() }
    bench.sites[0].refuses(
      "wrong-epoch", nil, .earlier(epoch: 1, step: request.step, request.query), isLate: true)
    try bench.restart(from: request.step + 1)
    let epoch = try bench.request().epoch
    let parameters = request.query.parameters.dropFirst(2).map { $0 + 0.25 }
    let other = try request.query.newton(at: parameters, bench)
    for site in bench.sites {
      for (step, query) in [
        (request.step, other), (request.step + 1, request.query), (0, request.query),
      ] {
        site.refuses(
          "another-query", "step \(step) is not one that this site has answered so",
          .earlier(epoch: epoch, step: step, query))
      }
      #expect(site.tell(.earlier(epoch: epoch, step: request.step, request.query)) == Told())
    }
    try goesOn(bench)
    // Sent again to one that came back, it changes nothing.
    #expect(bench.sites[0].tell(.earlier(epoch: epoch, step: request.step, other)) == Told())
  }

  @Test("of trees on a way that leaves out what it answered before")
  func leftOut() throws {
    let bench = try Bench(SmallStudy.drawn().growing(rounds: 4, depth: 2))
    try bench.setUp()
    try bench.advance(to: "tree-histograms")
    var asked: [StepRequest] = []
    for _ in 0..<4 {
      asked.append(try bench.request())
      try bench.step()
    }
    let last = try bench.request()
    for site in bench.sites { try site.restart() }
    try bench.setUp()
    let epoch = bench.epoch
    for site in bench.sites {
      let words = "step \(asked[0].step) was answered, and is left out before step"
      site.refuses("out-of-order", "\(words) \(last.step)", .step(last.with(epoch: epoch)))
      site.refuses(
        "out-of-order", "\(words) \(asked[1].step)",
        .earlier(epoch: epoch, step: asked[1].step, asked[1].query))
      for request in asked.dropLast() {
        #expect(site.tell(.earlier(epoch: epoch, step: request.step, request.query)) == Told())
      }
      site.refuses(
        "out-of-order", "step \(asked[3].step) was answered, and is left out before step \(last.step)",
        .step(last.with(epoch: epoch)))
      #expect(site.tell(.earlier(epoch: epoch, step: asked[3].step, asked[3].query)) == Told())
      // Told some of the way once more, it does not begin anew.
      for request in asked.suffix(2) {
        #expect(site.tell(.earlier(epoch: epoch, step: request.step, request.query)) == Told())
      }
      site.refuses(
        "out-of-order", "step 0 of round 0 is not what comes now",
        .step(asked[0].with(epoch: epoch, step: last.step)))
    }
    try goesOn(bench)
  }

  @Test("beyond the plan's budget, and one before the first")
  func budget() throws {
    let bench = try bench("newton", mostSteps: 5)
    try bench.step()
    let request = try bench.request()
    #expect(request.step == 6)
    bench.sites[0].refuses("step-budget", "step 6 is beyond the plan's 5", .step(request))
    for step in [0, -3, .min] {
      bench.sites[0].refuses(
        "step-budget", "step \(step) is beyond the plan's 5", .step(request.with(step: step)))
    }
    // A new epoch, and a new run of the plan, give no further step.
    try bench.restart(from: 5)
    try bench.step()
    bench.sites[0].refuses("step-budget", "step 6 is beyond the plan's 5", .step(try bench.request()))
    try bench.beginRun(String(repeating: "0d", count: 16))
    try bench.setUp()
    for _ in 1...5 { try bench.step() }
    bench.sites[0].refuses("step-budget", "step 6 is beyond the plan's 5", .step(try bench.request()))
  }

  @Test("after a gap, and one before the last of this epoch")
  func order() throws {
    let bench = try bench("newton")
    let request = try bench.request()
    let site = bench.sites[0]
    site.refuses("out-of-order", "step 6 leaves a gap", .step(request.with(step: 6)))
    site.refuses("out-of-order", "step 2 does not follow step 4", .step(request.with(step: 2)))
    // In a new epoch the journal says what comes next.
    try bench.restart(from: 5)
    site.refuses("out-of-order", "step 6 leaves a gap", .step(try bench.request().with(step: 6)))
    try goesOn(bench)
  }

  @Test("of another epoch, without a word to anyone")
  func otherEpoch() throws {
    let bench = try bench("counts")
    let request = try bench.request()
    for epoch in [0, 2, -1, .max] {
      bench.sites[0].refuses(
        "wrong-epoch", "the message is for epoch \(epoch); this site is in 1",
        .step(request.with(epoch: epoch)), isLate: true)
    }
    try goesOn(bench)
  }

  @Test("before set-up, and any message after the run has ended")
  func outsideOfTheRun() throws {
    let bench = try Bench(SmallStudy.drawn())
    let lists = try bench.exchangeKeys(bench.openEpoch())
    let site = bench.sites[2]
    let request = try bench.request()
    site.refuses("out-of-order", "a step comes after set-up", .step(request))
    #expect(site.tell(.ciphertexts(epoch: 1, bench.deliveries(lists, to: 2))) == Told())
    _ = try site.tell(.step(request)).contribution()
    #expect(site.tell(.ended(.cancelled)) == Told(ended: .cancelled))
    #expect(site.liveEpoch == nil)
    for message in [.step(request), .openEpoch(2), .ended(.finished)] as [MessageToSite] {
      site.refuses("run-over", "the run has ended at this site", message, isLate: true)
    }
  }

  @Test("whose verified sum before it has not been shown")
  func unverified() throws {
    let bench = try bench("counts")
    let request = try bench.request()
    let contributions = try bench.answers(request)
    try bench.absorb(request, contributions)
    let next = try bench.request()
    bench.sites[0].refuses("out-of-order", "“moments” is not what comes now", .step(next))
    #expect(bench.sites[0].tell(bench.contributions(request, contributions)).notes == [])
    _ = try bench.sites[0].tell(.step(next)).contribution()
  }
}

@Suite("A site that was asked another thing than the others")
struct DifferentRequestTests {
  @Test("sends noise: nothing adds up, whatever is left out")
  func anotherQuery() throws {
    let bench = try Bench(SmallStudy.drawn())
    try bench.setUp()
    try bench.advance(to: "newton")
    let request = try bench.request()
    let parameters = request.query.parameters.dropFirst(2).map { $0 + 0.25 }
    let other = request.with(query: try request.query.newton(at: parameters, bench))
    var sent = try bench.sites.dropLast().map { try $0.tell(.step(request)).contribution() }
    sent.append(try bench.sites[2].tell(.step(other)).contribution())
    #expect(throws: ProtocolFault.self) { try bench.outcome(request, sent) }
    for attempt in [request, other].map(bench.attempt) {
      #expect(try !MaskedSum.masksCancel(sent, attempt))
    }
    for few in [[0, 1], [0, 2], [1, 2], [0], [1], [2]] {
      #expect(try !MaskedSum.masksCancel(few.map { sent[$0] }, bench.attempt(request)), "\(few)")
    }
  }
}
