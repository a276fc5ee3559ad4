import Documents
import Federation
import Foundation

extension SiteConfiguration {
  /// Reads a site's configuration, its paths resolved against the file's folder.
  package static func load(_ path: String) throws -> SiteConfiguration {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return try SiteConfigurationDocument.decode(try StateFolder.read(path), file: path)
      .resolvingPaths(against: folder)
  }
}
