import Queries
import SecureAggregation

/// A contribution whose vector is arriving. Memory grows with what has come, not with what was announced.
struct IncomingVector: Sendable {
  /// 8 MiB of addresses: most vectors are never moved while they arrive.
  private static let firstReserve = 1 << 20

  private let site: String
  private let attempt: Digest
  private let signature: Signature
  private let dealing: Dealing?
  private let layout: VectorLayout
  private let length: Int
  private var elements: [UInt64] = []

  /// - Parameter room: bytes that the vector and its dealing may have in memory.
  init(_ header: Konsil_V1_ContributionHeader, room: Int) throws(WireError) {
    site = try Field.name(header.site, "site")
    attempt = try Field.digest(header.attempt, "attempt")
    signature = try Field.signature(header.signature, "signature")
    dealing =
      header.hasDealing
      ? try within("dealing") { () throws(WireError) in try Dealing(header.dealing) } : nil
    layout = try VectorLayout(header.rings)
    length = layout.count
    guard length * MemoryLayout<UInt64>.size <= room else {
      throw WireError(field: "rings", what: "\(length) elements, more than the \(room) bytes still allowed")
    }
    guard byteCount <= room else {
      throw WireError(field: "dealing", what: "with its vector more than the \(room) bytes still allowed")
    }
    _ = try Field.list(header.chunks, most: WireLimits.rings, "chunks") { chunk throws(WireError) in
      try append(chunk)
    }
  }

  /// Bytes in memory, once it is complete.
  var byteCount: Int { length * MemoryLayout<UInt64>.size + (dealing?.byteCount ?? 0) }

  var isComplete: Bool { elements.count == length }

  /// How far it has come, for an error.
  var progress: String { "\(elements.count) of \(length) elements have come" }

  /// Takes the next chunk.
  mutating func append(_ chunk: Konsil_V1_VectorChunk) throws(WireError) {
    guard chunk.hasFirst, chunk.first == UInt64(elements.count) else {
      throw WireError(field: "first", what: "missing or out of order: \(progress)")
    }
    guard let ring = layout.rest(from: elements.count) else {
      throw WireError(field: "elements", what: "elements too many: \(progress)")
    }
    let count = try chunk.count(ring.width)
    guard count <= ring.count else {
      throw WireError(
        field: "elements", what: "\(count) elements, more than the ring's \(ring.count): \(progress)")
    }
    let needed = elements.count + count
    if elements.capacity < needed {
      elements.reserveCapacity(min(length, max(needed, 2 * elements.capacity, Self.firstReserve)))
    }
    chunk.append(to: &elements, ring.width)
  }

  /// The whole contribution, once the vector is complete.
  consuming func contribution() -> SignedContribution {
    SignedContribution(
      site: site, attempt: attempt, layout: layout, vector: elements, dealing: dealing, signature: signature)
  }
}

extension VectorLayout {
  init(_ rings: [Konsil_V1_Ring]) throws(WireError) {
    var room = WireLimits.vectorElements
    let stretches = try Field.list(rings, most: WireLimits.rings, "rings") { ring throws(WireError) in
      guard let width = RingWidth(bits: Int(ring.width)) else {
        throw WireError(field: "width", what: "not a multiple of 8 from 8 to 64")
      }
      guard room > 0 else { throw WireError(field: "count", what: "the rings before it are full") }
      let count = try Field.number(ring.count, in: 1...room, "count")
      room -= count
      return Stretch(width: width, count: count)
    }
    self.init(stretches)
  }

  /// What is left of the stretch that the element at `index` lies in; nil behind the last.
  func rest(from index: Int) -> Stretch? {
    var end = 0
    for stretch in stretches {
      end += stretch.count
      if index < end { return Stretch(width: stretch.width, count: end - index) }
    }
    return nil
  }
}
