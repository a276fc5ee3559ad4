/// An attempt at the one step of the search: its epoch and its sites, by their places.
struct Asked: Hashable {
  let epoch: Int
  let sites: Set<Int>
}

/// What one honest site has done for a coordinator.
struct History: Hashable {
  var sent: Set<Asked> = []
  var answered: Set<Asked> = []

  /// The same at a site in another place.
  func swapping(_ one: Int, _ other: Int) -> History {
    func swapped(_ asked: Asked) -> Asked {
      Asked(epoch: asked.epoch, sites: Set(asked.sites.map { $0 == one ? other : $0 == other ? one : $0 }))
    }
    return History(sent: Set(sent.map(swapped)), answered: Set(answered.map(swapped)))
  }
}

/// How many honest sites open each of two attempts.
struct Answers: Hashable {
  var first = 0
  var second = 0

  /// How many honest sites can be brought to open two attempts for which all that are named sent their vectors.
  static func reachable(
    _ one: Asked, _ other: Asked, _ ways: [Set<History>], _ honest: [Int]
  ) -> Set<Answers> {
    var totals: Set<Answers> = [Answers()]
    for (site, histories) in zip(honest, ways) {
      let needed = [one, other].filter { $0.sites.contains(site) }
      let options = Set(
        histories.filter { $0.sent.isSuperset(of: needed) }.map {
          Answers(first: $0.answered.contains(one) ? 1 : 0, second: $0.answered.contains(other) ? 1 : 0)
        })
      totals = Set(
        totals.flatMap { total in
          options.map { Answers(first: total.first + $0.first, second: total.second + $0.second) }
        })
    }
    return totals
  }
}
