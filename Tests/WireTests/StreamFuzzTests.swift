import SwiftProtobuf
import Testing
import Wire

/// A million damaged streams from seeds. What they found is kept as cases of `OutOfPlaceTests` and the field tests.
@Suite("A million damaged streams give errors or events, never a trap")
struct StreamFuzzTests {
  private static let inputs = 62_500

  /// Damages one of the frames, or the order in which they come.
  private static func damaged(_ frames: [[UInt8]], _ other: [[UInt8]], _ numbers: inout SeededNumbers)
    -> [[UInt8]]
  {
    var frames = frames
    let place = numbers.number(0...frames.count - 1)
    let stray = other[numbers.number(0...other.count - 1)]
    switch numbers.number(0...9) {
    case 0: frames.insert(stray, at: place)
    case 1: frames.swapAt(place, frames.count - 1)
    case 2 where frames.count > 1: frames.remove(at: place)
    default: frames[place] = numbers.mutated(frames[place], other: stray)
    }
    return frames
  }

  @Test("from a site", arguments: UInt64(1)...8)
  func fromSite(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var sound: [[[UInt8]]] = []
    var (events, errors) = (0, 0)
    for round in 0..<Self.inputs {
      if round % 2_500 == 0 {
        sound = try numbers.siteEvents(vector: 2).map { try Passage.bytes($0, vectorInHeader: round % 5_000) }
      }
      let other = sound[numbers.number(0...sound.count - 1)]
      var assembler = FromSiteAssembler(pendingLimit: 1 << 16)
      do {
        for frame in Self.damaged(sound[round % sound.count], other, &numbers) {
          if try assembler.accept(try Konsil_V1_FromSite(serializedBytes: frame)) != nil { events += 1 }
        }
        try assembler.finish()
      } catch {
        errors += 1
      }
    }
    #expect(events > Self.inputs / 20 && errors > Self.inputs / 20, "seed \(seed): \(events), \(errors)")
  }

  @Test("from the coordinator", arguments: UInt64(1)...8)
  func fromCoordinator(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed + 100)
    var sound: [[[UInt8]]] = []
    var (events, errors) = (0, 0)
    for round in 0..<Self.inputs {
      if round % 2_500 == 0 {
        sound = try numbers.coordinatorEvents(vector: 2).map {
          try Passage.bytes($0, vectorInHeader: round % 5_000)
        }
      }
      let other = sound[numbers.number(0...sound.count - 1)]
      var assembler = ToSiteAssembler(pendingLimit: 1 << 16)
      do {
        for frame in Self.damaged(sound[round % sound.count], other, &numbers) {
          if try assembler.accept(try Konsil_V1_ToSite(serializedBytes: frame)) != nil { events += 1 }
        }
        try assembler.finish()
      } catch {
        errors += 1
      }
    }
    #expect(events > Self.inputs / 20 && errors > Self.inputs / 20, "seed \(seed): \(events), \(errors)")
  }
}
