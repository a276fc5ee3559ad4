import Boosting
import Cohorts
import Preprocessing
import Regression

/// Records that no patient has: drawn evenly over all that a dictionary and a plan's filter allow, so that every
/// site has some of everything.
struct ImaginedRecords {
  private static let leastRows = 2000
  /// Share of the rows that lack a variable, where the plan does not leave them out.
  private static let missingShare = 0.2

  private let plan: Plan
  private let study: Study
  private let variables: [Variable]
  private let outcome: Outcome?
  private var random = ImaginedNumbers()

  init(_ plan: Plan, study: Study) {
    self.plan = plan
    self.study = study
    (variables, outcome) = plan.variables(in: study)
  }

  /// Rows that a site has: enough for every level in every part of a validation.
  private var rows: Int {
    let levels = variables.compactMap { $0.levels?.count }.max() ?? 2
    let all = max(Self.leastRows, 4 * parts * levels * study.limits.leastCount)
    return min(all / max(plan.sites.count, 1) + 1, study.limits.mostRowsPerSite)
  }

  private var parts: Int {
    switch plan.algorithm {
    case .logistic(let specification):
      switch specification.validation {
      case .folds(let folds, repeats: _, seed: _): folds
      case .groups, nil: specification.penalty == .ridgeAuto ? 5 : 1
      }
    case .summary, .boosting: 1
    }
  }

  private var hasMissing: Bool {
    switch plan.algorithm {
    case .logistic(let specification): specification.missing == .meanAndIndicator
    case .summary, .boosting: true
    }
  }

  /// The next site's records.
  mutating func cohort() -> Cohort? {
    let rows = rows
    var columns: [String: Column] = [:]
    for variable in variables { columns[variable.name] = column(variable, rows) }
    if let outcome { columns[outcome.name] = .numbers((0..<rows).map { _ in random.next() < 0.5 ? 0 : 1 }) }
    let patients = (0..<rows).map { PatientNumber.of("\($0 / study.limits.mostRowsPerPatient)") }
    guard let cohort = Cohort(rowCount: rows, columns: columns, patients: patients) else { return nil }
    for variable in variables {
      guard let applicable = cohort.applicable(variable, dictionary: study.dictionary) else { continue }
      columns[variable.name] = columns[variable.name]?.keeping(applicable)
    }
    return Cohort(rowCount: rows, columns: columns, patients: patients)
  }

  private mutating func column(_ variable: Variable, _ rows: Int) -> Column {
    let conditions = plan.filter.conditions.filter { $0.variable == variable.name }
    let mayMiss = hasMissing && conditions.isEmpty && !isWeight(variable)
    func isMissing(_ random: inout ImaginedNumbers) -> Bool { mayMiss && random.next() < Self.missingShare }
    switch variable.kind {
    case .continuous(let range):
      let (lower, upper) = Self.bounds(range, conditions)
      return .numbers(
        (0..<rows).map { _ in isMissing(&random) ? .nan : lower + (upper - lower) * random.next() })
    case .count(let range):
      let (lower, upper) = Self.bounds(range, conditions)
      return .numbers(
        (0..<rows).map { _ in
          isMissing(&random)
            ? .nan : min((lower.rounded(.up) + (upper - lower + 1) * random.next()).rounded(.down), upper)
        })
    case .binary:
      let (lower, upper) = Self.bounds(.unit, conditions)
      let values = [0.0, 1].filter { $0 >= lower && $0 <= upper }
      return .numbers((0..<rows).map { _ in isMissing(&random) ? .nan : random.element(of: values) ?? .nan })
    case .categorical(let levels), .ordinal(let levels):
      let allowed = levels.indices.filter { index in
        conditions.allSatisfy { condition in
          if case .oneOf(let wanted) = condition.test { wanted.contains(levels[index]) } else { true }
        }
      }
      return .levels(
        (0..<rows).map { _ in
          Int32(isMissing(&random) ? -1 : random.element(of: allowed) ?? -1)
        })
    }
  }

  private func isWeight(_ variable: Variable) -> Bool {
    switch plan.algorithm {
    case .logistic(let specification): specification.weights?.variable == variable.name
    case .boosting(let specification):
      [specification.weight, specification.exposure, specification.outcome].contains(variable.name)
    case .summary: false
    }
  }

  private static func bounds(
    _ range: ValueRange, _ conditions: [FilterCondition]
  ) -> (lower: Double, upper: Double) {
    conditions.reduce(into: (range.lower, range.upper)) { bounds, condition in
      guard case .between(let atLeast, let atMost) = condition.test else { return }
      bounds = (max(bounds.0, atLeast ?? bounds.0), min(bounds.1, atMost ?? bounds.1))
    }
  }
}

extension Column {
  /// Missing in the other rows.
  fileprivate func keeping(_ rows: [Bool]) -> Column {
    switch self {
    case .numbers(let values): .numbers(zip(values, rows).map { $1 ? $0 : .nan })
    case .levels(let indices): .levels(zip(indices, rows).map { $1 ? $0 : -1 })
    }
  }
}

/// Numbers that are always the same, and do as if they were drawn: SplitMix64 (Steele, Lea and Flood, 2014).
private struct ImaginedNumbers {
  private var state: UInt64 = 0

  /// In [0, 1).
  mutating func next() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func element<Element>(of elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[min(Int(next() * Double(elements.count)), elements.count - 1)]
  }
}
