import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("No key is used twice")
struct SingleUseTests {
  private static let later = String(repeating: "0b", count: 16)

  private func step(_ bench: Bench, _ watch: inout KeyWatch) throws {
    let request = try bench.request()
    let vectors = try bench.answers(request)
    try watch.take(request, vectors, bench)
    try bench.absorb(request, vectors)
    if request.query.isVerified {
      for site in bench.sites { _ = site.tell(bench.contributions(request, vectors)) }
    }
    try watch.endStep(request.step)
  }

  @Test("over steps, epochs, a restart and another run of the same plan under fixed")
  func fixed() throws {
    let secrets = WatchedSecrets()
    let bench = try Bench(SmallStudy.drawn(sites: 4), encapsulation: secrets.encapsulation)
    var watch = KeyWatch(secrets, threshold: nil)
    try bench.setUp()
    try watch.beginEpoch(bench)
    for _ in 1...5 { try step(bench, &watch) }
    try bench.restart(from: 3)
    try watch.beginEpoch(bench)
    for _ in 1...4 { try step(bench, &watch) }
    for site in bench.sites { try site.restart() }
    try bench.restart(from: 1)
    try watch.beginEpoch(bench)
    for _ in 1...3 { try step(bench, &watch) }
    try bench.beginRun(Self.later)
    try bench.setUp()
    try watch.beginEpoch(bench)
    for _ in 1...3 { try step(bench, &watch) }
    // Six pairs, fifteen steps.
    #expect(watch.uses.count == 6 * 15)
  }

  /// One step, first in an attempt over `all` that never opens where that is another, then over `those`.
  private func step(
    _ bench: Bench, _ watch: inout KeyWatch, _ all: ClosedRange<Int>? = nil, over those: ClosedRange<Int>
  ) throws {
    var request = try bench.request()
    if let all {
      request = request.with(sites: bench.named(all))
      try watch.take(request, bench.vectors(request), bench)
      request = request.with(attempt: 1)
    }
    request = request.with(sites: bench.named(those))
    let vectors = try bench.vectors(request)
    let (outcome, secrets) = try bench.opened(request, vectors, by: request.sites.suffix(5))
    try watch.take(request, vectors, secrets: secrets, bench)
    guard case .sum(let elements) = outcome else { throw FixtureError() }
    try bench.absorb(try #require(QuerySum(elements: elements, for: request.query)), of: request)
    if request.query.isVerified {
      for name in request.sites {
        let told = try bench.site(name).tell(
          .contributions(epoch: request.epoch, step: request.step, vectors, secrets: secrets))
        try #require(told.notes == [])
      }
    }
    try watch.endStep(request.step)
  }

  @Test("over attempts, steps, epochs, a restart and another run of the same plan under tolerant")
  func tolerant() throws {
    let secrets = WatchedSecrets()
    let bench = try Bench.tolerant(sites: 7, encapsulation: secrets.encapsulation)
    #expect(bench.tolerance?.threshold == 5)
    var watch = KeyWatch(secrets, threshold: 5)
    try bench.setUp()
    try watch.beginEpoch(bench)
    try step(bench, &watch, 0...6, over: 0...5)
    try step(bench, &watch, over: 0...5)
    try bench.restart(from: 2)
    try watch.beginEpoch(bench)
    for _ in 1...2 { try step(bench, &watch, over: 0...5) }
    for site in bench.sites { try site.restart() }
    try bench.restart(from: 1)
    try watch.beginEpoch(bench)
    for _ in 1...3 { try step(bench, &watch, over: 0...5) }
    try bench.beginRun(Self.later)
    try bench.setUp()
    try watch.beginEpoch(bench)
    for _ in 1...3 { try step(bench, &watch, over: 0...5) }
    // What no run has answered yet may be asked over fewer.
    try step(bench, &watch, 0...5, over: 1...5)
    try step(bench, &watch, over: 1...5)
    // Of an attempt over n: n (n - 1) / 2 masks of pairs, n masks and n sharings of the sites, n (n - 1) shares.
    let keys = ([7] + Array(repeating: 6, count: 11) + [5, 5]).map { $0 * ($0 - 1) * 3 / 2 + 2 * $0 }
    #expect(watch.uses.count == keys.reduce(0, +))
  }
}
