import Foundation

/// The four real hospitals of `multi-uci-heart`, one CSV text a hospital.
package enum HeartData {
  package static let sites = ["cleveland", "hungarian", "switzerland", "va"]

  /// nil when the data set is not there.
  package static func records() throws -> [(site: String, csv: String)]? {
    guard let folder = RealData.folder("multi-uci-heart") else { return nil }
    let lines = try String(contentsOf: folder.appendingPathComponent("heart_dev.csv"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: true)
    guard let header = lines.first else { return nil }
    return sites.map { site in
      let rows = lines.dropFirst().filter { $0.hasPrefix("\(site),") }
      return (site, ([header] + rows).joined(separator: "\n") + "\n")
    }
  }
}
