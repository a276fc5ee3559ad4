import Federation
import Foundation
import SecureAggregation

/// The salted digest of a file of any size: SHA-256 over the salt and the digests of its mebibytes.
struct SnapshotDigest {
  private static let block = 1 << 20

  private var rest: [UInt8] = []
  private var digests: [UInt8] = []
  private(set) var byteCount = 0

  mutating func update(_ bytes: [UInt8]) {
    rest += bytes
    byteCount += bytes.count
    var start = 0
    while rest.count - start >= Self.block {
      digests += Digest(of: Array(rest[start..<start + Self.block])).bytes
      start += Self.block
    }
    rest.removeFirst(start)
  }

  func finished(salt: [UInt8]) -> Digest {
    Digest(of: salt + digests + (rest.isEmpty ? [] : Digest(of: rest).bytes))
  }

  /// Of a file, read piece by piece.
  static func of(_ path: String, salt: [UInt8]) throws(Complaint) -> Digest {
    var digest = SnapshotDigest()
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      while let piece = try handle.read(upToCount: block), !piece.isEmpty { digest.update(Array(piece)) }
    } catch {
      throw StateFolder.cannotRead(path, error)
    }
    return digest.finished(salt: salt)
  }
}
