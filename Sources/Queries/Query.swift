/// One stretch of a query's vector whose elements share a meaning and a scale.
package struct Segment: Hashable, Sendable, Codable {
  package let name: String
  /// Number of elements.
  package let length: Int
  /// Greatest magnitude of an element, in the sum as in every site's part of it.
  package let bound: Double
  package let scale: FixedPoint

  /// A segment of whole numbers, exact in the ring.
  package static func counts(_ name: String, length: Int, bound: Int) -> Segment {
    Segment(
      name: name, length: length, bound: Double(bound), scale: FixedPoint(fractionBits: 0))
  }

  /// A segment of reals at the finest scale its bound allows.
  ///
  /// - Throws: `AnalysisError` with code `.boundNotFinite`.
  package static func reals(
    _ name: String, length: Int, bound: Double, sites: Int
  ) throws(AnalysisError) -> Segment {
    guard let scale = FixedPoint(bound: bound, sites: sites) else {
      throw AnalysisError(
        .boundNotFinite, "the bound of “\(name)” is not a positive number",
        advice: "report this: a plan that passed its check cannot lead here")
    }
    return Segment(name: name, length: length, bound: bound, scale: scale)
  }
}

/// What every site must compute: parameters in, one vector of integers out, described segment by
/// segment. Coordinator and sites derive it alike, so a site refuses one that differs from its own.
package struct Query: Hashable, Sendable, Codable {
  /// The computation's name, such as `newton`.
  package let name: String
  package let parameters: [Double]
  package let segments: [Segment]
  /// Whether the sites add the contributions themselves, because later rules rest on this sum.
  package let isVerified: Bool

  package init(name: String, parameters: [Double], segments: [Segment], isVerified: Bool) {
    self.name = name
    self.parameters = parameters
    self.segments = segments
    self.isVerified = isVerified
  }

  /// Number of elements over all segments.
  package var length: Int { segments.reduce(0) { $0 + $1.length } }

  package func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(name)
    encoder.append(list: parameters) { $0.append($1) }
    encoder.append(list: segments) { encoder, segment in
      encoder.append(segment.name)
      encoder.append(segment.length)
      encoder.append(segment.bound)
      encoder.append(segment.scale.fractionBits)
      encoder.append(FixedPoint.width)
    }
    encoder.append(isVerified ? 1 : 0)
  }
}

/// A site's answer to a query: one ring element for each element of its segments, in their order.
/// It cannot be copied: masks are added into its own memory, so nothing of it stays behind.
package struct Contribution: ~Copyable, Sendable {
  /// Room for what aggregation appends, so that appending does not move the elements.
  package static let spareCapacity = 2

  package private(set) var elements: [UInt64]

  /// Rounds a site's reals to the query's scales.
  ///
  /// - Parameter values: one array for each segment.
  /// - Returns: nil when a value is not finite or beyond its segment's bound, or when a length differs.
  package init?(_ values: [[Double]], for query: Query) {
    guard values.count == query.segments.count else { return nil }
    var elements: [UInt64] = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    for (segment, values) in zip(query.segments, values) {
      guard values.count == segment.length else { return nil }
      for value in values {
        guard value.magnitude <= segment.bound, let element = segment.scale.encode(value) else {
          return nil
        }
        elements.append(element)
      }
    }
    self.elements = elements
  }

  /// Uniform noise in place of an answer.
  package init(noise: () -> UInt64, for query: Query) {
    elements = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    for _ in 0..<query.length { elements.append(noise()) }
  }

  /// Gives up the elements' storage to the caller.
  package consuming func take() -> [UInt64] { elements }
}

/// The sum of all sites' contributions to a query, as reals, segment by segment.
package struct QuerySum: Hashable, Sendable, Codable {
  package let values: [[Double]]

  /// - Returns: nil unless there is one element for each of the query's, within its segment's bound.
  package init?(elements: [UInt64], for query: Query) {
    guard elements.count == query.length else { return nil }
    var rest = elements[...]
    values = query.segments.map { segment in
      defer { rest = rest.dropFirst(segment.length) }
      return rest.prefix(segment.length).map(segment.scale.decode)
    }
    guard fits(query) else { return nil }
  }

  /// Whether there is one finite value for each of the query's elements, within its segment's bound and
  /// what rounding at the sites may add.
  package func fits(_ query: Query) -> Bool {
    values.count == query.segments.count
      && zip(values, query.segments).allSatisfy { values, segment in
        let most = segment.bound * (1 + 0x1p-20)
        return values.count == segment.length && values.allSatisfy { $0.magnitude <= most }
      }
  }
}
