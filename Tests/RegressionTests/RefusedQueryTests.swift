import Foundation
import KonsilTesting
import Queries
import Regression
import Testing

/// A coordinator that sends what it likes.
@Suite("A query that the rules do not give")
struct RefusedQueryTests {
  private static let names = [
    "support", "counts", "cells", "knots", "moments", "spread", "refinement", "parts", "part-moments",
    "newton",
    "deviance", "score-products", "performance", "score-cells", "calibration", "score-bins", "nothing", "",
  ]

  @Test("is refused, with the rule: another set, another length, too many points")
  func newton() throws {
    var federation = try ProgramPlan.folds.federation(seed: 1)
    let query = try federation.advance(to: "newton")
    func rule(_ parameters: [Double]) -> QueryRefusal.Rule? {
      federation.rule(
        Query(name: "newton", parameters: parameters, segments: query.segments, isVerified: false))
    }
    let point = Array(query.parameters.prefix(8))
    for set in [-1, 11, 0.5, 1e300, Double.nan, .infinity] {
      #expect(rule([set] + point.dropFirst()) == .doesNotFollow, "\(set)")
    }
    for flag in [-1, 2, 0.5, Double.nan] {
      #expect(rule([0, flag] + point.dropFirst(2)) == .doesNotFollow, "\(flag)")
    }
    // An inverse belongs to Firth's penalty alone.
    #expect(rule([0, 1] + point.dropFirst(2) + [Double](repeating: 1, count: 21)) == .doesNotFollow)
    #expect(rule([]) == .doesNotFollow && rule([0]) == .doesNotFollow)
    #expect(rule(Array(point.dropLast())) == .doesNotFollow && rule(point + [0]) == .doesNotFollow)
    #expect(rule((0..<1025).flatMap { _ in point }) == .doesNotFollow)
    #expect(rule([Double](repeating: 0, count: 70_000)) == .doesNotFollow)
    #expect(rule(query.parameters.dropLast(8)) == .doesNotFollow)
    #expect(rule(query.parameters) == nil)
    for (place, greatest) in [(2, 60.0), (3, 30)] {
      for value in [greatest.nextUp, -greatest.nextUp, .nan, .infinity] {
        var parameters = query.parameters
        parameters[place] = value
        #expect(rule(parameters) == .parameterOutOfRange, "\(place), \(value)")
      }
    }
  }

  @Test("is refused when it comes before its time, or after it", arguments: ProgramPlan.all)
  func order(plan: ProgramPlan) throws {
    var whole = try plan.federation(seed: 5)
    _ = try whole.fit()
    var asked: [String: Query] = [:]
    for step in whole.steps { asked[step.query.name] = step.query }
    let free: Set = ["newton", "deviance", "score-products", "calibration", "score-bins"]
    var federation = try plan.federation(seed: 5)
    var isPrepared = false
    while let query = federation.query {
      isPrepared = isPrepared || free.contains(query.name)
      for (name, other) in asked where name != query.name {
        let rule = federation.rule(other)
        // Once the sums before the fits are known, a fit may be asked at any time, and scores at first.
        let mayCome = isPrepared && (free.contains(name) || name == "performance")
        #expect(rule != nil || mayCome, "\(name) in place of \(query.name)")
        if !isPrepared { #expect(rule == .outOfOrder, "\(name) in place of \(query.name)") }
      }
      _ = try federation.step()
    }
    // Verified sums are asked once.
    for step in whole.steps where step.query.isVerified {
      #expect(federation.rule(step.query) == .outOfOrder, "\(step.query.name)")
    }
  }

  @Test(
    "never ends the process: whatever is not refused is answered within its bounds or withheld",
    arguments: ProgramPlan.all)
  func fuzz(plan: ProgramPlan) throws {
    let seed = UInt64(plan.testDescription.utf8.reduce(0) { 31 &* $0 &+ Int($1) } & 0xffff)
    var random = SeededRandom(seed: seed)
    var federation = try plan.federation(seed: 7)
    var answered = 0
    var earlier: [Query] = []
    while let query = federation.query {
      earlier.append(query)
      for _ in 0..<12 {
        let base =
          Int.random(in: 0...3, using: &random) == 0
          ? (earlier.randomElement(using: &random) ?? query) : query
        let other = Self.mutated(base, sites: federation.sites.count, &random)
        for site in federation.sites.indices where federation.rule(other, site: site) == nil {
          var copy = federation.sites[site]
          guard let values = copy.answer(other) else { continue }
          answered += 1
          let isWithin = Contribution(values, for: other) != nil
          #expect(isWithin, "seed \(seed), \(other.name)")
        }
      }
      _ = try federation.step()
    }
    #expect(answered > 0, "seed \(seed)")
  }

  private static func mutated(_ query: Query, sites: Int, _ random: inout SeededRandom) -> Query {
    var parameters = query.parameters
    var segments = query.segments
    var name = query.name
    var isVerified = query.isVerified
    let wild = [
      0, -0.0, 1, -1, 2, 29.9, -59, 60.5, 1e9, 1e308, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
    ]
    switch Int.random(in: 0...7, using: &random) {
    case 0: name = names.randomElement(using: &random) ?? ""
    case 1:
      if !parameters.isEmpty {
        parameters[Int.random(in: 0..<parameters.count, using: &random)] =
          wild.randomElement(using: &random) ?? 0
      }
    case 2: parameters = Array(parameters.prefix(Int.random(in: 0...parameters.count, using: &random)))
    case 3: parameters.append(wild.randomElement(using: &random) ?? 0)
    case 4:
      if !segments.isEmpty { segments.remove(at: Int.random(in: 0..<segments.count, using: &random)) }
    case 5:
      if let first = segments.first {
        segments[0] = .counts(
          first.name, length: first.length + 1, bound: Int.random(in: 0...10, using: &random))
      }
    case 6: isVerified.toggle()
    default:
      // Another point, at the scale that the rule gives there.
      guard name == "newton", let first = segments.first else { break }
      for place in parameters.indices where parameters[place] != 0 && parameters[place].magnitude < 20 {
        if Int.random(in: 0...3, using: &random) == 0, parameters[place] != parameters[place].rounded() {
          parameters[place] *= Double.random(in: -1...1, using: &random)
        }
      }
      segments[0] = (try? scaled(first, parameters, query, sites: sites)) ?? first
    }
    return Query(name: name, parameters: parameters, segments: segments, isVerified: isVerified)
  }

  /// The likelihood's segment for points without inverses that are all as long as each other.
  private static func scaled(
    _ segment: Segment, _ parameters: [Double], _ query: Query, sites: Int
  ) throws -> Segment? {
    let length = parameters.count / max(segment.length, 1)
    guard length > 2, parameters.count % segment.length == 0 else { return nil }
    let magnitude =
      stride(from: 0, to: parameters.count, by: length).map { first in
        parameters[first + 2..<first + length].reduce(0) { $0 + $1.magnitude }
      }.max() ?? 0
    // The gradient's bound is twice the weight.
    let weight = query.segments[1].bound / 2
    return try Segment.reals(
      segment.name, length: segment.length, bound: 2 * weight * (0.6931471805599453 + magnitude), sites: sites
    )
  }
}
