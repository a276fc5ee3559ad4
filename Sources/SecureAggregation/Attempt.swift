import Queries

/// One try at one step: everything that a sum is about. Its digest `T` names it on every message.
package struct Attempt: Hashable, Sendable {
  /// `D`.
  package let setup: Digest
  /// `k`, from 1.
  package let step: Int
  /// `a`; always 0 under `membership: fixed`.
  package let number: Int
  package let query: Query
  /// `V`, in the roster's order.
  package let sites: [String]
  /// What the query rests on: each party's own `basis(of:)`. It never travels; parties that verified
  /// different sums have different `T`, and their masks do not cancel.
  package let basis: Digest
  /// `T = SHA-256(canonical encoding of (D, k, a, query, V, basis))`; the query's encoding holds the rings.
  package let digest: Digest

  package init(
    setup: Digest, step: Int, number: Int, query: Query, sites: [String], basis: Digest
  ) {
    self.setup = setup
    self.step = step
    self.number = number
    self.query = query
    self.sites = sites
    self.basis = basis
    var encoder = CanonicalEncoder(label: "konsil/v1/attempt")
    encoder.append(setup.bytes)
    encoder.append(step)
    encoder.append(number)
    query.encode(into: &encoder)
    encoder.append(list: sites) { $0.append($1) }
    encoder.append(basis.bytes)
    digest = Digest(of: encoder.bytes)
  }

  /// The digest of all verified sums of the steps before.
  ///
  /// - Parameter sums: in the order of their steps.
  package static func basis(of sums: [(step: Int, sum: QuerySum)]) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/basis")
    encoder.append(list: sums) { encoder, verified in
      encoder.append(verified.step)
      verified.sum.encode(into: &encoder)
    }
    return Digest(of: encoder.bytes)
  }

  /// The basis of answers that rest on queries before them, too, as those of growing trees do.
  ///
  /// - Parameters:
  ///   - sums: the basis that the verified sums are.
  ///   - queries: digests of the queries, in their order, up to the one that is asked.
  package static func basis(_ sums: Digest, after queries: [Digest]) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/followed")
    encoder.append(sums.bytes)
    encoder.append(list: queries) { $0.append($1.bytes) }
    return Digest(of: encoder.bytes)
  }

  /// The digest of the query alone: one for a step for ever, in every epoch and run.
  package static func digest(of query: Query) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/query")
    query.encode(into: &encoder)
    return Digest(of: encoder.bytes)
  }

  /// How the vector that travels lies in its rings.
  package var layout: VectorLayout { VectorLayout(of: query) }
}
