import Federation
import KonsilTesting
import Simulation
import Testing

@Suite("The order of the sites")
struct SiteOrderTests {
  @Test("changes no integer of any sum and no bit of the model")
  func anyOrder() throws {
    let sites = IBDRecords(rows: 360, seed: 8).sites([60, 80, 100, 120])
    let reference = try ibdFederation(sites)
    let model = try reference.fittedModel()
    for order in Self.permutations(Array(sites.indices)).dropFirst() {
      let federation = try ibdFederation(order.map { sites[$0] })
      #expect(try federation.fittedModel() == model, "order \(order)")
      #expect(federation.saved == reference.saved, "order \(order)")
    }
  }

  @Test("in which their answers come changes nothing either", arguments: UInt64(1)...5)
  func anyArrival(seed: UInt64) throws {
    let study = try SmallStudy.drawn(sites: 5)
    let reference = try study.federation()
    let model = try reference.fittedModel()
    let federation = try study.federation()
    var random = SeededRandom(seed: seed)
    while federation.deliverAny(using: &random) {}
    #expect(federation.outcome == .finished && federation.model == .logistic(model), "seed \(seed)")
    #expect(federation.saved == reference.saved, "seed \(seed)")
  }

  private static func permutations(_ items: [Int]) -> [[Int]] {
    guard !items.isEmpty else { return [[]] }
    return items.flatMap { first in
      permutations(items.filter { $0 != first }).map { [first] + $0 }
    }
  }
}
