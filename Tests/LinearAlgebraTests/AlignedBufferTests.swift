import LinearAlgebra
import Testing

#if os(Linux)
  import Foundation
#endif

@Suite("An aligned buffer, of the heap or of pages of its own")
struct AlignedBufferTests {
  /// Around the least that has pages of its own, and around a page.
  static let counts: [Int] = {
    let ownPages = AlignedBuffer.ownPages / MemoryLayout<Double>.stride
    return [0, 1, 7, 8, 511, 512, 513, ownPages - 1, ownPages, ownPages + 1, 3 * ownPages + 5]
  }()

  @Test("lies on the boundary and is zero at first, whatever lay there before", arguments: counts)
  func zeros(count: Int) {
    for _ in 0..<3 {
      let buffer = AlignedBuffer(count: count)
      #expect(buffer.count == count)
      #expect(Int(bitPattern: buffer.start).isMultiple(of: AlignedBuffer.alignment))
      #expect(buffer.array(count).allSatisfy { $0.bitPattern == 0 })
      buffer.start.update(repeating: -.greatestFiniteMagnitude, count: count)
    }
  }

  @Test("keeps what it was given, and a copy shares nothing with it", arguments: counts)
  func contents(count: Int) {
    var numbers = SeededNumbers(seed: UInt64(count))
    let values = numbers.vector(count)
    let buffer = AlignedBuffer(values)
    let copy = buffer.copy()
    #expect(Int(bitPattern: copy.start).isMultiple(of: AlignedBuffer.alignment))
    copy.start.update(repeating: 2, count: count)
    #expect(buffer.array(count) == values)
    #expect(buffer.array(count + 1) == values)
    #expect(buffer.array(count / 2) == Array(values.prefix(count / 2)))
    #expect(copy.array(count).allSatisfy { $0 == 2 })
  }

  #if os(Linux)
    private final class Holder {
      let buffer: AlignedBuffer

      /// Every double is written, so every page is there.
      init(bytes: Int) {
        buffer = AlignedBuffer(count: bytes / MemoryLayout<Double>.stride)
        buffer.start.update(repeating: 1, count: buffer.count)
      }
    }

    @Test("gives its pages back to the system, though small things were made after it")
    func givenBack() throws {
      let (each, number) = (AlignedBuffer.ownPages, 256)
      // From here on the C library's heap keeps what is of this size and freed.
      let kept = try #require(malloc(31 << 20))
      memset(kept, 1, 31 << 20)
      free(kept)
      let before = try residentMemory()
      var holders: [Holder] = []
      var small: [[UInt8]] = []
      for _ in 0..<number {
        holders.append(Holder(bytes: each))
        small.append([UInt8](repeating: 1, count: 4096))
      }
      let held = try residentMemory() - before
      // What tests beside this one take or give meanwhile stays far below.
      #expect(held > each * number / 2)
      holders = []
      #expect(try residentMemory() - before < held - each * number / 2)
      #expect(small.count == number)
    }

    /// Bytes of this process that are in memory (proc(5), `statm`, in pages).
    private func residentMemory() throws -> Int {
      let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      return pages * sysconf(Int32(_SC_PAGESIZE))
    }
  #endif
}
