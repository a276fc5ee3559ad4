import Foundation
import KonsilTesting
import Testing

/// A folder of a test's own with the files of a small study in it, removed with it.
final class Workspace: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/konsil-tools-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["ibd.yaml", "ibd.effects.yaml", "ibd-failure.plan.yaml"] {
      try write(Checkout.text("Tests/Fixtures/small-ibd/\(name)"), to: name)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The whole path of a file in this folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self(name)))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: self(name))), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: self(name))[.posixPermissions] as? Int
  }

  /// The file of this name with the only occurrence of `old` replaced, under another name.
  func derive(_ name: String, from source: String, _ old: String, _ new: String) throws {
    try write(try text(source).changing(old, to: new), to: name)
  }
}

extension String {
  /// With the only occurrence of `old` replaced, so that a test cannot miss what it means to change.
  func changing(_ old: String, to new: String) throws -> String {
    let parts = components(separatedBy: old)
    try #require(parts.count == 2, "“\(old)” occurs \(parts.count - 1) times")
    return parts.joined(separator: new)
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014), so that a failure can be repeated from its seed.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
