import Federation
import Queries
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

@Suite("What goes through the stream arrives as it was")
struct StreamRoundTripTests {
  @Test("every event of a site", arguments: UInt64(1)...60)
  func siteEvents(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let events = try numbers.siteEvents(vector: numbers.number(0...300))
    for event in events {
      #expect(try Passage.siteEvents(Passage.bytes(event)) == [event], "seed \(seed)")
    }
    let all = try events.flatMap(Passage.bytes)
    #expect(try Passage.siteEvents(all) == events, "seed \(seed), one stream")
  }

  @Test("every event of the coordinator", arguments: UInt64(1)...60)
  func coordinatorEvents(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let events = try numbers.coordinatorEvents(vector: numbers.number(0...300))
    for event in events {
      #expect(try Passage.coordinatorEvents(Passage.bytes(event)) == [event], "seed \(seed)")
    }
    let all = try events.flatMap(Passage.bytes)
    #expect(try Passage.coordinatorEvents(all) == events, "seed \(seed), one stream")
  }

  @Test("a query keeps its digest, so the bit patterns of its numbers", arguments: UInt64(1)...60)
  func queryDigest(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let request = try numbers.stepRequest()
    let frames = try Passage.bytes(.message(run: numbers.run(), .step(request)))
    guard case .message(_, .step(let arrived)) = try Passage.coordinatorEvents(frames).first else {
      Issue.record("seed \(seed): no step arrived")
      return
    }
    #expect(Attempt.digest(of: arrived.query) == Attempt.digest(of: request.query), "seed \(seed)")
  }
}
