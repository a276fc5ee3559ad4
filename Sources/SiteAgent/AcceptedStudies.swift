import Documents
import Federation
import Foundation
import Identity
import SecureAggregation

/// The studies that the site's administrator accepted, each with its owner's signature.
package struct AcceptedStudies: Sendable {
  private let folder: StateFolder

  package init(_ folder: StateFolder) { self.folder = folder }

  /// Takes a study whose signature is by the owner that the administrator was told of.
  ///
  /// - Parameters:
  ///   - path: the study; its signature is `path.sig`.
  ///   - owner: the fingerprint of the owner's key, as the owner read it out: 64 hexadecimal digits.
  package func accept(_ path: String, owner: String) throws -> (study: Study, digest: Digest) {
    let file = try SignedFile(contentsOf: path, label: .study)
    guard file.signature.key.fingerprint == owner.lowercased() else {
      throw Complaint(
        .refused, code: "wrong-owner",
        "\(path) is signed by \(file.signature.key.fingerprint), not by the owner given",
        advice: "ask the study's owner for the fingerprint by a way you trust")
    }
    let study = try StudyDocument.decode(file.bytes, file: path)
    let target = folder.study(study.name)
    try StateFolder.make(target)
    try StateFolder.write(file.bytes, to: target + "/study.yaml")
    try StateFolder.write(Array(file.signature.line.utf8) + [10], to: target + "/study.yaml.sig")
    return (study, Digest(of: file.bytes))
  }

  /// The study accepted under a name; nil when none was. Its signature is checked again.
  package func study(named name: String) throws -> (study: Study, digest: Digest)? {
    let path = folder.study(name) + "/study.yaml"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try SignedFile(contentsOf: path, label: .study)
    return (try StudyDocument.decode(file.bytes, file: path), Digest(of: file.bytes))
  }

  package var names: [String] { StateFolder.names(in: folder.path + "/studies") }
}
