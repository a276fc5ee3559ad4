import Cohorts

/// Levels of a variable that share an indicator.
package struct LevelGroup: Hashable, Sendable, Codable {
  /// The level's own name, or `other`.
  package let label: String
  /// Places in the dictionary, ascending.
  package let indices: [Int]
}

/// A planned predictor on its way to design columns.
package struct DesignTerm: Hashable, Sendable, Codable {
  static let mergedLabel = "other"

  package let planned: PlannedPredictor
  package let variable: Variable
  /// The groups of its levels in the dictionary's order, where they have indicators; nil for a number or score.
  package private(set) var groups: [LevelGroup]?
  /// Of a spline, once they are known.
  package var knots: [Double]?
  /// Whether a column tells where the variable is missing.
  package var hasMissingIndicator = false

  init(_ planned: PlannedPredictor, variable: Variable) {
    self.planned = planned
    self.variable = variable
    let isScore = if case .ordinal = variable.kind { planned.coding == .linear } else { false }
    groups =
      isScore
      ? nil
      : variable.levels.map { levels in
        levels.indices.map { LevelGroup(label: levels[$0], indices: [$0]) }
      }
  }

  var isHinge: Bool { if case .hinge = planned.transformation { true } else { false } }

  /// Whether its knots are still to be found.
  package var awaitsKnots: Bool {
    if case .spline = planned.transformation { knots == nil } else { false }
  }

  /// The group without an indicator: the planned reference, else the dictionary's first level, while it stands
  /// for itself; else the first group that is not `other`.
  var reference: LevelGroup? {
    guard let groups, let levels = variable.levels else { return nil }
    let wanted = planned.reference.flatMap { levels.firstIndex(of: $0) } ?? 0
    return groups.first { $0.indices == [wanted] } ?? groups.first { $0.indices.count == 1 } ?? groups.first
  }

  /// Joins groups into one, `other`, and with the dictionary's level of that name where it has one.
  mutating func merge(_ labels: [String]) {
    guard let old = groups else { return }
    let labels = labels + [Self.mergedLabel]
    let joined = old.filter { labels.contains($0.label) }
    let other = LevelGroup(label: Self.mergedLabel, indices: joined.flatMap(\.indices).sorted())
    groups = old.filter { !labels.contains($0.label) } + [other]
  }

  /// Takes levels out that no row has.
  mutating func leaveOut(_ labels: [String]) {
    groups = groups?.filter { !labels.contains($0.label) }
  }

  /// The value's columns or the indicators, then the missing indicator.
  var columns: [DesignColumn] {
    valueColumns + (hasMissingIndicator ? [missingIndicator] : [])
  }

  var valueColumns: [DesignColumn] {
    if let groups {
      return groups.filter { $0 != reference }.map(indicator)
    }
    if variable.levels != nil {
      return [
        number(
          [.score(variable: variable.name)], ValueRange(lower: 0, upper: Double(levelCount - 1)),
          variable.name)
      ].compactMap(\.self)
    }
    return transforms.compactMap { name, transform in
      number(
        [.value(variable: variable.name, transform)], variable.valueRange.flatMap(transform.range), name)
    }
  }

  /// The indicator that the value's columns leave over, rows without a use for the variable among it, for they
  /// have none of the others either; nil for a number.
  var referenceColumn: DesignColumn? {
    reference.map { group in
      let indices = group.indices + (variable.appliesWhen == nil ? [] : [Factor.notApplicable])
      return indicator(LevelGroup(label: group.label, indices: indices))
    }
  }

  var missingIndicator: DesignColumn {
    DesignColumn(
      name: "\(variable.name):missing", factors: [.missing(variable: variable.name)], range: .unit,
      isIndicator: true)
  }

  private var levelCount: Int { variable.levels?.count ?? 0 }

  private var transforms: [(name: String, Transform)] {
    let (name, per) = (variable.name, planned.per)
    switch planned.transformation {
    case .none: return [(name, Transform(.identity, per: per))]
    case .log: return [("log(\(name))", Transform(.log, per: per))]
    case .log1p: return [("log1p(\(name))", Transform(.log1p, per: per))]
    case .hinge(let knot):
      return [("hinge(\(name), \(Self.text(knot)))", Transform(.hinge(knot), per: per))]
    case .spline:
      let bent = (knots ?? []).indices.dropFirst(2).map { index in
        let term = index - 1
        return (
          name + String(repeating: "'", count: term),
          Transform(.spline(knots: knots ?? [], term: term), per: per)
        )
      }
      return [(name, Transform(.identity, per: per))] + bent
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  private func indicator(_ group: LevelGroup) -> DesignColumn {
    DesignColumn(
      name: "\(variable.name)=\(group.label)",
      factors: [.level(variable: variable.name, indices: group.indices, label: group.label)], range: .unit,
      isIndicator: true)
  }

  private func number(_ factors: [Factor], _ range: ValueRange?, _ name: String) -> DesignColumn? {
    range.flatMap { variable.appliesWhen == nil ? $0 : $0.including(0) }.map {
      DesignColumn(
        name: name, factors: factors, range: $0,
        isIndicator: variable.kind == .binary && planned.transformation == .none && planned.per == 1)
    }
  }
}

extension Variable {
  /// Of a number; a binary variable's is [0, 1].
  var valueRange: ValueRange? {
    switch kind {
    case .continuous(let range), .count(let range): range
    case .binary: .unit
    case .categorical, .ordinal: nil
    }
  }
}

extension ValueRange {
  fileprivate func including(_ value: Double) -> ValueRange? {
    ValueRange(lower: min(lower, value), upper: max(upper, value))
  }
}
