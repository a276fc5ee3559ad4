#if canImport(CHeap) && canImport(Glibc)
  import CHeap
#endif

/// How a service's heap gives memory back to the system. The C library of Linux keeps an arena for each thread, and
/// freed columns of records in it for ever; it does neither elsewhere, and nothing is to be done there.
package enum Heap {
  private static let arenas: CInt = 2

  /// To be called before there is a second thread.
  package static func configure() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, arenas)
    #endif
  }

  /// Gives back what is free now.
  package static func trim() {
    #if canImport(CHeap) && canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}
