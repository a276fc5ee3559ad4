import Cohorts
import Foundation
import Testing

/// The log odds that effects give to records that were read back; written apart from the simulator's own.
struct ExplainedOdds: Sendable {
  let effects: CohortEffects
  let dictionary: StudyDictionary
  let cohort: Cohort

  /// Of these variables together, or of all.
  func total(_ names: Set<String>? = nil) throws -> [Double] {
    var total = [Double](repeating: 0, count: cohort.rowCount)
    for effect in effects.variables where names?.contains(effect.variable) ?? true {
      for (row, value) in try of(effect.variable).enumerated() { total[row] += value }
    }
    return total
  }

  /// Of one variable.
  func of(_ name: String) throws -> [Double] {
    let effect = try #require(effects.variables.first { $0.variable == name }?.effect)
    let column = try #require(cohort[name])
    return (0..<cohort.rowCount).map { row in
      column.isMissing(at: row) ? 0 : effects.scale * value(effect, column, row)
    }
  }

  private func value(_ effect: VariableEffect.Effect, _ column: Column, _ row: Int) -> Double {
    switch (effect, column) {
    case (.linear(let ratio, let per), .numbers(let x)): return ratio / per * x[row]
    case (.linear(let ratio, let per), .levels(let index)): return ratio / per * Double(index[row])
    case (.logarithmic(let ratio), .numbers(let x)): return ratio * log(x[row])
    case (.hinge(let ratio, let per, let from), .numbers(let x)):
      return x[row] > from ? ratio / per * (x[row] - from) : 0
    case (.atLeast(let least, let ratio), .numbers(let x)): return x[row] < least ? 0 : ratio
    case (.levels(let ratios), .levels(let index)): return ratios[Int(index[row])]
    case (.sum(let parts), _): return parts.map { value($0, column, row) }.reduce(0, +)
    case (.by(let other, let parts), _):
      switch cohort[other] {
      case .numbers(let x): return value(parts[Int(x[row])], column, row)
      case .levels(let index): return value(parts[Int(index[row])], column, row)
      case nil: return .nan
      }
    default: return .nan
    }
  }
}

/// The intercept at which probabilities have the mean that the outcomes have.
func fittedIntercept(_ logOdds: [Double], _ outcome: [Double]) -> Double {
  var (lower, upper) = (-60.0, 60.0)
  for _ in 0..<60 {
    let middle = (lower + upper) / 2
    let isLow = mean(logOdds.map { 1 / (1 + exp(-$0 - middle)) }) < mean(outcome)
    (lower, upper) = isLow ? (middle, upper) : (lower, middle)
  }
  return lower
}

/// By the ranks' sum; ties count half.
func areaUnderCurve(_ scores: [Double], _ outcome: [Double]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var (sum, start) = (0.0, 0)
  while start < order.count {
    var end = start
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2
    sum += rank * order[start..<end].reduce(0) { $0 + outcome[$1] }
    start = end
  }
  let events = outcome.reduce(0, +)
  return (sum - events * (events + 1) / 2) / (events * (Double(outcome.count) - events))
}
