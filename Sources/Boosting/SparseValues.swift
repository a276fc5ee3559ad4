/// What too few sites have of a feature, and what it counts as.
package struct SparseValues: Hashable, Sendable, Codable {
  /// Whether rows lack the feature, but at too few sites.
  package let lacksRows: Bool
  /// Places of the levels that occur, but at too few sites.
  package let levels: [Int]
  /// Place of the level that all these count as; nil for a number.
  package let level: Int?

  /// A site's column as it counts. Rows that lack a number take those of other rows of the site, spread over all of
  /// them: one value for all would be a cell that these rows alone fill.
  func counted(_ column: [Float]) -> [Float] {
    guard let level else { return lacksRows ? Self.filled(column) : column }
    let few = Set(levels.map { Float($0) })
    return column.map { (lacksRows && $0.isNaN) || few.contains($0) ? Float(level) : $0 }
  }

  fileprivate static func filled(_ column: [Float]) -> [Float] {
    let gaps = column.indices.filter { column[$0].isNaN }
    guard !gaps.isEmpty, gaps.count < column.count else { return column }
    let present = column.filter { !$0.isNaN }
    var filled = column
    for (number, row) in gaps.enumerated() { filled[row] = present[number * present.count / gaps.count] }
    return filled
  }
}

extension BoostingRows {
  /// With the columns as they count, once the support is known. A number that a lying site made out to be nowhere
  /// missing is filled as well: rows in no cell would follow from the total.
  func counted(_ preparation: BoostingPreparation) -> BoostingRows {
    var rows = self
    for feature in preparation.features {
      if let values = preparation.sparse[feature] {
        rows.columns[feature] = values.counted(columns[feature])
      } else if preparation.frame.domains[feature] != nil, !preparation.lackedFeatures.contains(feature) {
        rows.columns[feature] = SparseValues.filled(columns[feature])
      }
    }
    return rows
  }
}
