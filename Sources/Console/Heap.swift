#if canImport(CHeap) && canImport(Glibc)
  import CHeap
#endif

/// How a service's heap gives memory back to the system. The C library of Linux keeps an arena for each thread, and
/// freed columns of records in it for ever; it does neither elsewhere, and nothing is to be done there.
package enum Heap {
  private static let arenas: CInt = 2
  /// Blocks above this many bytes are the system's again as soon as they are free: what the C library begins with, and
  /// the most that it allows.
  private static let block: (least: CInt, most: CInt) = (128 << 10, 32 << 20)
  /// So many bytes may be free at the heap's end.
  private static let free: (least: CInt, most: CInt) = (128 << 10, 256 << 20)

  /// To be called before there is a second thread.
  package static func configure() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, arenas)
    #endif
  }

  // The C library takes new thresholds at any time, from any thread: each is one number, read when something is freed.

  /// From now on freed vectors stay for the next step's: to have each of their pages anew from the system is slow. Short
  /// ones stay in any case.
  package static func keepFreed() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_MMAP_THRESHOLD, block.most)
      _ = mallopt(M_TRIM_THRESHOLD, free.most)
    #endif
  }

  /// Gives back what is free now, and large blocks that are freed from now on.
  package static func giveBackFreed() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_MMAP_THRESHOLD, block.least)
      _ = mallopt(M_TRIM_THRESHOLD, free.least)
      _ = malloc_trim(0)
    #endif
  }

  /// Gives back what is free now.
  package static func trim() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}
