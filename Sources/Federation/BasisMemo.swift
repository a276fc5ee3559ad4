import Queries
import SecureAggregation

/// The basis of a step, kept while the verified sums before it stay the same: a run of trees has hundreds of steps on
/// the same ones.
struct BasisMemo: Sendable {
  private var sums: [(step: Int, sum: QuerySum)] = []
  private var known: Digest?

  /// - Parameter sums: in the order of their steps.
  mutating func basis(of sums: [(step: Int, sum: QuerySum)]) -> Digest {
    // Sums that are the same memory are equal at a glance.
    if let known, sums.count == self.sums.count, zip(sums, self.sums).allSatisfy({ $0 == $1 }) {
      return known
    }
    let basis = Attempt.basis(of: sums)
    (self.sums, known) = (sums, basis)
    return basis
  }
}
