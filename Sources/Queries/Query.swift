/// One stretch of a query's vector whose elements share a meaning, a scale and a ring.
package struct Segment: Hashable, Sendable, Codable {
  package let name: String
  /// Number of elements.
  package let length: Int
  /// Greatest magnitude of an element, in the sum as in every site's part of it; 0 for words, which have none.
  package let bound: Double
  package let scale: FixedPoint
  package let width: RingWidth
  /// Whether the elements are the ring's own and no fixed point stands in them: the computation packs several
  /// numbers into one.
  package let isWords: Bool

  private init(
    name: String, length: Int, bound: Double, scale: FixedPoint, width: RingWidth, isWords: Bool = false
  ) {
    self.name = name
    self.length = length
    self.bound = bound
    self.scale = scale
    self.width = width
    self.isWords = isWords
  }

  /// A segment of whole numbers, exact in the ring.
  package static func counts(
    _ name: String, length: Int, bound: Int, width: RingWidth = .full
  ) -> Segment {
    Segment(
      name: name, length: length, bound: Double(bound), scale: FixedPoint(fractionBits: 0), width: width)
  }

  /// A segment of reals at the finest scale its bound allows.
  ///
  /// - Throws: `AnalysisError` with code `.boundNotFinite`.
  package static func reals(
    _ name: String, length: Int, bound: Double, sites: Int, width: RingWidth = .full
  ) throws(AnalysisError) -> Segment {
    guard let scale = FixedPoint(bound: bound, sites: sites, width: width) else {
      throw AnalysisError(
        .boundNotFinite, "the bound of “\(name)” is not a positive number",
        advice: "report this: a plan that passed its check cannot lead here")
    }
    return Segment(name: name, length: length, bound: bound, scale: scale, width: width)
  }

  /// A segment of ring elements as they are, added modulo 2^w.
  package static func words(_ name: String, length: Int, width: RingWidth) -> Segment {
    Segment(
      name: name, length: length, bound: 0, scale: FixedPoint(fractionBits: 0), width: width, isWords: true)
  }

  /// A segment as it was described, for decoders: whether it follows from plan and sums is the computation's to say.
  package init(
    described name: String, length: Int, bound: Double, fractionBits: Int, width: RingWidth, isWords: Bool
  ) {
    self.init(
      name: name, length: length, bound: bound, scale: FixedPoint(fractionBits: fractionBits), width: width,
      isWords: isWords)
  }
}

/// What every site must compute: parameters in, one vector of integers out, described segment by
/// segment. Coordinator and sites derive it alike, so a site refuses one that differs from its own.
package struct Query: Hashable, Sendable, Codable {
  /// More do not fit into a message.
  package static let mostParameters = 65_536
  /// Bytes of all sites' vectors to a verified query: each site holds them all.
  package static let mostVerifiedBytes = 60 << 20

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

  /// Whether sites can take it: the connection of one that cannot would break, and with it all its runs.
  package func fits(sites: Int) -> Bool {
    parameters.count <= Self.mostParameters
      && (!isVerified || length <= Self.mostVerifiedBytes / MemoryLayout<UInt64>.size / max(sites, 1))
  }

  package func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(name)
    encoder.append(list: parameters)
    encoder.append(list: segments) { encoder, segment in
      encoder.append(segment.name)
      encoder.append(segment.length)
      encoder.append(segment.bound)
      encoder.append(segment.scale.fractionBits)
      encoder.append(segment.width.bits)
      encoder.append(segment.isWords ? 1 : 0)
    }
    encoder.append(isVerified ? 1 : 0)
  }
}
