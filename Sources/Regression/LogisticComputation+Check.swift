import Evaluation
import LinearAlgebra
import Preprocessing
import Queries

/// Which queries a site answers: those that the plan and the verified sums lead to, at parameters within their
/// ranges. Nothing here depends on the site's own records.
extension LogisticComputation {
  package func check(_ query: Query) throws(QueryRefusal) {
    let next = try Self.made { () throws(AnalysisError) -> Query? in
      if let query = try preparation.query() { return query }
      return try partition?.query()
    }
    let expected: Query
    if let next { expected = next } else { expected = try fitQuery(query) }
    guard query.name == expected.name else { throw Self.outOfOrder(query) }
    guard query == expected else { throw Self.doesNotFollow(query) }
  }

  private static func made<Made>(_ make: () throws(AnalysisError) -> Made) throws(QueryRefusal) -> Made {
    do { return try make() } catch { throw QueryRefusal(.analysisEnded, error.message) }
  }

  private static func outOfOrder(_ query: Query) -> QueryRefusal {
    QueryRefusal(.outOfOrder, "“\(query.name)” is not what comes now")
  }

  private static func doesNotFollow(_ query: Query) -> QueryRefusal {
    QueryRefusal(
      .doesNotFollow, "“\(query.name)” has other parameters, segments or scales than the rules give")
  }

  /// What a query of this name and with these parameters is by the rules, once the sums before the fits are known.
  private func fitQuery(_ query: Query) throws(QueryRefusal) -> Query {
    guard let known else { throw Self.outOfOrder(query) }
    let shape = known.shape
    switch query.name {
    case NewtonQuery.name:
      let points = try points(query, shape)
      return try Self.made { () throws(AnalysisError) in try NewtonQuery.make(points, shape) }
    case LambdaSearch.queryName where frame.specification.penalty == .ridgeAuto:
      let points = try points(query, shape)
      guard points.allSatisfy({ $0.set > 0 }) else { throw Self.doesNotFollow(query) }
      return try Self.made { () throws(AnalysisError) in try LambdaSearch.deviance(points, shape) }
    case ScoreProducts.name where frame.isRobust:
      guard query.parameters.count == shape.order(0) else { throw Self.doesNotFollow(query) }
      try Self.checkRange(query.parameters, shape)
      return try Self.made { () throws(AnalysisError) in
        try ScoreProducts.query(query.parameters, most: frame.mostProduct, shape)
      }
    default:
      guard let scoreSums else { throw Self.outOfOrder(query) }
      return try scoringQuery(query, scoreSums, known)
    }
  }

  /// The points of a query, each within its ranges.
  private func points(_ query: Query, _ shape: FitShape) throws(QueryRefusal) -> [FitPoint] {
    guard let points = NewtonQuery.decode(query.parameters, shape) else { throw Self.doesNotFollow(query) }
    for point in points {
      try Self.checkRange(point.parameters, shape)
      guard let inverse = point.inverse else { continue }
      guard frame.isFirth, query.name == NewtonQuery.name else { throw Self.doesNotFollow(query) }
      guard let matrix = SymmetricMatrix(order: shape.order(point.set), upperTriangle: inverse),
        (try? CholeskyFactor(matrix)) != nil
      else { throw QueryRefusal(.parameterOutOfRange, "an inverse information is not positive definite") }
    }
    return points
  }

  private func scoringQuery(
    _ query: Query, _ sums: ScoreSums, _ known: FitSets
  ) throws(QueryRefusal) -> Query {
    let shape = known.shape
    let (scores, rest) = Self.split(query.parameters, SiteScores.count(shape))
    let isCalibration = query.name == Calibration.name
    switch query.name {
    case "performance", "score-cells":
      guard try Self.made({ () throws(AnalysisError) in try sums.query([]) })?.name == query.name else {
        throw Self.outOfOrder(query)
      }
    // Cells and bins of other scores than those that were counted could hold a single row.
    case Calibration.name, ScoreBins.name:
      guard sums.stage == .done else { throw Self.outOfOrder(query) }
    default: throw Self.outOfOrder(query)
    }
    guard scores.count == SiteScores.count(shape), rest.count == (isCalibration ? 3 * sums.count : 0),
      sums.stage == .errors || sums.rests(on: scores)
    else { throw Self.doesNotFollow(query) }
    for fit in SiteScores.fits(scores, shape) { try Self.checkRange(fit, shape) }
    guard !isCalibration || Calibration.accepts(rest, count: sums.count) else {
      throw QueryRefusal(.parameterOutOfRange, "an intercept or slope of a calibration is beyond its range")
    }
    let made = try Self.made { () throws(AnalysisError) -> Query? in
      switch query.name {
      case Calibration.name:
        try Calibration.query(
          scores: scores, rest, count: sums.count, rows: known.counts.rows, sites: known.sites)
      case ScoreBins.name: try ScoreBins.query(sums, scores, sites: known.sites)
      default: try sums.query(scores)
      }
    }
    guard let made else { throw Self.outOfOrder(query) }
    return made
  }

  private static func split(_ parameters: [Double], _ count: Int) -> (scores: [Double], rest: [Double]) {
    (Array(parameters.prefix(count)), Array(parameters.dropFirst(count)))
  }

  private static func checkRange(_ parameters: [Double], _ shape: FitShape) throws(QueryRefusal) {
    guard let index = shape.outOfRange(parameters) else { return }
    throw QueryRefusal(
      .parameterOutOfRange, "parameter \(index) is beyond its range on the standardised scale")
  }
}
