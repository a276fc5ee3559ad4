import Cohorts

/// Whether numbers look as if they were in another unit than the dictionary's.
struct UnitSuspicion {
  /// Fewer values say nothing.
  private static let leastValues = 30
  private static let greatestFactor = 1000.0
  /// Units named for the same values.
  private static let mostUnits = 2

  let variable: Variable
  let range: ValueRange
  private let conversions: [UnitConversion]

  /// - Returns: nil for a variable without range or unit.
  init?(_ variable: Variable) {
    guard let range = variable.kind.range, variable.unit != nil else { return nil }
    self.variable = variable
    self.range = range
    conversions = UnitConversion.all(for: variable)
  }

  /// A magnitude in the middle of the range.
  private var typical: Double {
    range.lower > 0 ? (range.lower * range.upper).squareRoot() : range.upper / 10
  }

  /// Says of values outside of the range in which units most of them would be inside, first the one that brings
  /// them nearest to the values inside.
  ///
  /// - Parameter median: of the values inside; nil where there are too few.
  func finding(outside: [Double], median: Double?) -> Finding? {
    guard !outside.isEmpty else { return nil }
    let target = abs(median ?? typical)
    let middle = outside.map { abs($0) }.sorted()[outside.count / 2]
    let rated = conversions.map { conversion in
      let fitting = outside.count { range.contains($0 * conversion.factor) }
      let distance = LogTwo.distance(middle * conversion.factor, target)
      return (conversion: conversion, fitting: fitting, distance: distance)
    }.filter { 2 * $0.fitting > outside.count }
    let usual = rated.filter { $0.conversion.unit != nil }
    let best = (usual.isEmpty ? rated : usual).sorted { $0.distance < $1.distance }
    guard let first = best.first else { return nil }
    let units = best.filter { $0.fitting >= first.fitting }.prefix(Self.mostUnits)
    return Finding(
      .unit, .attention, variable.name,
      "\(first.fitting) of \(Words.count(outside.count, "value")) outside of \(range.words) \(variable.unit ?? "")"
        + " would fit \(units.map(\.conversion.words).joined(separator: " or "))",
      advice: "look in which unit they are, and convert them")
  }

  /// Says that all values are so low that they would stay in the range in another usual unit, and look more usual.
  func finding(_ spread: ColumnSummary.Spread, values: Int) -> Finding? {
    guard values >= Self.leastValues, spread.least >= 0, spread.greatest > spread.least else { return nil }
    let fitting = conversions.first {
      $0.unit != nil && $0.factor >= 9.99 && $0.factor <= Self.greatestFactor
        && range.contains(spread.greatest * $0.factor) && range.contains(spread.least * $0.factor)
        && 2 * LogTwo.distance(spread.median * $0.factor, typical) < LogTwo.distance(spread.median, typical)
    }
    guard let fitting else { return nil }
    return Finding(
      .unit, .attention, variable.name,
      "all values are low for \(range.words) \(variable.unit ?? ""); they would also fit \(fitting.words)",
      advice: "look whether they are in the dictionary's unit")
  }
}

/// Binary logarithms near enough to compare magnitudes, without a mathematical library.
enum LogTwo {
  static func distance(_ a: Double, _ b: Double) -> Double { abs(of(a) - of(b)) }

  private static func of(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return -1100 }
    return Double(value.exponent) + value.significand - 1
  }
}
