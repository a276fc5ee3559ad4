import SecureAggregation

/// A contribution whose vector is arriving. Memory grows with what has come, not with what was announced.
struct IncomingVector: Sendable {
  private let site: String
  private let attempt: Digest
  private let signature: Signature
  private let length: Int
  private var elements: [UInt64] = []

  /// - Parameter room: bytes that the vector may have.
  init(_ header: Konsil_V1_ContributionHeader, room: Int) throws(WireError) {
    site = try Field.name(header.site, "site")
    attempt = try Field.digest(header.attempt, "attempt")
    signature = try Field.signature(header.signature, "signature")
    length = try Field.number(
      header.hasVectorLength ? header.vectorLength : nil, in: 0...WireLimits.vectorElements,
      "vector_length")
    guard length * MemoryLayout<UInt64>.size <= room else {
      throw WireError(
        field: "vector_length", what: "\(length) elements, more than the \(room) bytes still allowed")
    }
  }

  var isComplete: Bool { elements.count == length }

  /// How far it has come, for an error.
  var progress: String { "\(elements.count) of \(length) elements have come" }

  /// Takes the next chunk.
  mutating func append(_ chunk: Konsil_V1_VectorChunk) throws(WireError) {
    guard chunk.hasFirst, chunk.first == UInt64(elements.count) else {
      throw WireError(field: "first", what: "missing or out of order: \(progress)")
    }
    let arrived = try chunk.decoded()
    guard arrived.count <= length - elements.count else {
      throw WireError(field: "elements", what: "\(arrived.count) elements too many: \(progress)")
    }
    let needed = elements.count + arrived.count
    if elements.capacity < needed {
      elements.reserveCapacity(min(length, max(needed, 2 * elements.capacity)))
    }
    elements.append(contentsOf: arrived)
  }

  /// The whole contribution, once the vector is complete.
  consuming func contribution() -> SignedContribution {
    SignedContribution(site: site, attempt: attempt, vector: elements, signature: signature)
  }
}
