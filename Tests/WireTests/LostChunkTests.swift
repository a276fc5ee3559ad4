import Federation
import KonsilTesting
import Queries
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

@Suite("A vector of which a part was lost on the way")
struct LostChunkTests {
  private static let run = "00112233445566778899aabbccddeeff"
  private let query = Query(
    name: "powers", parameters: [], segments: [.counts("power", length: 4, bound: 1 << 20)], isVerified: false
  )

  /// What each of four sites sends in a step, one element in a chunk. Site i gives 8^i everywhere.
  private func streams(_ fixture: SetupFixture, _ attempt: Attempt) throws -> [[Konsil_V1_FromSite]] {
    try fixture.masking(seed: 1).map { site in
      let sent = try site.mask([Array(repeating: Double(1 << (3 * site.index)), count: 4)], attempt)
      let event = SiteEvent.message(run: Self.run, .contribution(epoch: 1, step: 1, sent))
      return Array(try FromSiteFramer.frames(event, vectorInHeader: 0)).flatMap(MutationTests.oneElementEach)
    }
  }

  private func contribution(_ event: SiteEvent?) -> SignedContribution? {
    guard case .message(_, .contribution(_, _, let arrived))? = event else { return nil }
    return arrived
  }

  @Test("after any of its chunks never reaches a sum, and the whole one that comes later is counted once")
  func anyChunk() throws {
    let fixture = try SetupFixture(sites: 4)
    let setup = try fixture.masking(seed: 1)[0].setup
    let attempt = fixture.attempt(setup, step: 1, query)
    let streams = try streams(fixture, attempt)
    for lost in 0..<4 {
      for cut in 0..<streams[lost].count {
        var summation = Summation(attempt, roster: fixture.roster)
        var assemblers = streams.map { _ in FromSiteAssembler(pendingLimit: 1 << 20) }
        // The sites' frames in turn, as they come over four connections.
        for place in 0..<streams[lost].count {
          for site in 0..<4 where site != lost || place < cut {
            if let whole = contribution(try assemblers[site].accept(streams[site][place])) {
              try summation.add(whole)
            }
          }
        }
        if cut > 0 { #expect(throws: WireError.self) { try assemblers[lost].finish() } }
        #expect(summation.missing == [fixture.roster.sites[lost]])
        #expect(throws: ProtocolFault.self) { try summation.outcome() }
        var again = FromSiteAssembler(pendingLimit: 1 << 20)
        for frame in streams[lost] {
          if let whole = contribution(try again.accept(frame)) { try summation.add(whole) }
        }
        #expect(try summation.outcome() == .sum(Array(repeating: 0o1111, count: 4)), "\(lost), \(cut)")
      }
    }
  }

  @Test("is not completed by chunks of another site or of another step")
  func otherChunks() throws {
    let fixture = try SetupFixture(sites: 4)
    let setup = try fixture.masking(seed: 1)[0].setup
    let attempt = fixture.attempt(setup, step: 1, query)
    let streams = try streams(fixture, attempt)
    var summation = Summation(attempt, roster: fixture.roster)
    var assembler = FromSiteAssembler(pendingLimit: 1 << 20)
    let mixed = streams[0].prefix(3) + streams[1].dropFirst(3)
    var arrived: SignedContribution?
    for frame in mixed { arrived = contribution(try assembler.accept(frame)) ?? arrived }
    let whole = try #require(arrived)
    let fault = #expect(throws: ProtocolFault.self) { try summation.add(whole) }
    #expect(fault?.code == .badSignature && fault?.site == fixture.roster.sites[0])
    #expect(summation.missing.count == 4)
  }
}
