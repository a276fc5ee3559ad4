import KonsilTesting
import PooledReference
import Regression
import Testing

@Suite("The split of the rows among sites")
struct RowSplitTests {
  @Test(
    "does not move the coefficients by more than 1e-10 of max(|b|, se), for 3 to 8 sites of any size",
    arguments: UInt64(1)...12)
  func anySplit(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var records = IBDRecords(rows: 500, seed: 9)
    let pooled = try records.pooledFit()
    let base = try ibdFederation(records.sites([160, 170, 170])).fittedModel()
    records.rows.shuffle(using: &random)
    let sizes = Self.sizes(Int.random(in: 3...8, using: &random), of: 500, &random)
    let model = try ibdFederation(records.sites(sizes)).fittedModel()
    let shown = Comment(rawValue: "seed \(seed), sites of \(sizes) rows")
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: base.coefficients, standardErrors: base.standardErrors)
    #expect(difference <= 1e-10, shown)
    for (error, reference) in zip(model.standardErrors, base.standardErrors) {
      #expect(abs(error - reference) <= 1e-10 * reference, shown)
    }
    try model.expectEqual(pooled, shown)
  }

  /// Three sites of 60 rows or more, for every column must vary at three; the others of one row or more.
  private static func sizes(_ sites: Int, of rows: Int, _ random: inout SeededRandom) -> [Int] {
    var sizes = [60, 60, 60] + Array(repeating: 1, count: sites - 3)
    var rest = rows - sizes.reduce(0, +)
    while rest > 0 {
      let more = min(rest, Int.random(in: 1...100, using: &random))
      sizes[Int.random(in: sizes.indices, using: &random)] += more
      rest -= more
    }
    return sizes.shuffled(using: &random)
  }
}
