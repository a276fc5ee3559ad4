/// What became of a design on the way to its model, for people.
package struct DesignNote: Hashable, Sendable, Codable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// Levels that became one.
    case merged
    /// A column or variable that is not in the model.
    case leftOut = "left-out"
    /// A missing indicator that there is no need for.
    case notMade = "not-made"
    /// Rows that are not in the model.
    case rowsLeftOut = "rows-left-out"
    /// A cell of two columns that few rows fill.
    case fewInCell = "few-in-cell"
    /// A site that was lost on the way.
    case siteLost = "site-lost"
    /// What the reader should know of the method.
    case method
  }

  package let kind: Kind
  /// A column's or variable's name.
  package let subject: String
  package let detail: String

  package init(_ kind: Kind, _ subject: String, _ detail: String) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }
}
