import Cohorts
import Queries

/// Means and deviations of the design columns, by the rules of the design of record.
extension Preparation {
  /// Columns that some row may lack.
  var gappedColumns: [Int] {
    let indicated = indicatedVariables
    guard !indicated.isEmpty else { return [] }
    let columns = design.columns
    return columns.indices.filter { index in
      let column = columns[index]
      return !column.isMissingIndicator && column.variables.contains(where: indicated.contains)
    }
  }

  func momentsQuery(_ counts: Counts) throws(AnalysisError) -> Query {
    let most = Double(counts.rows) * (frame.greatestWeight ?? 1)
    var segments: [Segment] = []
    if frame.greatestWeight != nil {
      segments.append(try .reals("weights", length: 2, bound: most, sites: frame.sites))
    }
    let gapped = gappedColumns.count
    if gapped > 0 {
      segments.append(
        try .reals("weights-of-rows-that-have-it", length: gapped, bound: most, sites: frame.sites))
    }
    segments.append(try .reals("sums", length: design.columns.count, bound: most, sites: frame.sites))
    return Query(name: "moments", parameters: [], segments: segments, isVerified: true)
  }

  func afterMoments(_ sum: QuerySum, _ counts: Counts) throws(AnalysisError) -> Stage {
    var values = sum.values[...]
    let weights =
      frame.greatestWeight == nil
      ? [Double(counts.rows), Double(counts.events)] : values.removeFirst()
    var present = [Double](repeating: weights[0], count: design.columns.count)
    let gapped = gappedColumns
    if !gapped.isEmpty {
      for (column, weight) in zip(gapped, values.removeFirst()) { present[column] = weight }
    }
    let slack = Double(frame.sites)
    guard weights[0] > 0, weights[1] >= -slack, weights[1] <= weights[0] + slack,
      present.allSatisfy({ $0 > 0 && $0 <= weights[0] + slack }),
      zip(values.removeFirst(), present).allSatisfy({ $0 >= -slack && $0 <= $1 + slack })
    else { throw Self.impossible("means") }
    let means = zip(sum.values[sum.values.count - 1], present).map { $0 / $1 }
    return .spread(
      counts,
      Moments(weight: weights[0], weightedEvents: weights[1], present: present, scaledMeans: means))
  }

  func afterSpread(
    _ sum: QuerySum, _ counts: Counts, _ moments: Moments
  ) throws(AnalysisError) -> Stage {
    guard sum.values[0].allSatisfy({ (-1...moments.weight + 1).contains($0) }) else {
      throw Self.impossible("squares")
    }
    var means: [Double] = []
    var deviations: [Double] = []
    var refined: [Int] = []
    for (index, column) in design.columns.enumerated() {
      let scaledDeviation = (max(0, sum.values[0][index]) / moments.weight).squareRoot()
      guard scaledDeviation * Self.greatestRatio >= 1 else {
        throw AnalysisError(
          .rangeTooWide, "the range of “\(column.name)” is over 2^24 times its standard deviation",
          advice: "narrow its range in the study's dictionary")
      }
      if scaledDeviation * Self.refinedRatio < 1 { refined.append(index) }
      means.append(column.range.lower + column.range.width * moments.scaledMeans[index])
      deviations.append(column.range.width * scaledDeviation)
    }
    let standardisation = Standardisation(
      rows: Double(counts.rows), events: Double(counts.events), weight: moments.weight,
      weightedEvents: moments.weightedEvents, present: moments.present, means: means,
      deviations: deviations)
    return refined.isEmpty
      ? .done(counts, standardisation) : .refinement(counts, standardisation, columns: refined)
  }

  /// Shift and stretch by the sums of the standardised values. A missing value counts as the mean of the pass before,
  /// which the shift moves with the others.
  static func refined(_ rough: Standardisation, _ sum: QuerySum, _ columns: [Int]) -> Standardisation {
    var means = rough.means
    var deviations = rough.deviations
    for (place, column) in columns.enumerated() {
      let shift = sum.values[0][place] / rough.weight
      let square = sum.values[1][place] / rough.weight
      means[column] += deviations[column] * shift
      deviations[column] *= max(0, square - shift * shift).squareRoot()
    }
    return Standardisation(
      rows: rough.rows, events: rough.events, weight: rough.weight, weightedEvents: rough.weightedEvents,
      present: rough.present, means: means, deviations: deviations)
  }
}
