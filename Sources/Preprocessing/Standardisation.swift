/// Federated mean and deviation of each design column, from verified sums.
package struct Standardisation: Hashable, Sendable, Codable {
  /// Rows over the federation.
  package let rows: Double
  /// Rows with outcome 1.
  package let events: Double
  /// In natural units, one for each design column.
  package let means: [Double]
  /// Standard deviations with divisor `rows`, in natural units, positive.
  package let deviations: [Double]

  package init(rows: Double, events: Double, means: [Double], deviations: [Double]) {
    self.rows = rows
    self.events = events
    self.means = means
    self.deviations = deviations
  }
}
