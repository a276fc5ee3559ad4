import Cohorts

/// The sets of rows that models are trained on, all at once: the whole, and each validation's rows without a
/// part.
package struct TrainingSets: Hashable, Sendable, Codable {
  private let validation: BoostingSpecification.Validation?
  /// The share of patients that the whole model itself holds out.
  private let heldOut: Double
  private let seed: UInt64

  package init(_ specification: BoostingSpecification) {
    validation = specification.validation
    seed = specification.seed
    heldOut =
      specification.validation == nil && specification.earlyStoppingRounds > 0
      ? specification.validationFraction : 0
  }

  /// Parts of a dealing, and dealings.
  package var parts: Int {
    switch validation {
    case .folds(let folds, _, _): folds
    case .groups(let groups): groups.count
    case nil: 0
    }
  }

  package var repeats: Int {
    if case .folds(_, let repeats, _)? = validation { repeats } else { validation == nil ? 0 : 1 }
  }

  /// The whole and each part's complement.
  package var count: Int { 1 + parts * repeats }

  /// Sets with rows held out.
  package var validated: Range<Int> { count > 1 ? 1..<count : 0..<(heldOut > 0 ? 1 : 0) }

  /// For each set, whether a row is in training; where it is not, it is held out.
  func isTraining(_ rows: BoostingRows, site: String) -> [[Bool]] {
    var sets = [[Bool](repeating: true, count: rows.count)]
    switch validation {
    case .folds(let folds, let repeats, let seed):
      for count in 0..<repeats {
        let parts = rows.patients.map {
          PatientNumber.part(of: $0, seed: seed &+ UInt64(count), parts: folds)
        }
        for part in 0..<folds { sets.append(parts.map { $0 != part }) }
      }
    case .groups(let groups):
      for group in groups {
        sets.append([Bool](repeating: !group.contains(site), count: rows.count))
      }
    case nil:
      let threshold = KeyedHash.threshold(heldOut)
      guard threshold > 0 else { break }
      sets[0] = rows.patients.map { KeyedHash.draw(seed, 0x686f_6c64, $0) >= threshold }
    }
    return sets
  }
}
