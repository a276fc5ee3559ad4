import Cohorts

extension Reviewer {
  /// Values inside of the range that tell what a column is like.
  private static let leastInside = 10

  mutating func review(_ variable: Variable, isOutcome: Bool) {
    guard let column = cohort[variable.name] else { return }
    let applicable = isOutcome ? nil : cohort.applicable(variable, dictionary: dictionary)
    var (values, missing, notApplicable) = (0, 0, 0)
    for row in 0..<cohort.rowCount {
      if !column.isMissing(at: row) {
        values += 1
      } else if applicable.map({ $0[row] }) ?? true {
        missing += 1
      } else {
        notApplicable += 1
      }
    }
    let spread: ColumnSummary.Spread?
    let levels: [ColumnSummary.Level]?
    switch column {
    case .numbers(let numbers) where variable.kind.range != nil:
      let ranking = Ranking(numbers)
      spread = Self.spread(ranking)
      levels = nil
      review(variable, ranking, spread)
    default:
      spread = nil
      levels = self.levels(of: variable, column)
      review(variable, levels ?? [], column, isOutcome: isOutcome)
    }
    if !isOutcome { reviewMissing(variable, column, applicable, missing: missing) }
    if values == 0 {
      let applies = missing > 0 || cohort.rowCount == 0
      add(
        .constant, .attention, variable, applies ? "has no value in any row" : "applies to no row",
        applies
          ? "plans that need complete rows get none from this site" : "it is left out of this site's sums")
    }
    columns.append(
      ColumnSummary(
        name: variable.name, label: variable.label, type: variable.kind.word, unit: variable.unit,
        isOutcome: isOutcome, isComputed: variable.formula != nil, values: values, missing: missing,
        madeMissing: report.madeMissing(in: variable.name), notApplicable: notApplicable,
        range: variable.kind.range.map { [$0.lower, $0.upper] }, spread: spread, levels: levels))
  }

  private mutating func add(
    _ kind: Finding.Kind, _ severity: Finding.Severity, _ variable: Variable, _ finding: String,
    _ advice: String
  ) {
    findings.append(Finding(kind, severity, variable.name, finding, advice: advice))
  }

  /// A number that is not binary.
  private mutating func review(
    _ variable: Variable, _ ranking: Ranking, _ spread: ColumnSummary.Spread?
  ) {
    if let suspicion = UnitSuspicion(variable) {
      let median = ranking.values.count >= Self.leastInside ? spread?.median : nil
      let outside = reading.outside[variable.name] ?? []
      let low = spread.flatMap { suspicion.finding($0, values: ranking.values.count) }
      if let finding = suspicion.finding(outside: outside, median: median) ?? low {
        findings.append(finding)
      }
    }
    guard let spread else { return }
    guard spread.least < spread.greatest else {
      return add(
        .constant, .attention, variable, "has one value in all \(Words.count(ranking.values.count, "row"))",
        "look whether it was filled in for all; alone at this site it tells nothing")
    }
    for outcome in outcomes { findings += [outcome.finding(variable.name, ranking)].compactMap(\.self) }
    if variable.formula == nil, let outlier = Outlier(ranking, mean: spread.mean) {
      let advice =
        spread.least > 0
        ? "if it is right, “transform: log” in the plan keeps one patient from steering the model"
        : spread.least == 0
          ? "if it is right, “transform: log1p” in the plan keeps one patient from steering the model"
          : "look whether it is right"
      add(
        .outlier, .attention, variable,
        "line \(reading.records.lines[outlier.row]) alone makes \(Words.percent(outlier.share)) of the variance",
        advice)
    }
  }

  /// A variable with levels, or a binary one.
  private mutating func review(
    _ variable: Variable, _ levels: [ColumnSummary.Level], _ column: Column, isOutcome: Bool
  ) {
    let filled = levels.filter { $0.rows > 0 }
    guard let only = filled.first else { return }
    if filled.count == 1 {
      add(
        .constant, .attention, variable, "is “\(only.level)” in all \(Words.count(only.rows, "row"))",
        isOutcome
          ? "with site intercepts this site tells the model nothing"
          : "look whether it was filled in for all; alone at this site it tells nothing")
    } else if filled.count < levels.count {
      let empty = levels.filter { $0.rows == 0 }.map { "“\($0.level)”" }.joined(separator: ", ")
      add(.emptyLevel, .note, variable, "no row has \(empty)", "look whether that is so here")
    }
    for level in filled where level.rows < leastCount {
      add(
        .smallCell, .note, variable,
        "\(Words.count(level.rows, "row")) with “\(level.level)”, under the least count of \(leastCount)",
        "if all sites together have too few, the plan's “rare” says what becomes of it")
    }
    guard !isOutcome, filled.count > 1 else { return }
    let groups: [Int32]
    switch column {
    case .levels(let indices): groups = indices
    case .numbers(let values): groups = values.map { $0.isNaN ? -1 : Int32($0) }
    }
    for outcome in outcomes {
      findings += outcome.findings(
        variable.name, groups: groups, names: levels.map { "with “\($0.level)”" }, whole: "alone")
    }
  }

  private mutating func reviewMissing(
    _ variable: Variable, _ column: Column, _ applicable: [Bool]?, missing: Int
  ) {
    guard missing > 0, variable.formula == nil else { return }
    if missing < leastCount {
      add(
        .smallCell, .note, variable,
        "\(Words.count(missing, "row")) without a value, under the least count of \(leastCount)",
        "no indicator of that is made")
    }
    guard !outcomes.isEmpty else { return }
    let groups = (0..<cohort.rowCount).map { row -> Int32 in
      column.isMissing(at: row) ? applicable.map { $0[row] ? 1 : -1 } ?? 1 : 0
    }
    for outcome in outcomes {
      findings += outcome.findings(
        variable.name, groups: groups, names: ["with a value", "without a value"],
        whole: "whether it is missing", chance: Separation.mostChance / 10)
    }
  }

  private func levels(of variable: Variable, _ column: Column) -> [ColumnSummary.Level] {
    let names = variable.levels ?? ["0", "1"]
    var counts = [Int](repeating: 0, count: names.count)
    switch column {
    case .levels(let indices): for index in indices where index >= 0 { counts[Int(index)] += 1 }
    case .numbers(let values): for value in values where !value.isNaN { counts[value == 1 ? 1 : 0] += 1 }
    }
    return zip(names, counts).map { ColumnSummary.Level(level: $0, rows: $1) }
  }

  private static func spread(_ ranking: Ranking) -> ColumnSummary.Spread? {
    guard let least = ranking.values.first, let greatest = ranking.values.last,
      let lower = ranking.quantile(0.25), let median = ranking.quantile(0.5),
      let upper = ranking.quantile(0.75)
    else { return nil }
    let count = Double(ranking.values.count)
    // Around the least value, so that far from zero little is lost.
    let mean = least + ranking.values.reduce(0) { $0 + ($1 - least) } / count
    let squares = ranking.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return ColumnSummary.Spread(
      least: least, lowerQuartile: lower, median: median, upperQuartile: upper, greatest: greatest,
      mean: mean, deviation: count > 1 ? (squares / (count - 1)).squareRoot() : 0)
  }
}
