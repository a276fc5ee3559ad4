#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Doubles on a 64-byte boundary, zero at first and freed with the value.
///
/// BLAS kernels treat the unaligned ends of a vector apart from its middle, so the rounding of a sum
/// depends on the address it is read from; a fixed alignment makes it the same in every process. A
/// noncopyable value lives to the end of its scope, so `start` may be passed to BLAS within it.
package struct AlignedBuffer: ~Copyable {
  package static let alignment = 64
  /// Bytes from which on a buffer has pages of its own. They go back to the system with it, which the heap does not
  /// promise: a design's matrix would lie for ever among the small things of a service.
  package static let ownPages = 1 << 20

  package let count: Int
  package let start: UnsafeMutablePointer<Double>
  private let hasOwnPages: Bool

  package init(count: Int) {
    self.count = count
    let pages = Self.byteCount(count) < Self.ownPages ? nil : Self.pages(Self.byteCount(count))
    hasOwnPages = pages != nil
    let memory = pages ?? .allocate(byteCount: Self.byteCount(count), alignment: Self.alignment)
    start = memory.bindMemory(to: Double.self, capacity: max(count, 1))
    if pages == nil { start.initialize(repeating: 0, count: max(count, 1)) }
  }

  private static func byteCount(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Double>.stride }

  /// Zeros; nil where the system has none to give.
  private static func pages(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  package init(_ values: [Double]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { start.update(from: first, count: values.count) }
    }
  }

  deinit {
    if hasOwnPages {
      munmap(start, Self.byteCount(count))
    } else {
      UnsafeMutableRawPointer(start).deallocate()
    }
  }

  /// The least leading dimension at which each column of `rows` doubles begins on the boundary.
  static func leadingDimension(rows: Int) -> Int {
    let perLine = alignment / MemoryLayout<Double>.stride
    return max(1, (rows + perLine - 1) / perLine) * perLine
  }

  package func copy() -> AlignedBuffer {
    let other = AlignedBuffer(count: count)
    other.start.update(from: start, count: count)
    return other
  }

  /// The first `length` doubles.
  package func array(_ length: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: start, count: min(length, count)))
  }
}
