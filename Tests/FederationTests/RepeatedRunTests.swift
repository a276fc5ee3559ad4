import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A plan that is run again")
struct RepeatedRunTests {
  private static let second = String(repeating: "0f", count: 16)

  @Test("repeats its queries and its answers within one budget, and finds the same model")
  func again() throws {
    let steps = try Self.stepsOfAWholeRun()
    let bench = try Bench(SmallStudy.drawn(mostSteps: steps))
    var first = try Carrier(bench)
    #expect(first.run() == .finished)
    try bench.beginRun(Self.second)
    var second = try Carrier(bench, epoch: first.coordinator.epoch)
    #expect(second.run() == .finished)
    #expect(second.model == first.model && second.saved == first.saved)
    for site in bench.sites {
      let entries = site.steps
      #expect(entries.count == 2 * steps)
      #expect(entries.prefix(steps).map(\.run) == Array(repeating: Bench.run, count: steps))
      #expect(entries.suffix(steps).map(\.run) == Array(repeating: Self.second, count: steps))
      #expect(entries.prefix(steps).map(\.queryDigest) == entries.suffix(steps).map(\.queryDigest))
      #expect(entries.prefix(steps).map(\.contribution) == entries.suffix(steps).map(\.contribution))
    }
  }

  @Test("begins above every epoch that a site remembers, though the coordinator forgot them")
  func forgottenEpoch() throws {
    let bench = try Bench(SmallStudy.drawn())
    _ = try bench.openEpoch(7)
    try bench.beginRun(Self.second)
    var carrier = try Carrier(bench)
    #expect(carrier.run() == .finished)
    #expect(carrier.coordinator.epoch == 8)
  }

  @Test("ends where the budget is one step short, before that step is asked")
  func shortBudget() throws {
    let steps = try Self.stepsOfAWholeRun()
    let bench = try Bench(SmallStudy.drawn(mostSteps: steps - 1))
    var carrier = try Carrier(bench)
    carrier.run()
    #expect(
      carrier.outcome
        == .failed(
          RunFailure(
            code: "step-budget", message: "the plan's \(steps - 1) steps are used up",
            advice: "use a ridge penalty or name fewer predictors; a new plan has a new budget")))
    #expect(carrier.model == nil)
    #expect(bench.sites.allSatisfy { $0.steps.count == steps - 1 && $0.liveEpoch == nil })
  }

  private static func stepsOfAWholeRun() throws -> Int {
    var carrier = try Carrier(Bench(SmallStudy.drawn()))
    try #require(carrier.run() == .finished)
    return carrier.saved.count
  }
}

@Suite("A site that is asked again what it answered in an earlier epoch")
struct ChangedContributionTests {
  @Test(
    "withholds when its answer would be another, and sends none of it: nobody hears from whom it came",
    arguments: [1, 2, 4])
  func changed(step: Int) throws {
    let bench = try Bench(SmallStudy.drawn())
    try bench.setUp()
    while bench.nextStep <= step { try bench.step() }
    let site = bench.sites[1]
    try site.restart(
      computation: AlteredComputation(own: bench.computation(1)) { _, values in
        guard var values else { return nil }
        // A site fewer where a column varies, a row more, or a greater likelihood.
        let isSupport = values[0][0] == 1
        values[0][0] += isSupport ? -1 : 1
        return values
      })
    try bench.restart(from: step)
    let request = try bench.request()
    #expect(request.step == step)
    let told = site.tell(.step(request))
    let refusal = Refusal(
      rule: "contribution-changed",
      detail: "this site's answer to step \(step) is not what it once was, and is withheld")
    #expect(told.notes == [refusal])
    #expect(told.ended == nil && site.liveEpoch != nil)
    #expect(site.steps.last?.withheld == refusal.rule)
    guard case .contribution(_, step, let noise)? = told.sent.first, told.sent.count == 1 else {
      Issue.record("it sends something else")
      return
    }
    // The others, unchanged, answer.
    let others = try bench.sites.filter { $0.index != 1 }.map { try $0.tell(.step(request)).contribution() }
    #expect(try bench.outcome(request, others + [noise]) == .void)
    // It counts among the steps that a site withholds.
    try bench.restart(from: step)
    let again = site.tell(.step(try bench.request()))
    #expect(again.notes == [] && site.steps.last?.withheld == "withheld-this-step-before")
  }

  @Test("answers when it is the same bit for bit")
  func same() throws {
    let bench = try Bench(SmallStudy.drawn())
    try bench.setUp()
    try bench.advance(to: "newton")
    try bench.step()
    for site in bench.sites { try site.restart() }
    try bench.restart(from: 1)
    for step in 1...4 {
      #expect(bench.nextStep == step)
      #expect(try bench.step() != nil)
    }
    for site in bench.sites {
      #expect(site.steps.prefix(4).map(\.contribution) == site.steps.suffix(4).map(\.contribution))
    }
  }
}
