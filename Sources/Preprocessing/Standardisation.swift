/// Federated mean and deviation of each design column, from verified sums.
package struct Standardisation: Hashable, Sendable, Codable {
  /// Rows over the federation.
  package let rows: Double
  /// Rows with outcome 1.
  package let events: Double
  /// Sum of the weights, and of the weights of rows with outcome 1; rows and events where there are none.
  package let weight: Double
  package let weightedEvents: Double
  /// Weight of the rows that have each column.
  package let present: [Double]
  /// In natural units, one for each design column, over the rows that have it; a missing value counts as it.
  package let means: [Double]
  /// Standard deviations with divisor `weight`, in natural units, positive: over all rows, missing ones at the mean.
  package let deviations: [Double]

  package init(
    rows: Double, events: Double, weight: Double? = nil, weightedEvents: Double? = nil,
    present: [Double]? = nil,
    means: [Double], deviations: [Double]
  ) {
    self.rows = rows
    self.events = events
    self.weight = weight ?? rows
    self.weightedEvents = weightedEvents ?? events
    self.present = present ?? [Double](repeating: weight ?? rows, count: means.count)
    self.means = means
    self.deviations = deviations
  }
}
