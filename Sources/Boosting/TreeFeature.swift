/// A variable as a tree model reads it. A value is a `Float`, NaN where it is missing or not applicable.
package struct TreeFeature: Hashable, Sendable, Codable {
  package enum Kind: Hashable, Sendable, Codable {
    /// Rounded to the nearest `Float`, then compared by `value < cut`.
    case number
    /// The place of the level, from 0, among these of the dictionary, compared as a number.
    case ordinal(levels: [String])
    /// The place of the level, from 0, among these of the dictionary; nodes split on sets of places.
    case categorical(levels: [String])
  }

  package let name: String
  package let kind: Kind

  package init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  package var isCategorical: Bool { if case .categorical = kind { true } else { false } }

  /// Of an ordinal or categorical variable; nil for a number.
  package var levels: [String]? {
    switch kind {
    case .number: nil
    case .ordinal(let levels), .categorical(let levels): levels
    }
  }
}
