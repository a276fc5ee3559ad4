import Synchronization

/// The turn that every call of BLAS and LAPACK takes, one at a time in the process.
///
/// Debian's serial OpenBLAS hands out its work buffers without a lock: two calls at once may share
/// one and return wrong numbers without an error. Parallel work above it loses little, since each
/// call is short and what surrounds it runs freely.
enum ExclusiveBLAS {
  private static let turn = Mutex(())

  static func call(_ routine: () -> Void) {
    turn.withLock { _ in routine() }
  }
}
