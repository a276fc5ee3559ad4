import Queries

/// The checks that find masks which do not cancel: for each ring in use `ceil(64/w)` sums `Σ ρ_k x_k mod 2^w` over
/// the elements of that ring, `withheld` among those of 64 bits, `ρ` from a public generator keyed by `T`, the width
/// and the repetition.
///
/// They miss with probability 2^-64 if what the masks leave is uniform, as that of a wrong key is; what the wire
/// alters is found by the signature. They stay in the elements' own ring, for in a wider one they would reveal
/// signs.
package enum MaskCheck {
  package static func repetitions(_ width: RingWidth) -> Int { (64 + width.bits - 1) / width.bits }

  /// - Parameter elements: the query's, and `withheld` after them.
  /// - Returns: in the layout's order: the widest ring first, then by repetition.
  package static func values(
    _ elements: ArraySlice<UInt64>, of query: Query, attempt: Digest
  ) throws(LibcryptoFailure) -> [UInt64] {
    let segments = query.segments.filter { $0.length > 0 }
    var values: [UInt64] = []
    for width in Set(segments.map(\.width)).union([.full]).sorted(by: >) {
      for repetition in 0..<repetitions(width) {
        let key = KeySchedule.checkKey(attempt: attempt, width: width.bits, repetition: repetition)
        var generator = try MaskGenerator(key: key)
        var sum: UInt64 = 0
        var start = elements.startIndex
        for segment in segments {
          let end = start + segment.length
          if segment.width == width { sum &+= try generator.innerProduct(with: elements[start..<end]) }
          start = end
        }
        if width == .full { sum &+= try generator.innerProduct(with: elements[start...]) }
        values.append(width.element(sum))
      }
    }
    return values
  }
}
