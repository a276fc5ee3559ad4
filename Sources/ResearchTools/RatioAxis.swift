import Foundation

/// A logarithmic axis for odds ratios between two places of a drawing.
struct RatioAxis {
  /// Ratios beyond are drawn as arrows at the axis's end: 2^±10.
  private static let mostDoublings = 10.0

  /// Ends in doublings of the ratio 1, whole numbers.
  private let lower: Double
  private let upper: Double
  private let places: ClosedRange<Double>

  /// - Parameter ratios: what is to be shown; those that are not positive and finite are left out.
  init(showing ratios: [Double], in places: ClosedRange<Double>) {
    let doublings = ratios.filter { $0 > 0 && $0.isFinite }.map { log2($0) }
    // At least from a half to two, so that small effects look small.
    lower = max(-Self.mostDoublings, min(-1, (doublings.min() ?? 0).rounded(.down)))
    upper = min(Self.mostDoublings, max(1, (doublings.max() ?? 0).rounded(.up)))
    self.places = places
  }

  /// Where a ratio stands, the nearer end for one beyond.
  func place(of ratio: Double) -> Double {
    let doublings = ratio > 0 ? min(max(log2(ratio), lower), upper) : lower
    return places.lowerBound
      + (doublings - lower) / (upper - lower) * (places.upperBound - places.lowerBound)
  }

  func isBelow(_ ratio: Double) -> Bool { ratio <= 0 || log2(ratio) < lower }

  func isAbove(_ ratio: Double) -> Bool { ratio > 0 && log2(ratio) > upper }

  /// Powers of two, at most about eight, 1 among them.
  var ticks: [Double] {
    let step = ((upper - lower) / 8).rounded(.up)
    return stride(from: (lower / step).rounded(.up), through: (upper / step).rounded(.down), by: 1)
      .map { exp2($0 * step) }
  }
}
