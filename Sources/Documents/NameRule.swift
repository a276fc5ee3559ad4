/// What a name in a document may consist of: a lower-case letter, then at most 62 lower-case
/// letters, digits or separators, all of ASCII.
struct NameRule {
  private let separator: Unicode.Scalar

  /// Studies, variables and outcomes: names of columns.
  static let column = NameRule(separator: "_")
  /// Sites, researchers and plans: names as certificates carry them.
  static let party = NameRule(separator: "-")

  var words: String {
    "a lower-case letter, then at most 62 lower-case letters, digits or “\(separator)”"
  }

  func allows(_ name: String) -> Bool {
    let scalars = name.unicodeScalars
    guard scalars.count <= 63, let first = scalars.first, ("a"..."z").contains(first) else {
      return false
    }
    return scalars.allSatisfy {
      ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == separator
    }
  }
}
