import Federation
import FoundationEssentials
import SecureAggregation
import SwiftProtobuf
import Testing
import Wire

/// One change of a sound list of frames, and the field that the error names.
struct Disorder<Frame: Sendable>: Sendable, CustomTestStringConvertible {
  let name: String
  let field: String
  let change: @Sendable (inout [Frame]) -> Void

  init(_ name: String, _ field: String, _ change: @escaping @Sendable (inout [Frame]) -> Void) {
    self.name = name
    self.field = field
    self.change = change
  }

  var testDescription: String { name }
}

@Suite("Frames out of place are refused")
struct OutOfPlaceTests {
  static let hello = SiteEvent.hello(version: 1, software: "agent", live: [:])
  static let welcome = CoordinatorEvent.welcome(version: 1, time: Instant(milliseconds: 0))

  /// A start and three chunks of 131,072, 131,072 and 37,856 elements.
  static func siteFrames() throws -> [Konsil_V1_FromSite] {
    Array(try FromSiteFramer.frames(try VectorPassageTests.siteEvent(elements: 300_000)))
  }

  static let siteDisorders: [Disorder<Konsil_V1_FromSite>] = [
    Disorder("no start", "chunk") { $0.removeFirst() },
    Disorder("first chunk left out", "chunk.first") { $0.remove(at: 1) },
    Disorder("middle chunk left out", "chunk.first") { $0.remove(at: 2) },
    Disorder("last chunk left out", "content") { $0.removeLast() },
    Disorder("a chunk twice", "chunk.first") { $0.insert($0[1], at: 2) },
    Disorder("the last chunk twice", "chunk") { $0.append($0[3]) },
    Disorder("chunks of equal size exchanged", "chunk.first") { $0.swapAt(1, 2) },
    Disorder("the whole backwards", "chunk") { $0.reverse() },
    Disorder("a start inside a vector", "content") { $0.insert($0[0], at: 2) },
    Disorder("a greeting inside a vector", "content") {
      var frame = Konsil_V1_FromSite()
      frame.hello.protocolVersion = 1
      frame.hello.software = "agent"
      $0.insert(frame, at: 3)
    },
    Disorder("an unknown kind inside a vector", "content") { $0.insert(Konsil_V1_FromSite(), at: 1) },
    Disorder("a chunk one byte short", "chunk.elements") { $0[1].chunk.elements.removeLast() },
    Disorder("a chunk one element short", "chunk.first") { $0[1].chunk.elements.removeLast(8) },
    Disorder("a chunk one byte long", "chunk.elements") { $0[3].chunk.elements.append(0) },
    Disorder("the last chunk one element long", "chunk.elements") {
      $0[3].chunk.elements.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
    },
    Disorder("a chunk one element above the most", "chunk.elements") {
      $0[1].chunk.elements.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
    },
    Disorder("a chunk without elements", "chunk.elements") { $0[2].chunk.elements = .init() },
    Disorder("a chunk without its place", "chunk.first") { $0[1].chunk.clearFirst() },
    Disorder("a place beyond all numbers", "chunk.first") { $0[2].chunk.first = .max },
    Disorder("a shorter length announced", "chunk.elements") {
      $0[0].contributionStart.contribution.rings[0].count -= 1
    },
    Disorder("a longer length announced", "content") {
      $0[0].contributionStart.contribution.rings[0].count += 1
    },
    Disorder("a ring without elements announced", "contribution_start.contribution.rings[0].count") {
      $0[0].contributionStart.contribution.rings[0].count = 0
    },
    Disorder("a length of 2^27 + 1", "contribution_start.contribution.rings[0].count") {
      $0[0].contributionStart.contribution.rings[0].count = 1 << 27 + 1
    },
    Disorder("a ring after one of the greatest length", "contribution_start.contribution.rings[1].count") {
      $0[0].contributionStart.contribution.rings[0].count = 1 << 27
      $0[0].contributionStart.contribution.rings.append($0[0].contributionStart.contribution.rings[0])
    },
    Disorder("a ring of no width", "contribution_start.contribution.rings[0].width") {
      $0[0].contributionStart.contribution.rings[0].width = 0
    },
    Disorder("a ring of 60 bits", "contribution_start.contribution.rings[0].width") {
      $0[0].contributionStart.contribution.rings[0].width = 60
    },
    Disorder("a ring of more bits than there are", "contribution_start.contribution.rings[0].width") {
      $0[0].contributionStart.contribution.rings[0].width = .max
    },
    Disorder("a length beyond all numbers", "contribution_start.contribution.rings[0].count") {
      $0[0].contributionStart.contribution.rings[0].count = .max
    },
  ]

