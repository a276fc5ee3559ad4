#if canImport(Glibc)
  import Glibc

  /// Looks for bytes in all memory that this process can write to, as a thief of it would: heap, freed heap and
  /// stacks. Linux only (`/proc/self`).
  package final class ProcessMemory {
    private static let windowSize = 1 << 20
    private static let secretSize = 4096

    /// What is read, and in its last page what is looked for.
    private let own: UnsafeMutableRawPointer
    private let file: Int32

    package init() throws {
      let size = Self.windowSize + Self.secretSize
      guard
        let own = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        own != MAP_FAILED
      else { throw FixtureError() }
      self.own = own
      file = open("/proc/self/mem", O_RDONLY)
      guard file >= 0 else { throw FixtureError() }
    }

    deinit {
      munmap(own, Self.windowSize + Self.secretSize)
      close(file)
    }

    /// How often the second half of `secret` stands in memory, this object's own copy aside. The first half would
    /// not do: an allocator writes over the first bytes of what is freed.
    package func occurrences(of secret: MaskedSecret) throws -> Int {
      guard secret.count <= Self.secretSize else { throw FixtureError() }
      let regions = try Self.writableRegions()
      let revealed = own + Self.windowSize
      secret.reveal(at: revealed)
      defer { memset(own, 0, Self.windowSize + Self.secretSize) }
      let half = secret.count / 2
      return regions.reduce(0) { $0 + occurrences(in: $1, revealed + half, secret.count - half) }
    }

    private func occurrences(
      in region: Range<UInt>, _ wanted: UnsafeMutableRawPointer, _ count: Int
    ) -> Int {
      let ownRange = UInt(bitPattern: own)..<UInt(bitPattern: own) + UInt(Self.windowSize + Self.secretSize)
      var found = 0
      var position = region.lowerBound
      while position < region.upperBound {
        let read = pread(
          file, own, min(Self.windowSize, Int(region.upperBound - position)), off_t(bitPattern: position))
        guard read >= count else { break }
        var from = own
        while let next = memchr(from, Int32(wanted.load(as: UInt8.self)), read - (from - own)) {
          let place = next - own
          if read - place >= count, memcmp(next, wanted, count) == 0,
            !ownRange.contains(position + UInt(place))
          {
            found += 1
          }
          from = next + 1
        }
        // Windows overlap, so that nothing is missed between two.
        position += UInt(read - count + 1)
      }
      return found
    }

    private static func writableRegions() throws -> [Range<UInt>] {
      guard let maps = fopen("/proc/self/maps", "r") else { throw FixtureError() }
      defer { fclose(maps) }
      var regions: [Range<UInt>] = []
      var line = [CChar](repeating: 0, count: 8192)
      while fgets(&line, Int32(line.count), maps) != nil {
        let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
          .split(separator: " ")
        guard words.count > 1, words[1].hasPrefix("rw") else { continue }
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        if ends.count == 2, ends[0] < ends[1] { regions.append(ends[0]..<ends[1]) }
      }
      return regions
    }
  }
#endif
