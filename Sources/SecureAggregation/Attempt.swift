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

  package init(
    setup: Digest, step: Int, number: Int, query: Query, sites: [String], basis: Digest
  ) {
    self.setup = setup
    self.step = step
    self.number = number
    self.query = query
    self.sites = sites
    self.basis = basis
  }

  /// The digest of all verified sums of the steps before.
  ///
  /// - Parameter sums: in the order of their steps.
  package static func basis(of sums: [(step: Int, sum: QuerySum)]) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/basis")
    encoder.append(list: sums) { encoder, verified in
      encoder.append(verified.step)
      encoder.append(list: verified.sum.values) { $0.append(list: $1) { $0.append($1) } }
    }
    return Digest(of: encoder.bytes)
  }

  /// `T = SHA-256(canonical encoding of (D, k, a, query, V, basis))`; the query's encoding holds the rings.
  package var digest: Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/attempt")
    encoder.append(setup.bytes)
    encoder.append(step)
    encoder.append(number)
    query.encode(into: &encoder)
    encoder.append(list: sites) { $0.append($1) }
    encoder.append(basis.bytes)
    return Digest(of: encoder.bytes)
  }

  /// The digest of the query alone: one for a step for ever, in every epoch and run.
  package static func digest(of query: Query) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/query")
    query.encode(into: &encoder)
    return Digest(of: encoder.bytes)
  }

  /// Elements of the vector that travels: the segments, `withheld` and one check.
  package var vectorLength: Int { Self.vectorLength(of: query) }

  package static func vectorLength(of query: Query) -> Int { query.length + 2 }
}

/// The check element: `Σ ρ_k x_k` over the segments and `withheld`, in the ring of 64 bits, `ρ` from a public
/// generator keyed by `T`. It misses masks that do not cancel with probability 2^-64 if what they leave is
/// uniform, as that of a wrong key is; what the wire alters is found by the signature.
package enum MaskCheck {
  package static func value(
    _ elements: ArraySlice<UInt64>, attempt: Digest
  ) throws(LibcryptoFailure) -> UInt64 {
    var generator = try MaskGenerator(
      key: KeySchedule.checkKey(attempt: attempt, width: FixedPoint.width, repetition: 0))
    return try generator.innerProduct(with: elements)
  }
}
