import FoundationEssentials
import Queries
import SecureAggregation

extension Konsil_V1_ContributionHeader {
  init(_ contribution: SignedContribution) {
    self.init()
    site = contribution.site
    attempt = Data(contribution.attempt.bytes)
    signature = Data(contribution.signature.bytes)
    rings = contribution.layout.stretches.map { stretch in
      var ring = Konsil_V1_Ring()
      ring.width = UInt32(stretch.width.bits)
      ring.count = UInt64(stretch.count)
      return ring
    }
    if let dealing = contribution.dealing { self.dealing = Konsil_V1_Dealing(dealing) }
  }
}

extension Konsil_V1_VectorChunk {
  /// The elements of `vector` within `range`, which are of one ring, packed.
  init(_ vector: [UInt64], _ range: Range<Int>, _ width: RingWidth) {
    self.init()
    first = UInt64(range.lowerBound)
    if width == .full, UInt64(1).littleEndian == 1 {
      elements = vector[range].withUnsafeBytes { Data($0) }
    } else {
      elements = Self.packed(vector[range], width.bytes)
    }
  }

  private static func packed(_ elements: ArraySlice<UInt64>, _ size: Int) -> Data {
    let bytes = [UInt8](unsafeUninitializedCapacity: elements.count * size) { buffer, initialized in
      for element in elements {
        var rest = element
        for _ in 0..<size {
          buffer[initialized] = UInt8(truncatingIfNeeded: rest)
          rest >>= 8
          initialized += 1
        }
      }
    }
    return Data(bytes)
  }

  /// The elements that this chunk carries, all of one ring.
  func decoded(_ width: RingWidth) throws(WireError) -> [UInt64] {
    let size = width.bytes
    guard !elements.isEmpty, elements.count.isMultiple(of: size),
      elements.count / size <= WireLimits.chunkElements
    else {
      throw WireError(
        field: "elements",
        what: "\(elements.count) bytes, not 1 to \(WireLimits.chunkElements) elements of \(size)")
    }
    let count = elements.count / size
    if width == .full, UInt64(1).littleEndian == 1 {
      return [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = elements.copyBytes(to: buffer) / size
      }
    }
    let bytes = [UInt8](elements)
    return (0..<count).map { index in
      var element: UInt64 = 0
      for place in 0..<size { element |= UInt64(bytes[index * size + place]) << UInt64(8 * place) }
      return element
    }
  }
}
