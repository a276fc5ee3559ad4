import Console

/// A model's coefficients as a table in plain text.
enum CoefficientTable {
  static func text(_ model: ModelFile) -> String {
    let estimates = model.estimates
    let intervals = zip(
      NumberText.alignedAtPoint(estimates.map { ratio($0.lower, $0) }),
      NumberText.alignedAtPoint(estimates.map { ratio($0.upper, $0) }))
    let cells: [[String]] = [
      estimates.map(\.term), estimates.map(\.contrast),
      NumberText.alignedAtPoint(estimates.map(coefficient)),
      NumberText.alignedAtPoint(estimates.map { ratio($0.oddsRatio, $0) }),
      zip(estimates, intervals).map { $0.oddsRatio == nil ? "" : "\($1.0) to \($1.1)" },
      estimates.map { $0.p.map(NumberText.pValue) ?? "" },
    ]
    var columns: [TextTable.Column] = [
      .init(header: "term", mayWrap: true), .init(header: "contrast", mayWrap: true),
      .init(header: "coefficient", alignment: .right), .init(header: "odds ratio", alignment: .right),
      .init(header: heading(model), alignment: .right), .init(header: "p", alignment: .right),
    ]
    if model.isShrunken { columns.removeLast() }
    let rows = estimates.indices.map { row in columns.indices.map { cells[$0][row] } }
    return TextTable(columns: columns, rows: rows).text
  }

  private static func heading(_ model: ModelFile) -> String {
    switch model.penalty.kind {
    case .none: "95 % interval"
    case .ridge: "95 % interval: shrunken,\nnot for tests"
    case .firth: "95 % interval\n(profile)"
    }
  }

  /// To three significant digits of its standard error.
  private static func coefficient(_ estimate: Estimate) -> String {
    let places = NumberText.places(showing: 3, of: estimate.standardError, within: 3...8)
    return NumberText.decimals(estimate.coefficient, places: places)
  }

  /// The odds ratio or an end of its interval, to two significant digits of the odds ratio's error.
  static func ratio(_ value: Double?, _ estimate: Estimate) -> String {
    guard let value, let ratio = estimate.oddsRatio else { return "" }
    let places = NumberText.places(showing: 2, of: ratio * estimate.standardError, within: 2...8)
    return NumberText.decimals(value, places: places)
  }
}
