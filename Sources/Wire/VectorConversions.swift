import FoundationEssentials
import SecureAggregation

extension Konsil_V1_ContributionHeader {
  init(_ contribution: SignedContribution) {
    self.init()
    site = contribution.site
    attempt = Data(contribution.attempt.bytes)
    signature = Data(contribution.signature.bytes)
    vectorLength = UInt64(contribution.vector.count)
  }
}

extension Konsil_V1_VectorChunk {
  /// The elements of `vector` within `range`, eight bytes each, least significant first.
  init(_ vector: [UInt64], _ range: Range<Int>) {
    self.init()
    first = UInt64(range.lowerBound)
    if UInt64(1).littleEndian == 1 {
      elements = vector[range].withUnsafeBytes { Data($0) }
    } else {
      elements = vector[range].map(\.littleEndian).withUnsafeBytes { Data($0) }
    }
  }

  /// The elements that this chunk carries.
  func decoded() throws(WireError) -> [UInt64] {
    let width = MemoryLayout<UInt64>.size
    guard !elements.isEmpty, elements.count.isMultiple(of: width),
      elements.count / width <= WireLimits.chunkElements
    else {
      throw WireError(
        field: "elements",
        what: "\(elements.count) bytes, not 1 to \(WireLimits.chunkElements) elements of eight")
    }
    let count = elements.count / width
    let decoded = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = elements.copyBytes(to: buffer) / width
    }
    return UInt64(1).littleEndian == 1 ? decoded : decoded.map(UInt64.init(littleEndian:))
  }
}
