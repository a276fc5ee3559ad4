/// What becomes of cells of two columns that few rows fill.
package enum SupportRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// They are counted and named in the result.
  case columns
  /// They are merged away, by the rule that holds for columns.
  case pairs
}
