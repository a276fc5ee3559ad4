import Foundation

/// Reads and writes the small files that identities are made of. Secrets are readable by their
/// owner alone, and no key is ever overwritten.
enum IdentityFiles {
  /// No file here needs more; a longer one is a mistake or an attack.
  static let limit = 64 * 1024

  /// Makes a folder for keys with mode 0700, or checks that an existing one is its owner's.
  static func makeFolder(_ path: String) throws(IdentityFileError) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    if mkdir(path, 0o700) == 0 { return }
    let reason = errno
    guard reason == EEXIST else { throw .unwritable(path, reason: text(of: reason)) }
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(path, reason: text(of: errno)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .exists(path) }
    guard status.st_mode & 0o022 == 0 else { throw .folderNotPrivate(path) }
  }

  static func requireAbsent(_ paths: [String]) throws(IdentityFileError) {
    for path in paths {
      var status = stat()
      if lstat(path, &status) == 0 { throw .exists(path) }
    }
  }

  /// Writes a new file.
  ///
  /// - Parameter mode: permission bits; 0600 for whatever holds a secret.
  static func create(
    _ path: String, _ content: [UInt8], mode: mode_t = 0o600
  ) throws(IdentityFileError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else {
      let reason = errno
      throw reason == EEXIST ? .exists(path) : .unwritable(path, reason: text(of: reason))
    }
    defer { close(file) }
    guard fchmod(file, mode) == 0, write(content, to: file), fsync(file) == 0 else {
      let reason = errno
      unlink(path)
      throw .unwritable(path, reason: text(of: reason))
    }
  }

  /// Puts a file in the place of another, or where none was, in one step.
  static func replace(
    _ path: String, _ content: [UInt8], mode: mode_t
  ) throws(IdentityFileError) {
    let draft = path + ".new"
    unlink(draft)
    try create(draft, content, mode: mode)
    guard rename(draft, path) == 0 else {
      let reason = errno
      unlink(draft)
      throw .unwritable(path, reason: text(of: reason))
    }
  }

  /// The bytes of a file that is no secret.
  static func read(_ path: String, limit: Int = limit) throws(IdentityFileError) -> [UInt8] {
    try read(path, limit: limit, isSecret: false).withBytes { Array($0) }
  }

  /// The bytes of a file that its owner alone may read.
  static func readSecret(_ path: String) throws(IdentityFileError) -> FileBytes {
    try read(path, limit: limit, isSecret: true)
  }

  private static func read(
    _ path: String, limit: Int, isSecret: Bool
  ) throws(IdentityFileError) -> FileBytes {
    // Without O_NONBLOCK a named pipe in the file's place would hold us up for ever.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path, reason: text(of: errno)) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path, reason: text(of: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path, reason: "it is not a regular file")
    }
    if isSecret, status.st_mode & 0o077 != 0 {
      throw .notPrivate(path, mode: UInt32(status.st_mode & 0o777))
    }
    guard status.st_size <= limit else { throw .tooLarge(path, limit: limit) }
    var bytes = FileBytes(capacity: limit + 1)
    var total = 0
    while true {
      let count = bytes.append { Foundation.read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path, reason: text(of: errno)) }
      if count == 0 { return bytes }
      total += count
      guard total <= limit else { throw .tooLarge(path, limit: limit) }
    }
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { memory in
      var rest = memory[...]
      while !rest.isEmpty {
        let slice = UnsafeRawBufferPointer(rebasing: rest)
        let count = Foundation.write(file, slice.baseAddress, slice.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private static func text(of error: Int32) -> String { String(cString: strerror(error)) }
}
