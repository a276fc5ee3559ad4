import Foundation

enum Intercept {
  /// The intercept at which the mean probability of the outcome is `prevalence`, by bisection until
  /// the interval's middle is one of its ends.
  ///
  /// - Parameters:
  ///   - logOdds: of every row, without the intercept; finite, at least one.
  ///   - prevalence: between 0 and 1, both excluded.
  static func solve(logOdds: [Double], prevalence: Double) -> Double {
    let bound = logOdds.map(abs).max() ?? 0
    let target = log(prevalence / (1 - prevalence))
    var (lower, upper) = (target - bound, target + bound)
    while true {
      let middle = lower + (upper - lower) / 2
      guard lower < middle, middle < upper else { return middle }
      let mean = logOdds.reduce(0) { $0 + probability($1 + middle) } / Double(logOdds.count)
      if mean < prevalence { lower = middle } else { upper = middle }
    }
  }

  /// `1 / (1 + e^-x)`.
  static func probability(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
