/// How many sites must take part under `membership: tolerant`.
package enum Threshold {
  /// The least number of sites of a plan.
  package static let leastSites = 4

  /// `t = floor(2N/3) + 1` for a plan of `sites` sites. A plan may raise it, nothing may lower it.
  package static func least(sites: Int) -> Int { 2 * sites / 3 + 1 }

  /// `n_c`: how many sites may collude with the coordinator, the greatest number below N/3.
  package static func mostColluding(sites: Int) -> Int { (sites + 2) / 3 - 1 }
}
