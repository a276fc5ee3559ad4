import Documents
import Federation
import Foundation

extension CoordinatorConfiguration {
  /// Reads the coordinator's configuration, its paths resolved against the file's folder.
  package static func load(_ path: String) throws -> CoordinatorConfiguration {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Complaint(
        .noInput, code: "cannot-read", "\(path) is not there or cannot be read",
        advice: "check the path and its permissions")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return try CoordinatorConfigurationDocument.decode(data, file: path).resolvingPaths(against: folder)
  }
}
