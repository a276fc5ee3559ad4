import Cohorts

/// What a design column is made of: a column is the product of its factors.
package enum Factor: Hashable, Sendable, Codable {
  /// A number.
  case value(variable: String, Transform)
  /// An ordinal variable's level, counted from 0.
  case score(variable: String)
  /// 1 where a categorical or ordinal variable has one of these levels, by their places in the dictionary, or is
  /// `notApplicable` where that is among them.
  case level(variable: String, indices: [Int], label: String)
  /// 1 where the variable is missing.
  case missing(variable: String)
  /// 1 where a number lies in `(lower, upper]`, as a hinge is 0 at its knot; nil for no end. No model has such a column: rules hold for it.
  case between(variable: String, lower: Double?, upper: Double?)

  /// Stands for no level: the variable has no meaning in the row.
  static let notApplicable = -2

  package var variable: String {
    switch self {
    case .value(let variable, _), .score(let variable), .level(let variable, _, _), .missing(let variable),
      .between(let variable, _, _):
      variable
    }
  }

  /// Where it bends, if it is a hinge.
  var knot: Double? {
    if case .value(_, let transform) = self, case .hinge(let knot) = transform.kind { knot } else { nil }
  }
}

/// One column of the design matrix.
package struct DesignColumn: Hashable, Sendable, Codable {
  /// `age`, `log1p(crp)`, `drug=adalimumab`, `crp:missing`, or `age*sex=M`.
  package let name: String
  package let factors: [Factor]
  /// Where its values lie, 0 included where it can be not applicable.
  package let range: ValueRange
  /// Whether its values are 0 and 1 alone.
  package let isIndicator: Bool

  package init(name: String, factors: [Factor], range: ValueRange, isIndicator: Bool) {
    self.name = name
    self.factors = factors
    self.range = range
    self.isIndicator = isIndicator
  }

  /// The variables it rests on, each once.
  package var variables: [String] {
    factors.map(\.variable).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Whether it tells where a variable is missing.
  package var isMissingIndicator: Bool {
    factors.contains { if case .missing = $0 { true } else { false } }
  }

  /// Whether it tells of one variable where it has some levels.
  var isLevel: Bool {
    if factors.count == 1, case .level = factors[0] { true } else { false }
  }

  /// The product of two columns.
  package static func product(_ first: DesignColumn, _ second: DesignColumn) -> DesignColumn? {
    let ends = [first.range.lower, first.range.upper].flatMap { end in
      [end * second.range.lower, end * second.range.upper]
    }
    guard let range = ValueRange(lower: ends.min() ?? 0, upper: ends.max() ?? 0) else { return nil }
    return DesignColumn(
      name: "\(first.name)*\(second.name)", factors: first.factors + second.factors, range: range,
      isIndicator: first.isIndicator && second.isIndicator)
  }
}
