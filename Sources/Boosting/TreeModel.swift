/// A boosted ensemble of trees. Its raw scores are integers, so the same row has the same score everywhere.
package struct TreeModel: Hashable, Sendable, Codable {
  package enum Objective: Hashable, Sendable, Codable {
    /// The raw score is the log odds.
    case logistic
    /// One raw score a class; probabilities are their softmax.
    case softmax(classes: [String])
    /// The raw score is the prediction.
    case squaredError
    /// The raw score is the logarithm of the rate; the expected count is the rate times the exposure, a
    /// variable, or the rate alone.
    case poisson(exposure: String?)
  }

  package let outcome: String
  package let objective: Objective
  /// In the order of a row's values.
  package let features: [TreeFeature]
  /// Raw scores are in units of `2^-fractionBits`.
  package let fractionBits: Int
  /// The raw score before the first tree, one a class.
  package let base: [Int64]
  /// Of each round, one tree a class.
  package let rounds: [[Tree]]

  package init(
    outcome: String, objective: Objective, features: [TreeFeature], fractionBits: Int, base: [Int64],
    rounds: [[Tree]]
  ) {
    self.outcome = outcome
    self.objective = objective
    self.features = features
    self.fractionBits = fractionBits
    self.base = base
    self.rounds = rounds
  }

  /// Trees of a round and raw scores of a row: the classes of softmax, 1 otherwise.
  package var classes: Int { if case .softmax(let classes) = objective { classes.count } else { 1 } }

  /// Whether its parts fit each other, so that every row can be scored.
  package var isSound: Bool {
    base.count == classes && (-1022...62).contains(fractionBits)
      && rounds.allSatisfy { round in
        round.count == classes
          && round.allSatisfy { tree in
            tree.isSound
              && tree.nodes.allSatisfy { node in
                switch node {
                case .split(let split): features.indices.contains(split.feature)
                case .leaf(let leaf): leaf.slopes.allSatisfy { features.indices.contains($0.feature) }
                }
              }
          }
      }
  }

  /// A row's raw scores, one a class, in units of `2^-fractionBits`.
  ///
  /// - Parameter row: one value for each feature; NaN where missing.
  package func score(_ row: [Float]) -> [Int64] {
    var scores = base
    for round in rounds {
      for (place, tree) in round.enumerated() {
        guard case .leaf(let leaf) = tree.nodes[tree.leaf(of: row)] else { continue }
        scores[place] &+= leaf.score(row, fractionBits: fractionBits)
      }
    }
    return scores
  }

  /// A raw score as a real.
  package func real(_ score: Int64) -> Double {
    Double(sign: .plus, exponent: -fractionBits, significand: Double(score))
  }
}

extension Tree.Leaf {
  /// A row's part of the raw score.
  package func score(_ row: [Float], fractionBits: Int) -> Int64 {
    slopes.reduce(value) { $0 &+ $1.score(row, fractionBits: fractionBits) }
  }
}

extension Tree.Slope {
  /// A row's part of the raw score: a product, rounded.
  package func score(_ row: [Float], fractionBits: Int) -> Int64 {
    score(row[feature], factor: Double(sign: .plus, exponent: fractionBits, significand: 1))
  }

  @inline(__always)
  func score(_ value: Float, factor: Double) -> Int64 {
    let x = Double(value)
    guard !x.isNaN else { return 0 }
    let part = slope * (min(max(x, lower), upper) - centre)
    return Int64(exactly: (part * factor).rounded(.toNearestOrEven)) ?? 0
  }
}
