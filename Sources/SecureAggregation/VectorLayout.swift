import Queries

/// The rings of a vector that travels: the query's segments, `withheld` in the ring of 64 bits, and for each ring in
/// use, widest first, its checks. Neighbours of one width are one stretch.
package struct VectorLayout: Hashable, Sendable {
  package struct Stretch: Hashable, Sendable {
    package let width: RingWidth
    /// Number of elements.
    package let count: Int

    package init(width: RingWidth, count: Int) {
      self.width = width
      self.count = count
    }
  }

  package let stretches: [Stretch]

  /// - Parameter stretches: neighbours of one width are put together, empty ones left out.
  package init(_ stretches: [Stretch]) {
    var joined: [Stretch] = []
    for stretch in stretches where stretch.count > 0 {
      if let last = joined.last, last.width == stretch.width {
        joined[joined.count - 1] = Stretch(width: last.width, count: last.count + stretch.count)
      } else {
        joined.append(stretch)
      }
    }
    self.stretches = joined
  }

  package init(of query: Query) {
    let widths = Set(query.segments.filter { $0.length > 0 }.map(\.width)).union([.full])
    self.init(
      query.segments.map { Stretch(width: $0.width, count: $0.length) } + [Stretch(width: .full, count: 1)]
        + widths.sorted(by: >).map { Stretch(width: $0, count: MaskCheck.repetitions($0)) })
  }

  /// Number of elements.
  package var count: Int { stretches.reduce(0) { $0 + $1.count } }

  /// Bytes on the way.
  package var byteCount: Int { stretches.reduce(0) { $0 + $1.count * $1.width.bytes } }

  /// Takes every element modulo its ring's 2^w.
  func cut(_ vector: inout [UInt64]) {
    // Before anything is written: a vector with a second owner would be copied.
    guard stretches.contains(where: { $0.width != .full }) else { return }
    var start = 0
    for stretch in stretches {
      defer { start += stretch.count }
      guard stretch.width != .full else { continue }
      let mask = stretch.width.mask
      for index in start..<start + stretch.count { vector[index] &= mask }
    }
  }

  /// Whether every element of a vector lies in its ring.
  package func fits(_ vector: [UInt64]) -> Bool {
    guard vector.count == count else { return false }
    var start = 0
    for stretch in stretches {
      defer { start += stretch.count }
      guard stretch.width != .full else { continue }
      let mask = stretch.width.mask
      guard vector[start..<start + stretch.count].reduce(0, |) <= mask else { return false }
    }
    return true
  }
}
