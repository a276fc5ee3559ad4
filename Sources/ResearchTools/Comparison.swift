/// What the odds ratio of a term compares.
struct Comparison {
  /// Such as `per 10 a`, `1 vs 0` or `vs infliximab`.
  let words: String
  /// The same in a sentence, for a drawing: `for 10 years more`.
  let sentence: String
  let level: String?
  let reference: String?
  let unit: String?
}

extension ModelFile {
  func variable(named name: String) -> ModelVariable? { variables.first { $0.name == name } }

  /// Whether a term is one of those that a spline is made of, the linear one included.
  func isOfSpline(_ term: Term) -> Bool {
    guard term.factors.count == 1, let factor = term.factors.first, factor.kind == .value,
      factor.transform == nil || factor.transform == .spline
    else { return false }
    return splinedVariables.contains(factor.variable)
  }

  var splinedVariables: [String] {
    terms.flatMap(\.factors).filter { $0.transform == .spline }.map(\.variable)
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  func comparison(of term: Term) -> Comparison {
    guard term.factors.count == 1, let factor = term.factors.first,
      let variable = variable(named: factor.variable)
    else { return plain("product", "how the one's ratio changes with the other") }
    if isOfSpline(term) { return plain("spline term", "a term of the spline") }
    switch factor.kind {
    case .missing: return plain("missing vs not", "missing against recorded")
    case .score: return plain("per level", "for one level up")
    case .level:
      let reference = reference(of: factor).joined(separator: ", ")
      let level = (factor.levels ?? []).joined(separator: ", ")
      return Comparison(
        words: "vs \(reference)", sentence: "\(level) against \(reference)", level: level,
        reference: reference, unit: nil)
    case .value: return comparison(of: factor, variable)
    }
  }

  /// The levels that no indicator of the variable marks though rows have them.
  private func reference(of factor: ModelFactor) -> [String] {
    let marked = terms.filter { $0.factors.count == 1 }.flatMap(\.factors)
      .filter { $0.kind == .level && $0.variable == factor.variable }.flatMap { $0.levels ?? [] }
    let variable = variable(named: factor.variable)
    let others = marked + (variable?.unseen ?? [])
    return (variable?.levels ?? []).filter { !others.contains($0) }
  }

  private func comparison(of factor: ModelFactor, _ variable: ModelVariable) -> Comparison {
    if variable.type == .binary, factor.per == nil, factor.transform == nil {
      return plain("1 vs 0", "yes against no")
    }
    let amount = NumberText.shortest(factor.per ?? 1)
    // A number without a dimension has the unit 1, or a remark in braces.
    let unit = variable.unit.flatMap { $0 == "1" || $0.hasPrefix("{") ? nil : $0 }
    switch factor.transform {
    case .log, .log1p:
      let scale = factor.transform == .log ? "log" : "log1p"
      return Comparison(
        words: "per \(amount) \(scale)",
        sentence: "for \(amount) more of \(scale == "log" ? "log x" : "log(1 + x)")",
        level: nil, reference: nil, unit: unit)
    case .hinge:
      let knot = NumberText.shortest(factor.knots?.first ?? 0)
      let ending = unit.map { " \($0)" } ?? ""
      return Comparison(
        words: "per \(amount)\(ending) over \(knot)",
        sentence: "for \(amount)\(ending) more above \(knot)", level: nil, reference: nil, unit: unit)
    case .spline, nil:
      return Comparison(
        words: "per \(amount)\(unit.map { " \($0)" } ?? "")",
        sentence: "for \(amount)\(unit.map { " \(Self.words(of: $0, amount))" } ?? "") more", level: nil,
        reference: nil, unit: unit)
    }
  }

  private func plain(_ words: String, _ sentence: String) -> Comparison {
    Comparison(words: words, sentence: sentence, level: nil, reference: nil, unit: nil)
  }

  /// Units of UCUM that few readers know by their codes.
  private static func words(of unit: String, _ amount: String) -> String {
    let known = ["a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour"]
    return known[unit].map { amount == "1" ? $0 : $0 + "s" } ?? unit
  }
}
