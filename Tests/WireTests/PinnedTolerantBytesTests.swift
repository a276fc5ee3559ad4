import Federation
import FoundationEssentials
import Queries
import SecureAggregation
import Testing
import Wire

/// Made as those of `PinnedBytesTests`. D stands for the 32 characters of the run, wherever digest or share stand;
/// a signature is DD, what is sealed their first 48.
@Suite("Bytes of `membership: tolerant` that another implementation wrote are read, and written alike")
struct PinnedTolerantBytesTests {
  private static let run = PinnedBytesTests.run
  private static let text = Array(run.utf8)
  private static let hex = text.hexadecimal

  private let digest: Digest
  private let signature: Signature
  private let sealed = Array((Self.text + Self.text).prefix(48))

  init() throws {
    digest = try #require(Digest(bytes: Self.text))
    signature = try #require(Signature(bytes: Self.text + Self.text))
  }

  /// Hexadecimal digits in which D stands for 32 bytes.
  private func bytes(_ digits: String) throws -> [UInt8] {
    try #require([UInt8](hexadecimal: digits.split(separator: " ").joined().replacing("D", with: Self.hex)))
  }

  // opening { run: D epoch: 1 step: 2 site: "basel" attempt: D shares: D shares: D }
  @Test("an opening")
  func opening() throws {
    let bytes = try bytes("429301 0a20D 1001 1802 2205626173656c 2a20D 3220D 3220D")
    let opening = OpenedShares(site: "basel", attempt: digest, shares: [Self.text, Self.text])
    let event = SiteEvent.message(run: Self.run, .opening(epoch: 1, step: 2, .opening(opening)))
    #expect(try Passage.siteEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // complaint { run: D epoch: 1 step: 2 site: "basel" attempt: D dealer: "nancy" signature: DD }
  @Test("a complaint")
  func complaint() throws {
    let bytes = try bytes("4a9801 0a20D 1001 1802 2205626173656c 2a20D 32056e616e6379 3a40DD")
    let complaint = SignedComplaint(site: "basel", attempt: digest, dealer: "nancy", signature: signature)
    let event = SiteEvent.message(run: Self.run, .opening(epoch: 1, step: 2, .complaint(complaint)))
    #expect(try Passage.siteEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // With konsil.v1.ToSite: shares { run: D epoch: 1 step: 2 attempt: D
  //   deliveries { site: "basel" digest: D sealed: (48 of DD) } }
  @Test("sealed shares")
  func shares() throws {
    let half = String(Self.hex.prefix(32))
    let bytes = try bytes(
      "5aa501 0a20D 1001 1802 2220D 2a5b 0a05626173656c 1220D 1a30D" + half)
    let delivery = ShareDelivery(site: "basel", digest: digest, sealed: sealed)
    let event = CoordinatorEvent.message(
      run: Self.run, .shares(epoch: 1, step: 2, attempt: digest, [delivery]))
    #expect(try Passage.coordinatorEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // contribution_start { run: D epoch: 1 step: 2 contribution { site: "basel" attempt: D signature: DD
  //   rings { width: 64 count: 1 } rings { width: 16 count: 2 }
  //   dealing { secret: D shares: D shares: D sealed: "" sealed: (48 of DD) }
  //   chunks { first: 0 elements: "\010\007\006\005\004\003\002\001" }
  //   chunks { first: 1 elements: "\002\001\004\003" } } }
  @Test("a contribution of two rings with its dealing, whose vector travels in its header")
  func contribution() throws {
    let half = String(Self.hex.prefix(32))
    let bytes = try bytes(
      "2ad502 0a20D 1001 1802 22ac02 0a05626173656c 1220D 1a40DD 220408401001 220408101002 "
        + "2a9a01 0a20D 1220D 1220D 1a00 1a30D" + half
        + " 320c0800 12080807060504030201 32080801 120402010403")
    let contribution = SignedContribution(
      site: "basel", attempt: digest,
      layout: VectorLayout([
        .init(width: .full, count: 1), .init(width: try #require(RingWidth(bits: 16)), count: 2),
      ]), vector: [0x0102_0304_0506_0708, 0x0102, 0x0304],
      dealing: Dealing(secret: digest, shares: [digest, digest], sealed: [[], sealed]), signature: signature)
    let event = SiteEvent.message(run: Self.run, .contribution(epoch: 1, step: 2, contribution))
    #expect(try Passage.siteEvents([bytes]) == [event])
    #expect(try Passage.bytes(event, vectorInHeader: WireLimits.vectorInHeader) == [bytes])
  }
}
