/// How long to wait before dialling again: twice as long after each failure, up to a minute, with jitter, so that
/// the sites do not come back all at once.
package struct Backoff: Sendable {
  package static let first = 1.0
  package static let most = 60.0
  private var failures = 0

  package init() {}

  /// Seconds to wait after one more failure.
  ///
  /// - Parameter random: uniform in [0, 1).
  package mutating func next(random: Double) -> Double {
    var seconds = Self.first
    for _ in 0..<failures where seconds < Self.most { seconds *= 2 }
    failures += 1
    return min(seconds, Self.most) * (0.5 + random / 2)
  }

  /// A connection was made.
  package mutating func reset() { failures = 0 }
}
