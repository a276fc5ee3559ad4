import Cohorts
import Preprocessing

/// A factor of a model's column, as a model file keeps it: a column is the product of its factors.
package struct ModelFactor: Codable, Equatable, Sendable {
  package enum Kind: String, Codable, Sendable {
    /// The variable's number, transformed.
    case value
    /// The place of an ordinal variable's level, counted from 0.
    case score
    /// 1 where the variable has one of the levels.
    case level
    /// 1 where the variable is missing.
    case missing
  }

  package enum TransformKind: String, Codable, Sendable {
    case log, log1p, hinge, spline
  }

  package let kind: Kind
  package let variable: String
  /// Absent for the number as it is.
  package let transform: TransformKind?
  /// What the transformed number is divided by; absent for 1.
  package let per: Double?
  /// Where a hinge bends, or the ascending knots of a restricted cubic spline.
  package let knots: [Double]?
  /// Which term of the spline, counted from 1 after the linear one.
  package let term: Int?
  package let levels: [String]?
  /// The level's own name, or `other`.
  package let label: String?

  private init(
    kind: Kind, variable: String, transform: TransformKind? = nil, per: Double? = nil,
    knots: [Double]? = nil, term: Int? = nil, levels: [String]? = nil, label: String? = nil
  ) {
    self.kind = kind
    self.variable = variable
    self.transform = transform
    self.per = per
    self.knots = knots
    self.term = term
    self.levels = levels
    self.label = label
  }

  /// - Parameter variables: of the dictionary; nil when they do not have the factor's levels.
  init?(_ factor: Factor, variables: [Variable]) {
    switch factor {
    case .value(let variable, let transform):
      let per = transform.per == 1 ? nil : transform.per
      switch transform.kind {
      case .identity: self.init(kind: .value, variable: variable, per: per)
      case .log: self.init(kind: .value, variable: variable, transform: .log, per: per)
      case .log1p: self.init(kind: .value, variable: variable, transform: .log1p, per: per)
      case .hinge(let knot):
        self.init(kind: .value, variable: variable, transform: .hinge, per: per, knots: [knot])
      case .spline(let knots, let term):
        self.init(kind: .value, variable: variable, transform: .spline, per: per, knots: knots, term: term)
      }
    case .score(let variable): self.init(kind: .score, variable: variable)
    case .missing(let variable): self.init(kind: .missing, variable: variable)
    case .level(let name, let indices, let label):
      guard let levels = variables.first(where: { $0.name == name })?.levels,
        indices.allSatisfy(levels.indices.contains)
      else { return nil }
      self.init(kind: .level, variable: name, levels: indices.map { levels[$0] }, label: label)
    case .between: return nil
    }
  }

  /// The factor; nil when it does not fit its variable, or says more or less than its kind does.
  func factor(of variables: [Variable]) -> Factor? {
    guard let variable = variables.first(where: { $0.name == self.variable }) else { return nil }
    let factor: Factor?
    switch (kind, variable.kind) {
    case (.value, .continuous), (.value, .count), (.value, .binary):
      factor = fullTransform.map { .value(variable: variable.name, $0) }
    case (.score, .ordinal): factor = .score(variable: variable.name)
    case (.level, .categorical(let known)), (.level, .ordinal(let known)):
      let places = (levels ?? []).compactMap(known.firstIndex(of:))
      let isProper =
        !places.isEmpty && places.count == levels?.count && zip(places, places.dropFirst()).allSatisfy(<)
      factor = isProper ? label.map { .level(variable: variable.name, indices: places, label: $0) } : nil
    case (.missing, _): factor = .missing(variable: variable.name)
    default: factor = nil
    }
    // Whatever another kind would say must be absent.
    return factor.flatMap { ModelFactor($0, variables: variables) == self ? $0 : nil }
  }

  private var fullTransform: Transform? {
    let per = per ?? 1
    guard per > 0, per.isFinite, (knots ?? []).allSatisfy(\.isFinite) else { return nil }
    switch transform {
    case nil: return Transform(.identity, per: per)
    case .log: return Transform(.log, per: per)
    case .log1p: return Transform(.log1p, per: per)
    case .hinge: return knots.flatMap { $0.count == 1 ? Transform(.hinge($0[0]), per: per) : nil }
    case .spline:
      guard let knots, let term, (3...5).contains(knots.count), (1...(knots.count - 2)).contains(term),
        zip(knots, knots.dropFirst()).allSatisfy(<)
      else { return nil }
      return Transform(.spline(knots: knots, term: term), per: per)
    }
  }
}
