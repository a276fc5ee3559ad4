import Federation
import Foundation

extension Instant {
  /// The machine's clock.
  package static func system() -> Instant {
    Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }
}
