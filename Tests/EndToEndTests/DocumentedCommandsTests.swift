import Foundation
import KonsilTesting
import Testing

@Suite("The commands in the documents")
struct DocumentedCommandsTests {
  @Test(
    "All of a document's commands run, one after the other, from an empty folder",
    arguments: [
      "README.md", "docs/operating-coordinator.md", "docs/rehearsal.md", "docs/using-konsil.md",
    ])
  func run(document: String) throws {
    let script = try Self.script(in: Checkout.text(document))
    #expect(!script.isEmpty)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("konsil-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("commands.sh")
    let log = folder.appendingPathComponent("commands.log")
    try Self.preamble.appending(script).write(to: file, atomically: true, encoding: .utf8)
    try Data().write(to: log)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["120", "/bin/bash", file.path]
    process.currentDirectoryURL = folder
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = [
      "KONSIL": Checkout.root.path, "PORT": "\(Int.random(in: 20_000..<60_000))",
      "PATH": "\(Checkout.root.path)/.build/debug:\(path)",
    ]
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let said = try String(contentsOf: log, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(said.suffix(2_000))")
  }

  /// Every command must succeed, and nothing outlives the script.
  private static let preamble = """
    set -euo pipefail
    trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

    """

  /// The blocks that are marked as shell, joined.
  private static func script(in text: String) -> String {
    var script = ""
    var isShell = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell {
        script += line + "\n"
      }
    }
    return script
  }
}
