import Evaluation
import Preprocessing

/// What a logistic regression rests on before any sum, for both roles.
package struct LogisticFrame: Hashable, Sendable, Codable {
  package let specification: LogisticSpecification
  package let preparation: Preparation.Frame
  /// Names of the sites, in the order of the roster.
  package let sites: [String]

  package init(_ specification: LogisticSpecification, preparation: Preparation.Frame, sites: [String]) {
    self.specification = specification
    self.preparation = preparation
    self.sites = sites
  }

  var isFirth: Bool { specification.penalty == .firth }
  var hasIntercept: Bool { specification.intercept == .common }

  /// Whether standard errors come from the sandwich.
  var isRobust: Bool {
    specification.standardErrors == .cluster || specification.weights?.kind == .sampling
  }

  /// The most rows of one group times the greatest weight.
  var mostProduct: Double {
    let rows = specification.standardErrors == .cluster ? preparation.mostRowsPerPatient ?? 1 : 1
    return Double(rows) * (preparation.greatestWeight ?? 1)
  }

  /// `lambda: auto` without a validation of its own deals the rows to five parts.
  package static let lambdaFolds = 5
  /// Penalties that are tried.
  package static let lambdas = LambdaSearch.lambdas.count

  /// The parts of the validation and of the search for a penalty; nil without both.
  func partition(_ preparation: Preparation) -> Partition? {
    guard let counts = preparation.counts, let known = preparation.standardisation else { return nil }
    func frame(_ repeats: Int, _ seed: UInt64, _ dealings: [Dealing]) -> Partition {
      Partition(
        .init(
          repeats: repeats, seed: seed, dealings: dealings, preparation: preparation, counts: counts,
          standardisation: known, hasUngrouped: sites.contains { group(of: $0) == nil }))
    }
    switch specification.validation {
    case .folds(let folds, let repeats, let seed):
      return frame(
        repeats, seed,
        [Dealing(.hashed, parts: folds), Dealing(.dealt, parts: folds)]
          + (2...folds).reversed().map { Dealing(.gathered, parts: $0) })
    case .groups(let groups): return frame(1, 0, [Dealing(.sites, parts: groups.count)])
    case nil:
      guard specification.penalty == .ridgeAuto else { return nil }
      return frame(
        1, 0, [Dealing.Scheme.hashed, .dealt, .gathered].map { Dealing($0, parts: Self.lambdaFolds) })
    }
  }

  /// The group of sites that a site is left out with; nil where it is in none.
  func group(of site: String) -> Int? {
    guard case .groups(let groups)? = specification.validation else { return nil }
    return groups.firstIndex { $0.contains(site) }
  }

  /// What the fits rest on, once the verified sums before them are known.
  func sets(_ preparation: Preparation, _ partition: Partition?) -> FitSets? {
    guard let counts = preparation.counts, let known = preparation.standardisation else { return nil }
    return FitSets(
      design: preparation.design, counts: counts, standardisation: known, partition: partition,
      sites: sites.count, hasIntercept: hasIntercept)
  }

  /// The sums over scores: the whole model's on its own rows, and each repeat's.
  func scores(_ known: FitSets) -> ScoreSums? {
    guard specification.validation != nil, let partition = known.partition, known.dealing != nil else {
      return nil
    }
    return ScoreSums(
      count: 1 + partition.frame.repeats, rows: known.counts.rows, sites: sites.count,
      leastCount: preparation.leastCount)
  }
}
