import Cohorts
import Preprocessing

/// How rows are dealt to the parts of a cross-validation. All rows of a patient go to one part.
package struct Dealing: Hashable, Sendable, Codable {
  package enum Scheme: Hashable, Sendable, Codable {
    /// By a hash of the plan's seed and the patient, the same wherever the patient's rows are.
    case hashed
    /// Within the rarest levels, by the order of the same hash at the site, so that every part gets its share.
    case dealt
    /// The same, but a level with too few rows for all parts goes to as few as it can fill, and the others have none.
    case gathered
    /// By the site, for leaving groups of sites out.
    case sites
  }

  package let scheme: Scheme
  package let parts: Int

  package init(_ scheme: Scheme, parts: Int) {
    self.scheme = scheme
    self.parts = parts
  }

  /// - Parameters:
  ///   - rare: for each row the rarest stratum it is in.
  ///   - widths: how many parts each stratum goes to; all for those that it does not name.
  ///   - group: of the site; nil where it is in none.
  /// - Returns: each row's part; -1 for a row that is never left out.
  package func parts(
    of patients: [UInt64], rare: [Int], widths: [Int], seed: UInt64, group: Int?
  ) -> [Int] {
    switch scheme {
    case .sites: [Int](repeating: group ?? -1, count: patients.count)
    case .hashed: patients.map { PatientNumber.part(of: $0, seed: seed, parts: parts) }
    case .dealt, .gathered: dealt(patients, rare, widths, seed)
    }
  }

  private func dealt(_ patients: [UInt64], _ rare: [Int], _ widths: [Int], _ seed: UInt64) -> [Int] {
    var strata: [Int: [UInt64]] = [:]
    var known: Set<UInt64> = []
    for (patient, stratum) in zip(patients, rare) where known.insert(patient).inserted {
      strata[stratum, default: []].append(patient)
    }
    var part: [UInt64: Int] = [:]
    for (stratum, members) in strata {
      let order = members.map { (PatientNumber.part(of: $0, seed: seed, parts: 1 << 62), $0) }.sorted {
        $0 < $1
      }
      let width = widths.indices.contains(stratum) ? widths[stratum] : parts
      // Not all rare levels are to be in the same parts, but each in the same ones at every site.
      let base =
        width == parts ? 0 : PatientNumber.part(of: UInt64(stratum), seed: seed, parts: parts)
      // Where a stratum is no multiple of its parts, not the same ones are to be short of it at every site.
      let first = order.first.map { $0.0 % width } ?? 0
      for (place, entry) in order.enumerated() { part[entry.1] = (base + (first + place) % width) % parts }
    }
    return patients.map { part[$0] ?? 0 }
  }
}

extension DesignRows {
  /// For each row the first of these columns in which it has the rarer value, counted from 0; their count where
  /// there is none.
  ///
  /// - Parameter columns: a place in `ruled`, or nil for the outcome, and which value is rare.
  func strata(_ columns: [(column: Int?, isOneRare: Bool)]) -> [Int] {
    let columns = columns.map { (values: $0.column.map { ruled[$0] } ?? outcome, isOneRare: $0.isOneRare) }
    return (0..<count).map { row in
      columns.firstIndex { entry in
        let value = entry.values[row]
        return (value == 1) == entry.isOneRare
      } ?? columns.count
    }
  }
}