  @Test("from a site", arguments: siteDisorders)
  func fromSite(_ disorder: Disorder<Konsil_V1_FromSite>) throws {
    var frames = try Self.siteFrames()
    disorder.change(&frames)
    let error = #expect(throws: WireError.self) {
      _ = try Passage.siteEvents(frames.map { try $0.serializedBytes() }, limit: 1 << 31)
    }
    #expect(error?.field == disorder.field)
  }

  /// A start, then headers and chunks of 2, 0 and 3 elements.
  static func coordinatorFrames() throws -> [Konsil_V1_ToSite] {
    var numbers = SeededNumbers(seed: 12)
    let contributions = try [2, 0, 3].map { try numbers.contribution(elements: $0) }
    return Array(
      try ToSiteFramer.frames(
        .message(
          run: VectorPassageTests.run, .contributions(epoch: 1, step: 2, contributions)), vectorInHeader: 0))
  }

  static let coordinatorDisorders: [Disorder<Konsil_V1_ToSite>] = [
    Disorder("no start", "contribution") { $0.removeFirst() },
    Disorder("a chunk first", "chunk") { $0.removeFirst(2) },
    Disorder("first header left out", "chunk") { $0.remove(at: 1) },
    Disorder("empty vector's header left out", "content") { $0.remove(at: 3) },
    Disorder("first chunk left out", "content") { $0.remove(at: 2) },
    Disorder("last chunk left out", "content") { $0.removeLast() },
    Disorder("last vector left out", "content") { $0.removeLast(2) },
    Disorder("a header twice", "content") { $0.insert($0[1], at: 2) },
    Disorder("a chunk twice", "chunk") { $0.insert($0[2], at: 3) },
    Disorder("one vector too many", "contribution") { $0.append($0[3]) },
    Disorder("a start inside a list", "content") { $0.insert($0[0], at: 3) },
    Disorder("a start inside a vector", "content") { $0.insert($0[0], at: 2) },
    Disorder("an unknown kind inside a list", "content") { $0.insert(Konsil_V1_ToSite(), at: 4) },
    Disorder("a chunk one element long", "chunk.elements") {
      $0[2].chunk.elements.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
    },
    Disorder("one fewer announced", "contribution") { $0[0].contributionsStart.count -= 1 },
    Disorder("one more announced", "content") { $0[0].contributionsStart.count += 1 },
    Disorder("none announced", "contribution") { $0[0].contributionsStart.count = 0 },
    Disorder("1,001 announced", "contributions_start.count") { $0[0].contributionsStart.count = 1_001 },
    Disorder("no count", "contributions_start.count") { $0[0].contributionsStart.clearCount() },
  ]

  @Test("from the coordinator", arguments: coordinatorDisorders)
  func fromCoordinator(_ disorder: Disorder<Konsil_V1_ToSite>) throws {
    var frames = try Self.coordinatorFrames()
    disorder.change(&frames)
    let error = #expect(throws: WireError.self) {
      _ = try Passage.coordinatorEvents(frames.map { try $0.serializedBytes() })
    }
    #expect(error?.field == disorder.field)
  }

  @Test("what is pending stays below the caller's limit, over all vectors of a list")
  func pendingLimit() throws {
    let site = try Passage.bytes(VectorPassageTests.siteEvent(elements: 6))
    #expect(try Passage.siteEvents(site, limit: 48).count == 1)
    let lone = #expect(throws: WireError.self) { try Passage.siteEvents(site, limit: 47) }
    #expect(lone?.field == "contribution_start.contribution.rings")

    let list = try Self.coordinatorFrames().map { try $0.serializedBytes() as [UInt8] }
    #expect(try Passage.coordinatorEvents(list, limit: 40).count == 1)
    let third = #expect(throws: WireError.self) { try Passage.coordinatorEvents(list, limit: 39) }
    #expect(third?.field == "contribution.rings")
  }

  @Test("the limit counts what is pending, not what has passed")
  func limitIsFreed() throws {
    let site = try Passage.bytes(VectorPassageTests.siteEvent(elements: 6))
    #expect(try Passage.siteEvents(site + site + site, limit: 48).count == 3)
    let list = try Self.coordinatorFrames().map { try $0.serializedBytes() as [UInt8] }
    #expect(try Passage.coordinatorEvents(list + list, limit: 40).count == 2)
  }

  @Test("after an error nothing is taken any more")
  func afterError() throws {
    var site = FromSiteAssembler(pendingLimit: 0)
    #expect(throws: WireError.self) { try site.accept(Konsil_V1_FromSite()) }
    let hello = try #require(Array(try FromSiteFramer.frames(Self.hello)).first)
    #expect(throws: WireError.self) { try site.accept(hello) }

    var coordinator = ToSiteAssembler(pendingLimit: 0)
    #expect(throws: WireError.self) { try coordinator.accept(Konsil_V1_ToSite()) }
    let welcome = try #require(Array(try ToSiteFramer.frames(Self.welcome)).first)
    #expect(throws: WireError.self) { try coordinator.accept(welcome) }
  }
}
