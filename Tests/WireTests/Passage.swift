import Federation
import SwiftProtobuf
import Wire

/// A stream's passage through bytes: framed, serialised, parsed and put together again.
enum Passage {
  static let limit = 64 << 20

  /// With every vector in chunks.
  static func bytes(_ event: SiteEvent) throws -> [[UInt8]] { try bytes(event, vectorInHeader: 0) }

  static func bytes(_ event: CoordinatorEvent) throws -> [[UInt8]] { try bytes(event, vectorInHeader: 0) }

  static func bytes(_ event: SiteEvent, vectorInHeader: Int) throws -> [[UInt8]] {
    try FromSiteFramer.frames(event, vectorInHeader: vectorInHeader).map { try $0.serializedBytes() }
  }

  static func bytes(_ event: CoordinatorEvent, vectorInHeader: Int) throws -> [[UInt8]] {
    try ToSiteFramer.frames(event, vectorInHeader: vectorInHeader).map { try $0.serializedBytes() }
  }

  static func siteEvents(_ frames: [[UInt8]], limit: Int = limit) throws -> [SiteEvent] {
    var assembler = FromSiteAssembler(pendingLimit: limit)
    let events = try frames.compactMap {
      try assembler.accept(try Konsil_V1_FromSite(serializedBytes: $0))
    }
    try assembler.finish()
    return events
  }

  static func coordinatorEvents(
    _ frames: [[UInt8]], limit: Int = limit
  ) throws -> [CoordinatorEvent] {
    var assembler = ToSiteAssembler(pendingLimit: limit)
    let events = try frames.compactMap {
      try assembler.accept(try Konsil_V1_ToSite(serializedBytes: $0))
    }
    try assembler.finish()
    return events
  }
}
