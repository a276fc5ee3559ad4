import Federation
import Queries
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

/// The bytes come from protoc, in protocols/wire, with the text in the comment above each:
///
///     echo 'TEXT' | protoc --encode=konsil.v1.FromSite konsil/v1/site.proto | xxd -p -c 400
@Suite("Bytes that another implementation wrote are read, and written alike")
struct PinnedBytesTests {
  static let run = "0123456789abcdef0123456789abcdef"

  // hello { protocol_version: 1 software: "konsil-agent 0.1"
  //         live { run: "0123456789abcdef0123456789abcdef" epoch: 300 } }
  @Test("a hello")
  func hello() throws {
    let bytes = try #require(
      [UInt8](
        hexadecimal: "0a3b080112106b6f6e73696c2d6167656e7420302e311a250a2030313233343536373839616263"
          + "6465663031323334353637383961626364656610ac02"))
    let event = SiteEvent.hello(version: 1, software: "konsil-agent 0.1", live: [Self.run: 300])
    #expect(try Passage.siteEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // With konsil.v1.ToSite: welcome { protocol_version: 1 time_ms: 1700000000000 }
  @Test("a welcome")
  func welcome() throws {
    let bytes = try #require([UInt8](hexadecimal: "0a0908011080d095ffbc31"))
    let event = CoordinatorEvent.welcome(version: 1, time: Instant(milliseconds: 1_700_000_000_000))
    #expect(try Passage.coordinatorEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // With konsil.v1.ToSite: step { run: "0123456789abcdef0123456789abcdef" epoch: 1 step: 2 attempt: 0
  //   sites: "basel" sites: "freiburg" sites: "luxembourg"
  //   query { name: "newton" parameters: 0.5 parameters: -2
  //           segments { name: "rows" length: 1 bound: 240 fraction_bits: 0 width: 64 } is_verified: false } }
  @Test("a step")
  func step() throws {
    let bytes = try #require(
      [UInt8](
        hexadecimal: "327a0a2030313233343536373839616263646566303132333435363738396162636465661001"
          + "180220002a05626173656c2a0866726569627572672a0a6c7578656d626f75726732330a066e"
          + "6577746f6e1210000000000000e03f00000000000000c01a150a04726f777310011900000000"
          + "00006e40200028402000"))
    let event = CoordinatorEvent.message(
      run: Self.run,
      .step(
        StepRequest(
          epoch: 1, step: 2, attempt: 0, sites: ["basel", "freiburg", "luxembourg"],
          query: Query(
            name: "newton", parameters: [0.5, -2],
            segments: [.counts("rows", length: 1, bound: 240)], isVerified: false))))
    #expect(try Passage.coordinatorEvents([bytes]) == [event])
    #expect(try Passage.bytes(event) == [bytes])
  }

  // chunk { first: 0 elements: "\010\007\006\005\004\003\002\001" }
  @Test("a chunk: the least significant byte of an element comes first")
  func chunk() throws {
    let bytes = try #require([UInt8](hexadecimal: "320c080012080807060504030201"))
    var numbers = SeededNumbers(seed: 6)
    let contribution = SignedContribution(
      site: "basel", attempt: numbers.digest(), vector: [0x0102_0304_0506_0708],
      signature: try numbers.signature())
    let event = SiteEvent.message(
      run: Self.run, .contribution(epoch: 1, step: 1, contribution))
    let frames = try Passage.bytes(event)
    #expect(frames.last == bytes)
    #expect(try Passage.siteEvents([frames[0], bytes]) == [event])
  }
}
