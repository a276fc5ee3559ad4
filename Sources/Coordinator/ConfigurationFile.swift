import Console
import Documents
import Federation
import Foundation

extension CoordinatorConfiguration {
  /// Reads the coordinator's configuration, its paths resolved against the file's folder.
  package static func load(_ path: String) throws -> CoordinatorConfiguration {
    let data: Data
    do {
      data = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd() ?? Data()
    } catch {
      throw Complaint(
        .noInput, code: "cannot-read", "\(path) cannot be read: \(SystemWords.of(error))",
        advice: "check the path and its permissions")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return try CoordinatorConfigurationDocument.decode(data, file: path).resolvingPaths(against: folder)
  }
}
