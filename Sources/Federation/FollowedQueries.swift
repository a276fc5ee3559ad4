import Queries
import SecureAggregation

/// The queries that answers rest on beside verified sums: those that no site verifies, in the order in which they were
/// taken since an epoch began. By them trees are grown, and a site that was asked others has others. One that is asked
/// again at once, for it gave no sum, stands once.
package struct FollowedQueries: Hashable, Sendable {
  private var digests: [Digest] = []

  package init() {}

  package mutating func take(_ query: Query) {
    guard !query.isVerified else { return }
    let digest = Attempt.digest(of: query)
    if digest != digests.last { digests.append(digest) }
  }

  /// These and one more.
  package func taking(_ query: Query) -> FollowedQueries {
    var next = self
    next.take(query)
    return next
  }

  /// What an attempt rests on.
  ///
  /// - Parameter sums: the basis that the verified sums are.
  package func basis(_ sums: Digest) -> Digest {
    digests.isEmpty ? sums : Attempt.basis(sums, after: digests)
  }
}
