import Federation
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

@Suite("Vectors are cut into chunks and put together again")
struct VectorPassageTests {
  static let run = "00112233445566778899aabbccddeeff"

  static func siteEvent(elements: Int) throws -> SiteEvent {
    var numbers = SeededNumbers(seed: UInt64(elements))
    return .message(
      run: run, .contribution(epoch: 2, step: 7, try numbers.contribution(elements: elements)))
  }

  @Test("at every boundary", arguments: [0, 1, 131_071, 131_072, 131_073, 300_000])
  func boundaries(elements: Int) throws {
    let event = try Self.siteEvent(elements: elements)
    let frames = try Passage.bytes(event)
    #expect(frames.count == 1 + (elements + 131_071) / 131_072)
    #expect(frames.allSatisfy { $0.count <= WireLimits.streamMessage })
    #expect(WireLimits.streamMessage == 1_114_112)
    #expect(try Passage.siteEvents(frames) == [event])
  }

  @Test("a list of vectors of every length, the last one empty too")
  func lists() throws {
    var numbers = SeededNumbers(seed: 3)
    for lengths in [[], [0], [0, 0], [1, 0], [0, 1], [131_073, 0, 131_072, 2]] {
      let event = CoordinatorEvent.message(
        run: Self.run,
        .contributions(
          epoch: 1, step: 2, try lengths.map { try numbers.contribution(elements: $0) }))
      let frames = try Passage.bytes(event)
      #expect(frames.count == 1 + lengths.map { 1 + ($0 + 131_071) / 131_072 }.reduce(0, +))
      #expect(try Passage.coordinatorEvents(frames) == [event], "lengths \(lengths)")
    }
  }

  @Test("a short vector travels in its header", arguments: [0, 1, 8_192, 8_193])
  func inHeader(elements: Int) throws {
    let event = try Self.siteEvent(elements: elements)
    let frames = try Passage.bytes(event, vectorInHeader: WireLimits.vectorInHeader)
    #expect(frames.count == (elements <= 8_192 ? 1 : 2))
    #expect(try Passage.siteEvents(frames) == [event])
  }

  @Test("short and long ones in one list")
  func listInHeaders() throws {
    var numbers = SeededNumbers(seed: 4)
    let event = CoordinatorEvent.message(
      run: Self.run,
      .contributions(
        epoch: 1, step: 2, try [3, 0, 9_000, 8_192].map { try numbers.contribution(elements: $0) }))
    let frames = try Passage.bytes(event, vectorInHeader: WireLimits.vectorInHeader)
    #expect(frames.count == 1 + 4 + 1)
    #expect(try Passage.coordinatorEvents(frames) == [event])
  }

  @Test("a header whose chunks are not those of its vector is refused")
  func spoiltHeader() throws {
    let sound = try #require(Array(try FromSiteFramer.frames(try Self.siteEvent(elements: 5))).first)
    func refusal(_ spoil: (inout Konsil_V1_ContributionHeader) -> Void) -> String? {
      var frame = sound
      spoil(&frame.contributionStart.contribution)
      var assembler = FromSiteAssembler(pendingLimit: Passage.limit)
      do {
        _ = try assembler.accept(frame)
        return nil
      } catch {
        return error.field
      }
    }
    let header = "contribution_start.contribution.chunks"
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.chunks[0].first = 1 } == header + "[0].first")
    #expect(refusal { $0.chunks.append($0.chunks[0]) } == header + "[1].first")
    #expect(refusal { $0.chunks[0].elements.append(0) } == header + "[0].elements")
    #expect(refusal { $0.rings[0].count = 4 } == header + "[0].elements")
    #expect(refusal { $0.chunks = Array(repeating: $0.chunks[0], count: WireLimits.rings + 1) } == header)
  }

  @Test("frames are made one at a time and can be asked for again")
  func lazy() throws {
    let frames = try FromSiteFramer.frames(try Self.siteEvent(elements: 131_073))
    var first = frames
    #expect(first.next()?.contributionStart.contribution.rings[0].count == 131_073)
    #expect(first.next()?.chunk.elements.count == 1 << 20)
    #expect(first.next()?.chunk.first == 131_072)
    #expect(first.next() == nil)
    #expect(first.next() == nil)
    #expect(Array(frames).count == 3)
  }

  @Test("smaller chunks are taken as well")
  func smallChunks() throws {
    let event = try Self.siteEvent(elements: 5)
    let frames = Array(try FromSiteFramer.frames(event, vectorInHeader: 0))
    var assembler = FromSiteAssembler(pendingLimit: 40)
    #expect(try assembler.accept(frames[0]) == nil)
    for place in 0..<5 {
      var part = frames[1]
      part.chunk.first = UInt64(place)
      part.chunk.elements = frames[1].chunk.elements.dropFirst(8 * place).prefix(8)
      #expect(try assembler.accept(part) == (place == 4 ? event : nil))
    }
  }

  #if os(Linux)
    @Test("an announced length takes no memory before its bytes come")
    func announcedLength() throws {
      let before = try addressSpace()
      var numbers = SeededNumbers(seed: 8)
      var start = try #require(
        Array(try FromSiteFramer.frames(try Self.siteEvent(elements: 1), vectorInHeader: 0)).first)
      start.contributionStart.contribution.rings[0].count = 1 << 27
      var chunk = Konsil_V1_FromSite()
      chunk.chunk.first = 0
      chunk.chunk.elements.append(contentsOf: numbers.bytes(8))
      var assemblers: [FromSiteAssembler] = []
      for _ in 0..<64 {
        var assembler = FromSiteAssembler(pendingLimit: 1 << 30)
        #expect(try assembler.accept(start) == nil)
        #expect(try assembler.accept(chunk) == nil)
        assemblers.append(assembler)
      }
      // 64 announced GiB; the tests that run beside this one stay far below 8.
      #expect(try addressSpace() - before < 8 << 30)
      #expect(assemblers.count == 64)
    }
  #endif
}
