import Preprocessing
import Queries

extension Partition {
  /// A gathered level has so many times the least count in each of its parts, on average: sites deal by themselves.
  private static let gatheredMargin = 2
  /// Levels with under so many times the rows that fill all parts are dealt by themselves.
  private static let rareMargin = 4

  /// Each row's part, for each repeat.
  package func parts(_ rows: DesignRows, _ dealing: Dealing, group: Int?) -> [[Int]] {
    let isByLevel = dealing.scheme == .dealt || dealing.scheme == .gathered
    let strata = isByLevel ? strata(parts: dealing.parts) : []
    let rare =
      isByLevel ? rows.strata(strata.map { ($0.column, $0.isOneRare) }) : rows.patients.map { _ in 0 }
    let widths = strata.map { stratum in
      // A part without the outcome would tell little.
      guard dealing.scheme == .gathered, stratum.column != nil else { return dealing.parts }
      return min(max(stratum.rows / (Self.gatheredMargin * max(frame.leastCount, 1)), 2), dealing.parts)
    }
    return (0..<frame.repeats).map { count in
      dealing.parts(
        of: rows.patients, rare: rare, widths: widths,
        seed: frame.seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(count), group: group)
    }
  }

  /// Columns of which a part may have too few rows, the rarest first; the outcome always among them.
  private func strata(parts: Int) -> [(rows: Int, column: Int?, isOneRare: Bool)] {
    let rows = frame.counts.rows
    // Of the whole model, for these are the same before and after columns are left out.
    var entries: [(rows: Int, column: Int?, isOneRare: Bool)] = indicators.compactMap { entry in
      guard let ones = frame.counts.rows(of: entry.column) else { return nil }
      let least = min(ones, rows - ones)
      return least < Self.rareMargin * parts * frame.leastCount
        ? (least, entry.place, ones <= rows - ones) : nil
    }
    let events = frame.counts.events
    entries.append((min(events, rows - events), nil, events <= rows - events))
    return entries.sorted { ($0.rows, $0.column ?? -1) < ($1.rows, $1.column ?? -1) }
  }

  /// A site's values for the query of this stage.
  ///
  /// - Parameters:
  ///   - standardised: the whole's standardised columns, NaN where missing.
  ///   - group: the site's group, where groups of sites are left out.
  package func answer(_ rows: DesignRows, standardised: (Int) -> [Double], group: Int?) -> [[Double]] {
    switch stage {
    case .support: supportAnswer(rows, group)
    case .counts: countsAnswer(rows, group)
    case .moments(let dealing): momentsAnswer(rows, dealing, standardised, group)
    case .done, .impossible: []
    }
  }

  private func countsAnswer(_ rows: DesignRows, _ group: Int?) -> [[Double]] {
    var answer: [[Double]] = [[], [], [], []]
    let counted = counted.map { rows.ruled[$0.place] }
    for dealing in frame.dealings {
      for parts in parts(rows, dealing, group: group) {
        for part in 0..<dealing.parts {
          let inside = parts.indices.filter { parts[$0] == part }
          let outside = parts.indices.filter { parts[$0] != part }
          answer[0].append(Double(inside.count))
          answer[1].append(inside.reduce(0) { $0 + rows.outcome[$1] })
          answer[2] += counted.map { column in Double(inside.count { column[$0] == 1 }) }
          answer[3].append(Self.varies(rows.outcome, outside))
        }
      }
    }
    return answer.filter { !$0.isEmpty }
  }

  private func momentsAnswer(
    _ rows: DesignRows, _ dealing: Dealing, _ standardised: (Int) -> [Double], _ group: Int?
  ) -> [[Double]] {
    let all = parts(rows, dealing, group: group)
    let sets = frame.repeats * dealing.parts
    var weights = [Double](repeating: 0, count: 2 * sets)
    var sums = [[Double]](repeating: [Double](repeating: 0, count: sets * columns.count), count: 3)
    for (count, parts) in all.enumerated() {
      for row in parts.indices where parts[row] >= 0 {
        let set = count * dealing.parts + parts[row]
        weights[2 * set] += rows.weights[row]
        weights[2 * set + 1] += rows.weights[row] * rows.outcome[row]
      }
    }
    for (place, column) in columns.enumerated() {
      let values = standardised(column)
      for (count, parts) in all.enumerated() {
        for row in parts.indices where parts[row] >= 0 && !values[row].isNaN {
          let element = (count * dealing.parts + parts[row]) * columns.count + place
          sums[0][element] += rows.weights[row]
          sums[1][element] += rows.weights[row] * values[row]
          sums[2][element] += rows.weights[row] * values[row] * values[row]
        }
      }
    }
    return [weights] + sums
  }
}
