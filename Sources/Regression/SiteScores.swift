import Evaluation
import LinearAlgebra
import Preprocessing

/// A site's predictions by fitted parameters: of the whole model on its own rows, and of each repeat's training sets on
/// the rows that they are without.
struct SiteScores {
  static let mostLogit = ScoreTable.mostLogit

  /// All fits' parameters in order: the whole model's, then each training set's.
  static func parameters(whole: [Double], trained: [[Double]]) -> [Double] { whole + trained.flatMap(\.self) }

  static func count(_ shape: FitShape) -> Int {
    (0...shape.trainingSets).reduce(0) { $0 + shape.order($1) }
  }

  /// Each fit's, of so many numbers as `count` says.
  static func fits(_ parameters: [Double], _ shape: FitShape) -> [[Double]] {
    var rest = parameters[...]
    return (0...shape.trainingSets).map { set in
      defer { rest = rest.dropFirst(shape.order(set)) }
      return Array(rest.prefix(shape.order(set)))
    }
  }

  let table: ScoreTable
  /// The site's own intercept beside the whole model, where it has one.
  let intercept: Double?

  init(_ parameters: [Double], _ known: FitSets, _ sets: inout SiteSets) {
    let fits = Self.fits(parameters, known.shape)
    let all = Array(0..<sets.rows.count)
    let whole = Self.logits(fits[0], set: 0, of: all, known, &sets)
    intercept = whole.intercept
    var scores = [ScoreTable.Scores(logits: whole.logits, outcome: sets.rows.outcome)]
    for (count, parts) in sets.parts.enumerated() {
      var logits = [Double](repeating: .nan, count: sets.rows.count)
      for part in 0..<(known.dealing?.parts ?? 0) {
        let set = known.trainingSet(repeat: count, part: part)
        let held = parts.indices.filter { parts[$0] == part }
        let found = Self.logits(fits[set], set: set, of: held, known, &sets).logits
        for (row, logit) in zip(held, found) { logits[row] = logit }
      }
      scores.append(ScoreTable.Scores(logits: logits, outcome: sets.rows.outcome))
    }
    table = ScoreTable(scores)
  }

  /// Linear predictors of some rows; NaN where the site has no intercept of its own.
  static func logits(
    _ parameters: [Double], set: Int, of rows: [Int], _ known: FitSets, _ sets: inout SiteSets
  ) -> (logits: [Double], intercept: Double?) {
    let linear = sets.matrix(set, rows: rows).multiply(parameters)
    guard !known.hasIntercept else { return (linear, nil) }
    func intercept(_ training: [Int]) -> Double? {
      SiteIntercept.solve(
        sets.matrix(set, rows: training).multiply(parameters), training.map { sets.rows.outcome[$0] },
        training.map { sets.rows.weights[$0] })
    }
    // Rows without a score would tell of a site whose events are all in one part.
    let members = sets.members(set)
    let intercept = members.isEmpty ? nil : intercept(members) ?? intercept(Array(0..<sets.rows.count))
    return (linear.map { $0 + (intercept ?? .nan) }, intercept)
  }

  /// `-2 ℓ` of the rows outside of a training set.
  static func deviance(_ point: FitPoint, _ known: FitSets, _ sets: inout SiteSets) -> Double {
    let training = Set(sets.members(point.set))
    let held = (0..<sets.rows.count).filter { !training.contains($0) }
    let logits = logits(point.parameters, set: point.set, of: held, known, &sets).logits
    return zip(held, logits).reduce(0) { sum, entry in
      guard !entry.1.isNaN else { return sum }
      let logit = min(max(entry.1, -mostLogit), mostLogit)
      let loss = SiteLikelihood.softplus(logit) - sets.rows.outcome[entry.0] * logit
      return sum + 2 * sets.rows.weights[entry.0] * loss
    }
  }
}
