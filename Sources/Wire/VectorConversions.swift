import FoundationEssentials
import Queries
import SecureAggregation

extension Konsil_V1_ContributionHeader {
  /// - Parameter vectorBytes: how many bytes a vector may have to travel in the header.
  init(_ contribution: SignedContribution, vectorBytes: Int) {
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
    if contribution.layout.byteCount <= vectorBytes {
      chunks = Array(
        Frames([.vector(contribution.vector, contribution.layout)], wrap: { $0 }))
    }
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

  /// How many elements of a ring this chunk carries.
  func count(_ width: RingWidth) throws(WireError) -> Int {
    let size = width.bytes
    guard !elements.isEmpty, elements.count.isMultiple(of: size),
      elements.count / size <= WireLimits.chunkElements
    else {
      throw WireError(
        field: "elements",
        what: "\(elements.count) bytes, not 1 to \(WireLimits.chunkElements) elements of \(size)")
    }
    return elements.count / size
  }

  /// Adds the elements, which are all of one ring, to a vector.
  func append(to vector: inout [UInt64], _ width: RingWidth) {
    elements.withUnsafeBytes { bytes in
      let isInPlace = Int(bitPattern: bytes.baseAddress).isMultiple(of: MemoryLayout<UInt64>.alignment)
      if width == .full, isInPlace, UInt64(1).littleEndian == 1 {
        bytes.withMemoryRebound(to: UInt64.self) { vector.append(contentsOf: $0) }
      } else {
        vector.append(
          contentsOf: stride(from: 0, to: bytes.count, by: width.bytes).lazy.map { start in
            var element: UInt64 = 0
            for place in 0..<width.bytes { element |= UInt64(bytes[start + place]) << UInt64(8 * place) }
            return element
          })
      }
    }
  }
}
