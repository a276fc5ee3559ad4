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
      try stream(of: site.mask([Array(repeating: Double(1 << (3 * site.index)), count: 4)], attempt))
    }
  }

  private func stream(of contribution: SignedContribution) throws -> [Konsil_V1_FromSite] {
    let event = SiteEvent.message(run: Self.run, .contribution(epoch: 1, step: 1, contribution))
    return Array(try FromSiteFramer.frames(event, vectorInHeader: 0)).flatMap(MutationTests.oneElementEach)
  }

  /// `b` of a site in an attempt.
  private func secret(_ site: Int, _ attempt: Int) -> [UInt8] {
    Digest(of: [UInt8(site), UInt8(attempt)]).bytes
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

  @Test("under tolerant is in no sum, after whichever chunk: the next attempt is over the others, and exact")
  func tolerant() throws {
    for lost in 0..<4 {
      let frames = try lose(lost, after: 0)
      #expect(frames > 4)
      for cut in 1..<frames { _ = try lose(lost, after: cut) }
    }
  }

  /// Loses a site after so many of its frames.
  ///
  /// - Returns: how many its vector has.
  private func lose(_ lost: Int, after cut: Int) throws -> Int {
    let fixture = try SetupFixture(sites: 4)
    let names = fixture.roster.sites
    let sites = try fixture.masking(seed: 1)
    let all = fixture.attempt(try sites[0].setup, step: 1, query)
    let streams = try sites.map { site in
      try site.begin(elements: Array(repeating: 1 << UInt64(3 * site.index), count: 4), step: 1, query)
      return try stream(of: site.send(all, secret: secret(site.index, 0), threshold: 3))
    }
    var first = MaskedSum(all, roster: fixture.roster, threshold: 3)
    var assemblers = streams.map { _ in FromSiteAssembler(pendingLimit: 1 << 20) }
    for site in 0..<4 {
      for frame in site == lost ? streams[site].prefix(cut) : streams[site][...] {
        if let whole = contribution(try assemblers[site].accept(frame)) { try first.add(whole) }
      }
    }
    #expect(first.missing == [names[lost]])
    #expect(throws: ProtocolFault.self) { try first.deliveries(to: names[(lost + 1) % 4]) }

    let others = sites.filter { $0.index != lost }
    let again = fixture.attempt(
      all.setup, step: 1, query, number: 1, sites: others.map(\.name))
    var second = MaskedSum(again, roster: fixture.roster, threshold: 3)
    for site in others {
      try second.add(site.send(again, secret: secret(site.index, 1), threshold: 3))
    }
    // What is left of the lost site's vector comes late.
    for frame in streams[lost].dropFirst(cut) {
      guard let late = contribution(try assemblers[lost].accept(frame)) else { continue }
      #expect(throws: ProtocolFault.self) { try second.add(late) }
    }
    for site in others {
      guard case .opening(let shares) = try site.answer(second.deliveries(to: site.name), again.digest)
      else { throw FixtureError() }
      try second.add(shares)
    }
    let sum = UInt64(0o1111 - 1 << (3 * lost))
    #expect(try second.outcome() == .sum(Array(repeating: sum, count: 4)), "\(lost), \(cut)")
    return streams[lost].count
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
