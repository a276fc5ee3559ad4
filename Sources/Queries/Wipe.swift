#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Overwrites every element with zero in a way that no compiler removes.
package func wipe(_ elements: inout [UInt64]) {
  elements.withUnsafeMutableBytes { wipe($0) }
}

func wipe(_ memory: UnsafeMutableRawBufferPointer) {
  guard let start = memory.baseAddress, memory.count > 0 else { return }
  #if canImport(Glibc)
    explicit_bzero(start, memory.count)
  #else
    _ = memset_s(start, memory.count, 0, memory.count)
  #endif
}
