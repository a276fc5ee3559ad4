import Glibc
import Queries

/// Clears what swift-crypto keeps of an X-Wing private key: one object without references of its own, which the
/// library frees as it is.
enum LibraryObject {
  /// Two words before an object's contents: its type and its reference counts.
  private static let headerByteCount = 2 * MemoryLayout<UInt>.size

  /// glibc's `malloc_usable_size`, which Swift's Glibc module lacks.
  private static let usableSize = dlsym(nil, "malloc_usable_size").map {
    unsafeBitCast($0, to: (@convention(c) (UnsafeMutableRawPointer?) -> Int).self)
  }

  /// Overwrites the contents of the object that `handle` wraps, in as many structures as may be, and nothing else.
  static func clear(_ handle: Any) {
    var value = handle
    while Mirror(reflecting: value).displayStyle != .class {
      guard let wrapped = Mirror(reflecting: value).children.first?.value else { return }
      value = wrapped
    }
    let object = Unmanaged.passUnretained(value as AnyObject).toOpaque()
    guard let size = usableSize?(object), size > headerByteCount else { return }
    wipe(UnsafeRawBufferPointer(start: object + headerByteCount, count: size - headerByteCount))
  }
}
