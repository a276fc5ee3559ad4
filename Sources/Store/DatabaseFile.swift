#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of a database before SQLite sees it: there, and its owner's alone.
enum DatabaseFile {
  /// Makes an empty file with mode 0600 unless there is one; SQLite gives its companions the same mode.
  static func prepare(_ path: String) throws(StoreError) {
    // An existing file is not opened: closing it would let go of the locks that SQLite, in this process, has on it.
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
    } else if errno != EEXIST {
      throw .failed(path, transaction: "create the database", reason: String(cString: strerror(errno)))
    }
    try checkPrivate(path)
  }

  private static func checkPrivate(_ path: String) throws(StoreError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .failed(path, transaction: "open the database", reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .failed(path, transaction: "open the database", reason: "it is not a file")
    }
    let mode = UInt32(status.st_mode) & 0o777
    guard mode & 0o077 == 0 else { throw .notPrivate(path, mode: mode) }
  }
}
