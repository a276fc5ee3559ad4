#if canImport(CHeap) && canImport(Glibc)
  import CHeap
#endif

/// How a service's heap gives memory back to the system. The C library of Linux keeps an arena for each thread, and
/// freed columns of records in it for ever; it does neither elsewhere, and nothing is to be done there.
package enum Heap {
  private static let arenas: CInt = 2
  /// What is at least so large has pages of its own, which go when it is freed: a design's matrix. The C library
  /// would raise this to what was freed once, and lay the next matrix among the small things. It is above a vector's
  /// chunk on the wire, for which new pages each time would double the time of long vectors.
  private static let ownPages: CInt = 2 << 20
  /// So much may stay free at an arena's end.
  private static let mostSpare: CInt = 4 << 20

  /// To be called before there is a second thread.
  package static func configure() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, arenas)
      _ = mallopt(M_MMAP_THRESHOLD, ownPages)
      _ = mallopt(M_TRIM_THRESHOLD, mostSpare)
    #endif
  }

  /// Gives back what is free now.
  package static func trim() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}
