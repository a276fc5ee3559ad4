import Queries

/// A number that each row has beside its variables, a weight or an exposure: rows without one are out. Where one or two
/// sites alone have such rows, or numbers that vary, sums with and without the number differ by what is theirs.
package enum RowNumbers {
  package static let flagCount = 3

  /// At a site: 1 if some row is out for want of a number, 1 if some number is not 1, 1 if they vary.
  package static func flags(_ numbers: [Double], someHaveNone: Bool) -> [Bool] {
    [someHaveNone, numbers.contains { $0 != 1 }, numbers.contains { $0 != numbers.first }]
  }

  /// - Parameters:
  ///   - sites: at how many of them each of the flags is set.
  ///   - sitesInAll: of all, or of a group.
  /// - Returns: the fewest sites that fill what the number tells; nil where it tells nothing.
  /// - Throws: `AnalysisError` `.tooFewSites`.
  package static func support(
    _ sites: [Int], named name: String, sitesInAll: Int
  ) throws(AnalysisError) -> Int? {
    let least = min(Preparation.leastFillingSites, sitesInAll)
    func refuse(_ what: String, _ count: Int) -> AnalysisError {
      AnalysisError(
        .tooFewSites, "“\(name)” \(what) at \(count) of \(sitesInAll) sites; at least \(least) must share it",
        advice: "choose another filter, or leave “\(name)” out of the plan")
    }
    if sites[0] > 0, sites[0] < least {
      throw refuse("leaves rows out, for they have none above 0,", sites[0])
    }
    if sites[1] > 0, sites[2] == 0 {
      throw AnalysisError(
        .tooFewSites, "“\(name)” is the same for all rows of each site, and not 1 everywhere",
        advice: "a number that all rows of a site share is that site's alone: leave “\(name)” out of the plan"
      )
    }
    if sites[1] > 0, sites[2] < least { throw refuse("differs between rows", sites[2]) }
    return [sites[0], sites[1] > 0 ? sites[2] : 0].filter { $0 > 0 }.min()
  }
}
