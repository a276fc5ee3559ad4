import Foundation

/// The columns of a model over pooled records, worked out anew from what the model file says they are made of.
struct DesignMatrix {
  /// One for each term, over the rows that are in the model; what is missing is at the column's mean.
  let columns: [[Double]]
  let outcome: [String]

  init(_ model: ModelFile, _ records: Records) throws {
    let outcomes = try records.texts(model.outcome.name)
    let needed =
      model.missing == "mean+indicator"
      ? model.notes.filter { $0.kind == "rows-left-out" }.map(\.subject)
      : model.terms.flatMap { $0.factors.map(\.variable) }
    var isIn = outcomes.map { !$0.isEmpty }
    for name in Set(needed) {
      for (row, cell) in try records.cells(name).enumerated() {
        if case .missing = cell { isIn[row] = false }
      }
    }
    for condition in model.filter {
      for (row, cell) in try records.cells(condition.variable).enumerated() where !condition.holds(cell) {
        isIn[row] = false
      }
    }
    let rows = isIn.indices.filter { isIn[$0] }
    outcome = rows.map { outcomes[$0] }
    let levels = Dictionary(model.variables.map { ($0.name, $0.levels ?? []) }) { first, _ in first }
    columns = try model.terms.map { term in
      let factors = try term.factors.map { factor in
        let cells = try records.cells(factor.variable)
        return rows.map { factor.value(of: cells[$0], levels: levels[factor.variable] ?? []) }
      }
      return Self.filled(factors.dropFirst().reduce(factors[0]) { zip($0, $1).map(Self.product) })
    }
  }

  /// What is not applicable stays so beside what is missing.
  private static func product(_ first: Double, _ second: Double) -> Double {
    first == 0 || second == 0 ? 0 : first * second
  }

  private static func filled(_ values: [Double]) -> [Double] {
    let present = values.filter { !$0.isNaN }
    let mean = present.reduce(0, +) / Double(present.count)
    return values.map { $0.isNaN ? mean : $0 }
  }

  /// As a table of numbers: a column `c1`, `c2` … for each term, and `outcome`.
  var table: String {
    let header = columns.indices.map { "c\($0 + 1)" } + ["outcome"]
    let lines = outcome.indices.map { row in
      (columns.map { "\($0[row])" } + [outcome[row]]).joined(separator: ",")
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}

extension ModelFile.Factor {
  /// 0 where the variable does not apply, not a number where it is missing.
  fileprivate func value(of cell: Records.Cell, levels known: [String]) -> Double {
    if kind == "missing" {
      if case .missing = cell { return 1 }
      return 0
    }
    switch cell {
    case .notApplicable: return 0
    case .missing: return .nan
    case .text(let text):
      if kind == "score" { return known.firstIndex(of: text).map(Double.init) ?? .nan }
      return levels?.contains(text) == true ? 1 : 0
    case .number(let number): return transformed(number) / (per ?? 1)
    }
  }

  private func transformed(_ x: Double) -> Double {
    switch transform {
    case "log": log(x)
    case "log1p": log1p(x)
    case "hinge": max(0, x - (knots?.first ?? 0))
    case "spline": bent(x)
    default: x
    }
  }

  /// A term of a restricted cubic spline beyond the linear one (Harrell, Regression Modeling Strategies, 2.4.5).
  private func bent(_ x: Double) -> Double {
    guard let knots, let term, knots.count >= 3, term <= knots.count - 2 else { return .nan }
    let (first, before, last) = (knots[0], knots[knots.count - 2], knots[knots.count - 1])
    let knot = knots[term - 1]
    func cube(_ place: Double) -> Double { pow(max(0, x - place), 3) }
    return
      (cube(knot) - cube(before) * (last - knot) / (last - before)
      + cube(last) * (before - knot) / (last - before)) / pow(last - first, 2)
  }
}
