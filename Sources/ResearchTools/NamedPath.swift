import Federation
import Identity

/// A party's name with a file, as `NAME=FILE` on a command line.
package struct NamedPath: Hashable, Sendable {
  package let name: String
  package let path: String

  /// - Returns: nil unless a name that follows `PeerName.rule`, an equals sign and a path stand there.
  package init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, PeerName.isName(String(parts[0])), !parts[1].isEmpty else { return nil }
    name = String(parts[0])
    path = String(parts[1])
  }

  /// - Parameter option: for the error, such as `--site`.
  static func requireDistinctNames(_ paths: [NamedPath], option: String) throws(Complaint) {
    var seen: Set<String> = []
    for path in paths where !seen.insert(path.name).inserted {
      throw Complaint(
        .usage, code: "name-repeated", "\(option) names “\(path.name)” twice", advice: "name it once")
    }
  }
}
