import Cohorts
import Preprocessing
import Queries

/// What rules on columns hold for in each part: the design's columns and its references.
struct CountedColumn {
  /// Its place among the columns, and behind them the references.
  let place: Int
  let column: DesignColumn
  /// The places of the columns that are left out if a part has too few of its rows.
  let singledOut: Set<Int>
  /// Those of them that are of its variable alone.
  let ownPlaces: Set<Int>
  /// Whether it must vary at three sites, and not only have enough rows.
  var isShared = true
}

extension Partition {
  private var ruled: [CountedColumn] {
    let design = frame.design
    let columns = design.columns
    let own = columns.enumerated().map {
      CountedColumn(place: $0, column: $1, singledOut: [$0], ownPlaces: [$0])
    }
    let references = design.references.enumerated().map { index, reference in
      let names = Set(design.columns(around: reference).map(\.name))
      let places = Set(columns.indices.filter { names.contains(columns[$0].name) })
      return CountedColumn(
        place: columns.count + index, column: reference, singledOut: places,
        ownPlaces: places.filter { columns[$0].factors.count == 1 },
        isShared: !design.isAboveOneHinge(reference))
    }
    return own + references
  }

  /// Indicators of the whole model.
  var indicators: [CountedColumn] { ruled.filter(\.column.isIndicator) }

  /// Indicators whose rows are counted in each part: those that still single rows of the validated model out. What is
  /// left over beside a level that was left out is not among them: with the others it would tell of that level.
  var counted: [CountedColumn] {
    indicators.filter { !$0.singledOut.isDisjoint(with: columns) && $0.ownPlaces.isSubset(of: columns) }
  }

  /// Variables whose rows that lack one are told apart.
  private var lacked: [String] {
    // Its indicator may have gone as another one's copy.
    frame.design.terms.filter(\.hasMissingIndicator).map(\.variable.name)
  }

  var supportQuery: Query {
    func sites(_ name: String, _ length: Int) -> Segment {
      .counts(name, length: frame.blocks * length, bound: frame.sites)
    }
    return Query(
      name: "part-support", parameters: [],
      segments: [
        sites("sites-where-the-outcome-varies", 1), sites("sites-where-it-varies", ruled.count),
        sites("sites-where-some-lack-it", lacked.count),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  /// - Parameter group: of the site; nil where it is in none.
  func supportAnswer(_ rows: DesignRows, _ group: Int?) -> [[Double]] {
    let blocks = frame.blocks
    let places = Array(0..<rows.count)
    func own(_ flags: [Double]) -> [Double] {
      (0..<blocks).flatMap { $0 == group ?? blocks - 1 ? flags : flags.map { _ in 0 } }
    }
    let lacking = lacked.map { name in
      zip(frame.design.imputed, rows.missing).contains { $0.0 == name && $0.1.contains(1) } ? 1.0 : 0
    }
    return [
      own([Self.varies(rows.outcome, places)]),
      own((rows.values + rows.references).map { Self.varies($0, places) }), own(lacking),
    ].filter { !$0.isEmpty }
  }

  mutating func absorbSupport(_ sum: QuerySum) {
    let least = Double(Preparation.leastFillingSites)
    guard let outcome = sum.values[0].min(), outcome >= least else {
      stage = .impossible("the outcome varies at under \(Preparation.leastFillingSites) sites of a group")
      return
    }
    let ruled = ruled
    var broken: Set<Int> = []
    for block in 0..<frame.blocks {
      for (column, sites) in zip(ruled, sum.values[1][(block * ruled.count)...])
      where column.isShared && sites < least {
        broken.formUnion(column.singledOut)
      }
      guard !lacked.isEmpty else { continue }
      for (variable, sites) in zip(lacked, sum.values[2][(block * lacked.count)...])
      where sites > 0 && sites < least {
        broken.formUnion(
          frame.design.columns.indices.filter { frame.design.columns[$0].variables.contains(variable) })
      }
    }
    guard broken.count < columns.count else {
      stage = .impossible("no column varies at \(Preparation.leastFillingSites) sites of each group")
      return
    }
    leaveOut(broken, "under \(Preparation.leastFillingSites) sites of a group share it")
    leastSupport = (0..<frame.blocks).reduce(Int(outcome)) { fewest, block in
      zip(ruled, sum.values[1][(block * ruled.count)...]).reduce(fewest) { fewest, entry in
        !entry.0.isShared || entry.0.singledOut.isDisjoint(with: columns) ? fewest : min(fewest, Int(entry.1))
      }
    }
    stage = .counts
  }

  static func varies(_ values: [Double], _ rows: [Int]) -> Double {
    guard let first = rows.first(where: { !values[$0].isNaN }) else { return 0 }
    return rows.contains { !values[$0].isNaN && values[$0] != values[first] } ? 1 : 0
  }
}
