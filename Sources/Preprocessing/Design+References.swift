import Cohorts

/// Rows that columns of the model single out together and none of them alone; rules on columns hold for these
/// indicators as well.
extension Design {
  /// What the indicators of a variable leave over, the rows between neighbouring hinges of one, for differences of
  /// hinges are 0 outside of them, and the rows where a hinge times an indicator is not 0.
  package var references: [DesignColumn] {
    let columns = columns
    return terms.flatMap(leftOver) + intervals(columns) + bentProducts(columns)
  }

  private func leftOver(_ term: DesignTerm) -> [DesignColumn] {
    if let groups = term.groups {
      // With two groups and nothing else the complement of one varies where it does.
      let isMore = groups.count > 2 || term.hasMissingIndicator || term.variable.appliesWhen != nil
      return isMore ? [term.referenceColumn].compactMap(\.self) : []
    }
    guard term.hasMissingIndicator, term.valueColumns.contains(where: \.isIndicator) else { return [] }
    return [Self.between(term.variable, nil, 0)]
  }

  private func intervals(_ columns: [DesignColumn]) -> [DesignColumn] {
    variables.flatMap { name -> [DesignColumn] in
      let knots = columns.flatMap(\.factors).filter { $0.variable == name }.compactMap(\.knot)
      guard let variable = terms.first(where: { $0.variable.name == name })?.variable, !knots.isEmpty else {
        return []
      }
      // Below the first one hinges are 0, and single nothing out there by themselves.
      let isBent = !columns.contains { column in
        column.factors.count == 1 && column.factors[0].variable == name && column.factors[0].knot == nil
          && !column.isMissingIndicator
      }
      let ends = (isBent ? [] : [nil]) + Set(knots).sorted().map(Optional.some) + [nil]
      return zip(ends, ends.dropFirst()).map { Self.between(variable, $0, $1) }
    }
  }

  private func bentProducts(_ columns: [DesignColumn]) -> [DesignColumn] {
    columns.filter { $0.factors.count > 1 && $0.factors.contains { $0.knot != nil } }.compactMap { product in
      let factors = product.factors.compactMap { factor -> Factor? in
        if let knot = factor.knot { return .between(variable: factor.variable, lower: knot, upper: nil) }
        return columns.contains { $0.factors == [factor] && $0.isIndicator } ? factor : nil
      }
      // A hinge alone has its intervals.
      guard factors.count > 1 else { return nil }
      return DesignColumn(name: "\(product.name) not 0", factors: factors, range: .unit, isIndicator: true)
    }
  }

  private static func between(_ variable: Variable, _ lower: Double?, _ upper: Double?) -> DesignColumn {
    let place =
      switch (lower, upper) {
      case (let lower?, let upper?): "above \(lower) up to \(upper)"
      case (let lower?, nil): "above \(lower)"
      default: "up to \(upper ?? .nan)"
      }
    return DesignColumn(
      name: "\(variable.name) \(place)",
      factors: [.between(variable: variable.name, lower: lower, upper: upper)], range: .unit,
      isIndicator: true)
  }

  /// Whether a reference is all rows above the only bend of its variable: no sum is theirs without the hinge, whose own
  /// variation says at how many sites they are.
  package func isAboveOneHinge(_ reference: DesignColumn) -> Bool {
    guard reference.factors.count == 1, case .between(_, _?, nil) = reference.factors[0] else { return false }
    return !references.contains {
      $0 != reference && $0.factors.count == 1 && $0.variables == reference.variables
    }
  }

  /// The columns that single a reference's rows out.
  package func columns(around reference: DesignColumn) -> [DesignColumn] {
    let columns = columns
    if reference.factors.count > 1 { return columns.filter { reference.name == "\($0.name) not 0" } }
    let own = columns.filter { $0.factors.contains { $0.variable == reference.factors[0].variable } }
    let hinges = own.filter { $0.factors.contains { $0.knot != nil } }
    if case .between = reference.factors[0], !hinges.isEmpty { return hinges }
    return own.filter { !$0.isMissingIndicator }
  }

  /// The hinge whose going joins the rows of an interval with the next ones, and its products.
  func hinge(beside reference: DesignColumn) -> [String] {
    guard case .between(let variable, let lower, let upper)? = reference.factors.first,
      let knot = lower ?? upper
    else { return [] }
    let hinge = columns.first { column in
      column.factors.count == 1 && column.factors[0].variable == variable && column.factors[0].knot == knot
    }
    return hinge.map { withProducts(of: $0.name) } ?? []
  }
}
