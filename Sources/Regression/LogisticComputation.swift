import Cohorts
import Evaluation
import LinearAlgebra
import Preprocessing
import Queries

/// The site's side of a logistic regression. Its arithmetic is deterministic: fixed blocks, aligned buffers, no
/// warm starts.
package struct LogisticComputation: SiteComputation {
  let frame: LogisticFrame
  private let records: SiteRecords
  private let group: Int?
  private(set) var preparation: Preparation
  private(set) var partition: Partition?
  private(set) var scoreSums: ScoreSums?
  /// Made once the design is settled.
  private(set) var known: FitSets?
  private var rows: DesignRows
  private var sets: SiteSets?
  private var lastScores: (parameters: [Double], scores: SiteScores)?

  /// - Returns: nil when the records lack a variable of the plan.
  package init?(_ frame: LogisticFrame, site: String, records: SiteRecords) {
    guard let rows = Self.rows(records, frame.preparation.design, frame) else { return nil }
    self.frame = frame
    self.records = records
    self.rows = rows
    group = frame.group(of: site)
    preparation = Preparation(frame.preparation)
  }

  private static func rows(_ records: SiteRecords, _ design: Design, _ frame: LogisticFrame) -> DesignRows? {
    records.rows(design).map { frame.preparation.hasSiteIntercepts ? $0.unlessOfOneClass : $0 }
  }

  package mutating func answer(_ query: Query) -> [[Double]]? {
    if preparation.standardisation == nil { return preparation.answer(rows) }
    guard let known, var sets = sets ?? makeSets() else { return nil }
    defer { self.sets = sets }
    if let partition, (try? partition.query()) != nil {
      return partition.answer(rows, standardised: sets.standardised, group: group)
    }
    switch query.name {
    case NewtonQuery.name: return newton(query, known, &sets)
    case LambdaSearch.queryName:
      return deviances(query, known, &sets)
    case ScoreProducts.name:
      let likelihood = likelihood(FitPoint(set: 0, parameters: query.parameters), known, &sets)
      let suffices = EffectiveRows.suffice(likelihood, leastCount: leastCount)
      let groups =
        frame.specification.standardErrors == .cluster
        ? rows.patients : rows.patients.indices.map(UInt64.init)
      let answer = [ScoreProducts.answer(likelihood, groups: groups, hasIntercept: known.hasIntercept)]
      return suffices ? answer : nil
    default: return scored(query, known, &sets)
    }
  }

  private func makeSets() -> SiteSets? { known.map { SiteSets($0, rows: rows, group: group) } }

  private var leastCount: Int { frame.preparation.leastCount }

  private func likelihood(_ point: FitPoint, _ known: FitSets, _ sets: inout SiteSets) -> SiteLikelihood {
    let members = sets.members(point.set)
    return SiteLikelihood(
      sets.matrix(point.set, rows: members), outcome: sets.taken(rows.outcome, members),
      weights: sets.taken(rows.weights, members), parameters: point.parameters,
      hasIntercept: known.hasIntercept)
  }

  private func newton(_ query: Query, _ known: FitSets, _ sets: inout SiteSets) -> [[Double]]? {
    guard let points = NewtonQuery.decode(query.parameters, known.shape) else { return nil }
    var answer = [[Double]](repeating: [], count: query.segments.count)
    // What is withheld takes as long as what is not, or the time would tell who withheld.
    var suffices = true
    for point in points {
      let likelihood = likelihood(point, known, &sets)
      if !EffectiveRows.suffice(likelihood, leastCount: leastCount) { suffices = false }
      let hessian = likelihood.hessian(hasIntercept: known.hasIntercept)
      answer[0].append(likelihood.logLikelihood)
      answer[1] += likelihood.gradient
      answer[2] += hessian.upperTriangle
      guard let triangle = point.inverse,
        let inverse = SymmetricMatrix(order: hessian.order, upperTriangle: triangle)
      else { continue }
      let leverages = likelihood.leverages(inverse)
      // Over the federation they add up to the parameters; more than that at one site is not the inverse's.
      if !(leverages.reduce(0, +) <= Double(hessian.order) * (1 + 1e-6)) { suffices = false }
      answer[3] += likelihood.firth(leverages)
    }
    return suffices ? answer : nil
  }

  private func deviances(_ query: Query, _ known: FitSets, _ sets: inout SiteSets) -> [[Double]]? {
    guard let points = NewtonQuery.decode(query.parameters, known.shape) else { return nil }
    var deviances: [Double] = []
    var suffices = true
    for point in points {
      // Held-out rows may be few; what the training rows allow is no fit to a single patient.
      if !EffectiveRows.suffice(likelihood(point, known, &sets), leastCount: leastCount) { suffices = false }
      deviances.append(SiteScores.deviance(point, known, &sets))
    }
    return suffices ? [deviances] : nil
  }

  private mutating func scored(_ query: Query, _ known: FitSets, _ sets: inout SiteSets) -> [[Double]]? {
    guard let scoreSums else { return nil }
    let parameters = Array(query.parameters.prefix(SiteScores.count(known.shape)))
    let scores: SiteScores
    if let lastScores, lastScores.parameters == parameters {
      scores = lastScores.scores
    } else {
      scores = SiteScores(parameters, known, &sets)
      lastScores = (parameters, scores)
    }
    switch query.name {
    case Calibration.name:
      let lines = Array(query.parameters.dropFirst(parameters.count))
      let answer = Calibration.answer(lines, scores.table)
      let suffice = Calibration.fits(lines, scores.table).map {
        suffices($0.probabilities, outcome: $0.outcome)
      }
      return suffice.allSatisfy(\.self) ? answer : nil
    case ScoreBins.name: return ScoreBins.answer(scoreSums, scores.table)
    default:
      let answer = scoreSums.answer(scores.table, parameters)
      let suffice = SiteScores.fits(parameters, known.shape).enumerated().map { set, fit in
        EffectiveRows.suffice(
          likelihood(FitPoint(set: set, parameters: fit), known, &sets), leastCount: leastCount)
      }
      return suffice.allSatisfy(\.self) ? answer : nil
    }
  }

  private func suffices(_ probabilities: [Double], outcome: [Double]) -> Bool {
    EffectiveRows.suffice(
      probabilities.map { $0 * (1 - $0) }, zip(outcome, probabilities).map { $0 - $1 }, outcome: outcome,
      leastCount: leastCount)
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    if preparation.standardisation == nil {
      let before = preparation.design
      try preparation.absorb(sum)
      if preparation.design != before, let rows = Self.rows(records, preparation.design, frame) {
        self.rows = rows
      }
      if preparation.standardisation != nil { try settle() }
    } else if try partition?.query() != nil {
      try partition?.absorb(sum)
      if try partition?.query() == nil { try settle() }
    } else {
      try scoreSums?.absorb(sum)
    }
  }

  package var federatedRows: Int? { preparation.counts?.rows }
  package var leastSupport: Int? {
    [preparation.leastSupport, partition?.leastSupport].compactMap(\.self).min()
  }

  package var findings: [SiteFinding] {
    guard let lastScores, let known else { return [] }
    let scale = OriginalScale(known.standardisation, hasIntercept: true)
    let slopes = lastScores.parameters.prefix(known.shape.order(0))
    let intercept = lastScores.scores.intercept.flatMap { scale.coefficients([$0] + slopes).first }
    return SiteFindings.of(
      lastScores.scores, intercept: intercept, recalibrates: frame.specification.recalibration == .site)
  }

  /// Goes on to the parts, and then to the fits.
  private mutating func settle() throws(AnalysisError) {
    if partition == nil { partition = frame.partition(preparation) }
    known = frame.sets(preparation, partition)
    guard try partition?.query() == nil else { return }
    sets = nil
    scoreSums = known.flatMap(frame.scores)
  }
}
