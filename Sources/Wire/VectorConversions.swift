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
    let wordBytes = MemoryLayout<UInt64>.size
    let bytes = [UInt8](unsafeUninitializedCapacity: elements.count * size + wordBytes) {
      buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      // Whole words, of which the next one covers what is too much.
      for (index, element) in elements.enumerated() {
        raw.storeBytes(of: element.littleEndian, toByteOffset: index * size, as: UInt64.self)
      }
      initialized = elements.count * size
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
        vector += Self.unpacked(bytes, width)
      }
    }
  }

  private static func unpacked(_ bytes: UnsafeRawBufferPointer, _ width: RingWidth) -> [UInt64] {
    let (size, mask) = (width.bytes, width.mask)
    return [UInt64](unsafeUninitializedCapacity: bytes.count / size) { elements, initialized in
      let count = bytes.count / size
      // Whole words, as long as one lies within the bytes.
      let words = max(0, bytes.count - MemoryLayout<UInt64>.size + size) / size
      for index in 0..<words {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: UInt64.self))
        elements.initializeElement(at: index, to: word & mask)
      }
      for index in words..<count {
        let element = bytes[index * size..<(index + 1) * size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        elements.initializeElement(at: index, to: element)
      }
      initialized = count
    }
  }
}
