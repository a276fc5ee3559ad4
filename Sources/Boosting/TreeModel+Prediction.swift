extension TreeModel {
  /// What the raw scores of a row predict: the probability of the outcome, one probability a class, the expected value,
  /// or the expected count.
  ///
  /// - Parameters:
  ///   - scores: the row's raw scores, one a class.
  ///   - exposure: what a rate is multiplied by, positive.
  package func predictions(_ scores: [Int64], exposure: Double = 1) -> [Double] {
    let reals = scores.map(real)
    switch objective {
    case .logistic: return reals.map(PortableMath.sigmoid)
    case .softmax:
      let greatest = reals.max() ?? 0
      let odds = reals.map { PortableMath.exp($0 - greatest) }
      let sum = odds.reduce(0, +)
      return odds.map { $0 / sum }
    case .squaredError: return reals
    case .poisson: return reals.map { PortableMath.exp($0) * exposure }
    }
  }

  /// The loss of a row's prediction: the negative log-likelihood of a class, the squared error, or a count's deviance.
  ///
  /// - Parameters:
  ///   - scores: the row's raw scores, one a class.
  ///   - outcome: 0 or 1, a class's place, or a number.
  ///   - exposure: what a rate is multiplied by, positive.
  /// - Returns: NaN for a class that the model does not have.
  package func loss(_ scores: [Int64], outcome: Double, exposure: Double = 1) -> Double {
    let reals = scores.map(real)
    switch objective {
    case .logistic: return PortableMath.softplus(reals[0]) - outcome * reals[0]
    case .softmax:
      guard let place = Int(exactly: outcome), reals.indices.contains(place) else { return .nan }
      let greatest = reals.max() ?? 0
      let odds = reals.reduce(0) { $0 + PortableMath.exp($1 - greatest) }
      return greatest + PortableMath.log(odds) - reals[place]
    case .squaredError:
      return (outcome - reals[0]) * (outcome - reals[0])
    case .poisson:
      let logMean = reals[0] + PortableMath.log(exposure)
      let surprise = outcome > 0 ? outcome * (PortableMath.log(outcome) - logMean) : 0
      return 2 * (surprise - outcome + PortableMath.exp(logMean))
    }
  }
}
