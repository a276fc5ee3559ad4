import Queries

/// Asks one sum again and again, until the step budget ends the run: `konsil-bench` measures with it what a step costs.
/// No plan names it, so nobody can submit it.
package struct ProbeProgram: Hashable, Sendable, Codable {
  private let segments: [Segment]
  /// Whether the sums are kept until the run ends.
  package let keepsSums: Bool
  private let isVerified: Bool
  private var absorbed = 0

  /// Numbers that a query brings, about as many as a regression's of 1,000 elements.
  private static let parameters = 50

  package init(_ segments: [Segment], keepsSums: Bool, isVerified: Bool = false) {
    self.segments = segments
    self.isVerified = isVerified
    self.keepsSums = keepsSums
  }

  /// Each is another, for a site answers the same query but a few times.
  package var query: Query {
    Query(
      name: "probe",
      parameters: [Double(absorbed)] + [Double](repeating: 0.5, count: Self.parameters - 1),
      segments: segments, isVerified: isVerified)
  }

  mutating func absorb(_ sum: QuerySum) { absorbed += 1 }
}
