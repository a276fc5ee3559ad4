#if canImport(CHeap) && canImport(Glibc)
  import CHeap
#endif

/// How a service's heap gives memory back to the system. The C library of Linux keeps an arena for each thread, and
/// freed columns of records in it for ever; it does neither elsewhere, and nothing is to be done there.
package enum Heap {
  private static let arenas: CInt = 2
  /// Vectors up to here have memory that is kept for the next step's, and given back when the run has ended: to have
  /// every page of them anew from the system takes as long as to mask them. What the C library allows at most.
  private static let kept: CInt = 32 << 20
  /// So much may be free at the end of the heap.
  private static let free: CInt = 256 << 20

  /// To be called before there is a second thread.
  package static func configure() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, arenas)
      _ = mallopt(M_MMAP_THRESHOLD, kept)
      _ = mallopt(M_TRIM_THRESHOLD, free)
    #endif
  }

  /// Gives back what is free now.
  package static func trim() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}
