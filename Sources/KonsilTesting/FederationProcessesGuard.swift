import Foundation

/// Ends a federation's processes when the test process itself is killed. It is a shell that hears of each process
/// through a pipe; when the pipe closes without the shell having been told to go, the test is no more.
final class OrphanGuard: Sendable {
  /// Only what still works in the federation's folder is ended: a number may have become another process's.
  private static let script = """
    while read -r pid; do pids="$pids $pid"; done
    for pid in $pids; do
      [ "$(readlink "/proc/$pid/cwd")" = "$0" ] && kill -9 "$pid"
    done
    rm -rf "$0"
    """

  private let shell = Process()
  private let pipe = Pipe()

  init(folder: String) throws {
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", Self.script, folder]
    shell.standardInput = pipe
    try shell.run()
  }

  func watch(_ process: Int32) throws {
    try pipe.fileHandleForWriting.write(contentsOf: Data("\(process)\n".utf8))
  }

  /// All was stopped in order.
  func dismiss() {
    shell.terminate()
    try? pipe.fileHandleForWriting.close()
  }
}
