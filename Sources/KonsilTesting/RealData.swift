import Foundation

/// Real data sets that may lie beside the checkout. Tests that need one are skipped without it.
package enum RealData {
  /// The folder of a data set, such as `multi-uci-heart`; nil when it is not there.
  package static func folder(_ name: String) -> URL? {
    let folder = Checkout.root.deletingLastPathComponent()
      .appendingPathComponent("shared/data/\(name)", isDirectory: true)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }
}

/// Files of this project, found from where this source stands.
package enum Checkout {
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
