#if canImport(Glibc)
  import Glibc
  import Synchronization

  /// Looks for bytes in all memory that this process can write to, as a thief of it would: heap, freed heap and
  /// stacks. Linux only (`/proc/self`). Looking allocates nothing, lest it overwrite what it looks for.
  package final class ProcessMemory {
    private static let windowSize = 1 << 20
    private static let secretSize = 4096
    private static let ownSize = windowSize + secretSize
    private static let mostRegions = 16384
    /// One looks at a time: what another has read is memory, too, and may hold what this one looks for.
    private static let looking = Mutex(())

    /// What is read, and in its last page what is looked for.
    private let own: UnsafeMutableRawPointer
    private let file: Int32
    private var regions: [Range<UInt>] = []

    package init() throws {
      guard
        let own = mmap(nil, Self.ownSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        own != MAP_FAILED
      else { throw FixtureError() }
      self.own = own
      file = open("/proc/self/mem", O_RDONLY)
      guard file >= 0 else { throw FixtureError() }
      regions.reserveCapacity(Self.mostRegions)
    }

    deinit {
      munmap(own, Self.ownSize)
      close(file)
    }

    /// How often the second half of `secret` stands in memory, this object's own copy aside. The first half would
    /// not do: an allocator writes over the first bytes of what is freed.
    package func occurrences(of secret: MaskedSecret) throws -> Int {
      try Self.looking.withLock { _ in try search(for: secret) }
    }

    private func search(for secret: MaskedSecret) throws -> Int {
      guard secret.count <= Self.secretSize else { throw FixtureError() }
      try findRegions()
      let revealed = own + Self.windowSize
      secret.reveal(at: revealed)
      defer { memset(own, 0, Self.ownSize) }
      let half = secret.count / 2
      var found = 0
      for region in regions { found += occurrences(in: region, revealed + half, secret.count - half) }
      return found
    }

    private func occurrences(
      in region: Range<UInt>, _ wanted: UnsafeMutableRawPointer, _ count: Int
    ) -> Int {
      let ownRange = UInt(bitPattern: own)..<UInt(bitPattern: own) + UInt(Self.ownSize)
      let rare = Self.rareByte(UnsafeRawBufferPointer(start: wanted, count: count))
      var found = 0
      var position = region.lowerBound
      while position < region.upperBound {
        let read = pread(
          file, own, min(Self.windowSize, Int(region.upperBound - position)), off_t(bitPattern: position))
        guard read >= count else { break }
        var from = own + rare.place
        while let next = memchr(from, rare.value, read - (from - own)) {
          let place = next - own - rare.place
          if read - place >= count, memcmp(own + place, wanted, count) == 0,
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

    /// Where to begin looking: a byte that text, small numbers and addresses seldom have.
    private static func rareByte(_ wanted: UnsafeRawBufferPointer) -> (place: Int, value: Int32) {
      let place = wanted.firstIndex { (0x81...0xfd).contains($0) } ?? 0
      return (place, Int32(wanted[place]))
    }

    /// Reads the lines of `/proc/self/maps`, such as `7f00-7f10 rw-p …`, and keeps what can be written to.
    private func findRegions() throws {
      let maps = open("/proc/self/maps", O_RDONLY)
      guard maps >= 0 else { throw FixtureError() }
      defer { close(maps) }
      var length = 0
      while length < Self.windowSize {
        let count = read(maps, own + length, Self.windowSize - length)
        guard count > 0 else { break }
        length += count
      }
      guard length < Self.windowSize else { throw FixtureError() }
      regions.removeAll(keepingCapacity: true)
      let text = UnsafeRawBufferPointer(start: own, count: length)
      var place = 0
      while place < length {
        let lower = Self.hexadecimal(text, &place)
        let upper = Self.hexadecimal(text, &place)
        let canWrite = place + 1 < length && text[place + 1] == UInt8(ascii: "w")
        if canWrite, lower < upper, regions.count < Self.mostRegions { regions.append(lower..<upper) }
        while place < length, text[place] != UInt8(ascii: "\n") { place += 1 }
        place += 1
      }
    }

    /// The number that begins at `place`, which moves past it and the character after it.
    private static func hexadecimal(_ text: UnsafeRawBufferPointer, _ place: inout Int) -> UInt {
      var value: UInt = 0
      while place < text.count {
        let digit = text[place]
        place += 1
        switch digit {
        case 0x30...0x39: value = value << 4 | UInt(digit - 0x30)
        case 0x61...0x66: value = value << 4 | UInt(digit - 0x61 + 10)
        default: return value
        }
      }
      return value
    }
  }
#endif
