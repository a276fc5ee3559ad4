#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Overwrites memory, which its owner gives up, with zeros in a way that no compiler removes.
package func wipe(_ memory: UnsafeRawBufferPointer) {
  guard let start = UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count > 0 else { return }
  #if canImport(Glibc)
    explicit_bzero(start, memory.count)
  #else
    _ = memset_s(start, memory.count, 0, memory.count)
  #endif
}

package func wipe(_ memory: UnsafeMutableRawBufferPointer) { wipe(UnsafeRawBufferPointer(memory)) }

/// Overwrites an array's own storage; no other array may share it.
package func wipe<Element: BitwiseCopyable>(_ elements: inout [Element]) {
  elements.withUnsafeMutableBytes { wipe($0) }
}
