import Federation
import FoundationEssentials
import SwiftProtobuf
import Testing
import Wire

/// Changes of bytes as an enemy or a broken line makes them.
extension SeededNumbers {
  mutating func mutated(_ bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1...4) {
      let place = number(0...bytes.count)
      switch number(0...6) {
      case 0: bytes.insert(UInt8(number(0...255)), at: place)
      case 1: bytes.removeLast(bytes.count - place)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(number(0...40)), at: place)
      case 3: bytes.insert(contentsOf: other.dropFirst(number(0...other.count)), at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + number(0...9)))
      default:
        guard place < bytes.count else { continue }
        bytes[place] = coin() ? bytes[place] ^ (1 << UInt8(number(0...7))) : UInt8(number(0...255))
      }
    }
    return bytes
  }
}

@Suite("Damaged bytes give an error or a sound value, never a trap")
struct MutationTests {
  /// What came through must be a value that the sender could have sent: it goes through again unchanged.
  static func survive(site bytes: [UInt8]) throws -> Bool {
    guard let frame = try? Konsil_V1_FromSite(serializedBytes: bytes) else { return false }
    var assembler = FromSiteAssembler(pendingLimit: 1 << 20)
    guard let event = try? assembler.accept(frame) else { return false }
    #expect(try Passage.siteEvents(Passage.bytes(event)) == [event])
    return true
  }

  static func survive(coordinator bytes: [UInt8]) throws -> Bool {
    guard let frame = try? Konsil_V1_ToSite(serializedBytes: bytes) else { return false }
    var assembler = ToSiteAssembler(pendingLimit: 1 << 20)
    guard let event = try? assembler.accept(frame) else { return false }
    #expect(try Passage.coordinatorEvents(Passage.bytes(event)) == [event])
    return true
  }

  @Test("single messages of a site", arguments: UInt64(1)...16)
  func site(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let sound = try numbers.siteEvents(vector: 2).map(Passage.bytes)
    var survivors = 0
    for round in 0..<1_000 {
      let bytes = sound[round % sound.count][0]
      let other = sound[numbers.number(0...sound.count - 1)][0]
      if try Self.survive(site: numbers.mutated(bytes, other: other)) { survivors += 1 }
    }
    // Both outcomes are reached, or the test would show nothing.
    #expect((1..<1_000).contains(survivors), "seed \(seed)")
  }

  @Test("single messages of the coordinator", arguments: UInt64(1)...16)
  func coordinator(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let sound = try numbers.coordinatorEvents(vector: 2).map(Passage.bytes)
    var survivors = 0
    for round in 0..<1_000 {
      let bytes = sound[round % sound.count][0]
      let other = sound[numbers.number(0...sound.count - 1)][0]
      if try Self.survive(coordinator: numbers.mutated(bytes, other: other)) { survivors += 1 }
    }
    #expect((1..<1_000).contains(survivors), "seed \(seed)")
  }

  @Test("noise", arguments: UInt64(1)...8)
  func noise(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<500 {
      let bytes = numbers.bytes(numbers.number(0...60))
      _ = try Self.survive(site: bytes)
      _ = try Self.survive(coordinator: bytes)
    }
  }

  @Test("a vector's frames lost, repeated or exchanged never give another", arguments: UInt64(1)...20)
  func sequences(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let contribution = try numbers.contribution(elements: numbers.number(2...6))
    let event = SiteEvent.message(
      run: numbers.run(), .contribution(epoch: 1, step: 1, contribution))
    let sound = Array(try FromSiteFramer.frames(event, vectorInHeader: 0)).flatMap(Self.oneElementEach)
    for _ in 0..<100 {
      var frames = sound
      let (place, other) = (numbers.number(0...frames.count - 1), numbers.number(0...frames.count - 1))
      switch numbers.number(0...2) {
      case 0: frames.remove(at: place)
      case 1: frames.insert(frames[place], at: other)
      default: frames.swapAt(place, other)
      }
      var assembler = FromSiteAssembler(pendingLimit: 1 << 20)
      let arrived = frames.compactMap { try? assembler.accept($0) }
      #expect(arrived.isEmpty || arrived == [event], "seed \(seed)")
    }
  }

  /// A frame as several, if it is a chunk: one element in each.
  static func oneElementEach(_ frame: Konsil_V1_FromSite) -> [Konsil_V1_FromSite] {
    guard case .chunk(let chunk) = frame.content else { return [frame] }
    return stride(from: 0, to: chunk.elements.count, by: 8).map { place in
      var part = frame
      part.chunk.first = UInt64(place / 8)
      part.chunk.elements = chunk.elements.dropFirst(place).prefix(8)
      return part
    }
  }
}
