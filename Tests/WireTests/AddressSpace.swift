#if os(Linux)
  import Foundation
  import Testing

  /// Bytes of this process's address space (proc(5), `statm`, in pages).
  func addressSpace() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(text.split(separator: " ").first.flatMap { Int($0) })
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
#endif
