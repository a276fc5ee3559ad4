import Federation

/// What a site's agent says on its stream.
package enum SiteEvent: Hashable, Sendable {
  /// - version: of the protocol that it speaks, from 1.
  /// - software: its name and version, 1 to 256 bytes.
  /// - live: the runs that it takes part in or that wait there, each with the epoch whose secrets it still holds; 0
  ///   where it holds none.
  case hello(version: UInt32, software: String, live: [String: Int])
  case message(run: String, MessageToCoordinator)
}

/// What the coordinator says on a site's stream.
package enum CoordinatorEvent: Hashable, Sendable {
  /// - version: of the protocol that the stream speaks, from 1.
  /// - time: the coordinator's clock.
  case welcome(version: UInt32, time: Instant)
  case offer(RunOffer)
  case message(run: String, MessageToSite)
}
