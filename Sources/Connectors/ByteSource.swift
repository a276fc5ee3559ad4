import Foundation

/// Bytes in chunks, from a file or from memory.
struct ByteSource: ~Copyable {
  private enum Origin {
    case file(FileHandle)
    case memory([UInt8], next: Int)
  }

  private var origin: Origin
  /// How many bytes there are in all; nil where that is not known.
  let size: Int?

  init(memory bytes: [UInt8]) {
    origin = .memory(bytes, next: 0)
    size = bytes.count
  }

  init(file path: String) throws(RecordsProblem) {
    do {
      origin = .file(try FileHandle(forReadingFrom: URL(fileURLWithPath: path)))
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      size = (attributes?[.size] as? NSNumber)?.intValue
    } catch {
      throw .unreadable(error)
    }
  }

  /// At most `count` bytes, at least one; nil at the end.
  mutating func read(_ count: Int) throws(RecordsProblem) -> [UInt8]? {
    switch origin {
    case .file(let handle):
      do {
        guard let chunk = try handle.read(upToCount: count), !chunk.isEmpty else { return nil }
        return Array(chunk)
      } catch {
        throw .unreadable(error)
      }
    case .memory(let bytes, let next):
      guard next < bytes.count else { return nil }
      let end = min(next + count, bytes.count)
      origin = .memory(bytes, next: end)
      return Array(bytes[next..<end])
    }
  }
}

extension RecordsProblem {
  /// The file system's reason, in its words.
  fileprivate static func unreadable(_ error: any Error) -> RecordsProblem {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    let reason =
      cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(CInt(truncatingIfNeeded: cause.code))) : "it cannot be opened"
    return RecordsProblem(
      line: nil, column: nil, problem: "cannot be read: \(reason)",
      advice: "check the path, and that this account may read the file")
  }
}
