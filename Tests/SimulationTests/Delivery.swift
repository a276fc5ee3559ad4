import Simulation

extension SimulatedFederation {
  /// Delivers a message drawn among those that may come next: the oldest of each site and direction.
  func deliverAny(using random: inout some RandomNumberGenerator) -> Bool {
    var seen: Set<String> = []
    let next = queue.indices.filter { seen.insert(queue[$0].way).inserted }
    guard let index = next.randomElement(using: &random) else { return false }
    queue.insert(queue.remove(at: index), at: 0)
    return deliverNext()
  }
}

extension SimulatedFederation.Envelope {
  var site: String {
    switch self {
    case .offer(let site), .toSite(_, let site), .toCoordinator(_, let site): site
    }
  }

  /// Messages on one way keep their order.
  var way: String {
    switch self {
    case .offer(let site), .toSite(_, let site): "to \(site)"
    case .toCoordinator(_, let site): "from \(site)"
    }
  }
}
