/// Doubles on a 64-byte boundary, zero at first and freed with the value.
///
/// BLAS kernels treat the unaligned ends of a vector apart from its middle, so the rounding of a sum
/// depends on the address it is read from; a fixed alignment makes it the same in every process. A
/// noncopyable value lives to the end of its scope, so `start` may be passed to BLAS within it.
struct AlignedBuffer: ~Copyable {
  static let alignment = 64

  let count: Int
  let start: UnsafeMutablePointer<Double>

  init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Double>.stride
    self.count = count
    start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
      .bindMemory(to: Double.self, capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
  }

  init(_ values: [Double]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { start.update(from: first, count: values.count) }
    }
  }

  deinit {
    UnsafeMutableRawPointer(start).deallocate()
  }

  /// The least leading dimension at which each column of `rows` doubles begins on the boundary.
  static func leadingDimension(rows: Int) -> Int {
    let perLine = alignment / MemoryLayout<Double>.stride
    return max(1, (rows + perLine - 1) / perLine) * perLine
  }

  func copy() -> AlignedBuffer {
    let other = AlignedBuffer(count: count)
    other.start.update(from: start, count: count)
    return other
  }

  /// The first `length` doubles.
  func array(_ length: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: start, count: min(length, count)))
  }
}
