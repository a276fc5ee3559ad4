/// Gradients and Hessians of a training set's rows at their raw scores, as words.
struct GradientRule: Sendable {
  private let objective: BoostingSpecification.Objective
  private let quantiser: Quantiser
  private let scale: Double
  private let scalePosWeight: Double
  private let greatest: Double

  init(_ context: TreeContext) {
    objective = context.frame.specification.objective
    quantiser = Quantiser(context.quantisation)
    scale = Double(sign: .plus, exponent: -context.frame.fractionBits, significand: 1)
    scalePosWeight = context.frame.specification.scalePosWeight
    greatest = context.frame.target.greatest
  }

  /// The words of some rows.
  ///
  /// - Parameters:
  ///   - scores: one list for each class; others than softmax have one.
  ///   - isUsed: rows that are not have the word 0.
  ///   - words: one list for each class, written at the places of the range.
  func write(
    _ range: Range<Int>, _ rows: BoostingRows, scores: [[Int64]], isUsed: [Bool],
    to words: [UnsafeMutableBufferPointer<UInt64>]
  ) {
    if objective == .softmax {
      softmax(range, rows, scores, isUsed, words)
      return
    }
    let (words, scores) = (words[0], scores[0])
    switch objective {
    case .logistic:
      write(range, rows, scores, isUsed, words) { score, outcome, weight, _ in
        let p = PortableMath.sigmoid(score)
        let factor = outcome == 1 ? weight * scalePosWeight : weight
        return quantiser.word((p - outcome) * factor, p * (1 - p) * factor)
      }
    case .squaredError:
      write(range, rows, scores, isUsed, words) { score, outcome, weight, _ in
        quantiser.word((score - outcome) * weight, weight)
      }
    case .poisson:
      write(range, rows, scores, isUsed, words) { score, outcome, weight, exposure in
        let rate = min(exposure * PortableMath.exp(score), greatest)
        return quantiser.word((rate - outcome) * weight, rate * weight)
      }
    case .softmax: break
    }
  }

  @inline(__always)
  private func write(
    _ range: Range<Int>, _ rows: BoostingRows, _ scores: [Int64], _ isUsed: [Bool],
    _ words: UnsafeMutableBufferPointer<UInt64>, _ word: (Double, Double, Double, Double) -> UInt64
  ) {
    let scale = scale
    rows.outcome.withUnsafeBufferPointer { outcome in
      rows.weights.withUnsafeBufferPointer { weights in
        rows.exposure.withUnsafeBufferPointer { exposure in
          scores.withUnsafeBufferPointer { scores in
            isUsed.withUnsafeBufferPointer { isUsed in
              for row in range {
                let made = word(Double(scores[row]) * scale, outcome[row], weights[row], exposure[row])
                words[row] = isUsed[row] ? made : 0
              }
            }
          }
        }
      }
    }
  }

  private func softmax(
    _ range: Range<Int>, _ rows: BoostingRows, _ scores: [[Int64]], _ isUsed: [Bool],
    _ words: [UnsafeMutableBufferPointer<UInt64>]
  ) {
    var powers = [Double](repeating: 0, count: scores.count)
    for row in range {
      let most = scores.reduce(Int64.min) { max($0, $1[row]) }
      var sum = 0.0
      for place in powers.indices {
        powers[place] = PortableMath.exp(Double(scores[place][row] &- most) * scale)
        sum += powers[place]
      }
      let (own, weight) = (Int(rows.outcome[row]), rows.weights[row])
      for place in powers.indices {
        let p = powers[place] / sum
        let gradient = place == own ? p - 1 : p
        words[place][row] = isUsed[row] ? quantiser.word(gradient * weight, 2 * p * (1 - p) * weight) : 0
      }
    }
  }

  /// A held-out row's loss, `-log` of the probability of what happened (of a count without the term that no
  /// model moves) or the squared error, weighted and rounded to an integer, so that sums do not depend on the
  /// split of the rows.
  func loss(_ row: Int, _ rows: BoostingRows, scores: [[Int64]]) -> Int64 {
    let score = Double(scores[0][row]) * scale
    let outcome = rows.outcome[row]
    let loss: Double
    switch objective {
    case .logistic: loss = PortableMath.softplus(score) - outcome * score
    case .squaredError: loss = (score - outcome) / greatest * ((score - outcome) / greatest)
    case .poisson:
      let rate = min(rows.exposure[row] * PortableMath.exp(score), greatest)
      loss = rate - outcome * score
    case .softmax:
      let most = scores.reduce(Int64.min) { max($0, $1[row]) }
      let sum = scores.reduce(0.0) { $0 + PortableMath.exp(Double($1[row] &- most) * scale) }
      loss = PortableMath.log(sum) - Double(scores[Int(outcome)][row] &- most) * scale
    }
    let scaled = (min(max(loss, -Self.mostLoss), Self.mostLoss) * rows.weights[row] * Self.lossFactor)
    return Int64(exactly: scaled.rounded(.toNearestOrEven)) ?? 0
  }

  /// A loss is a multiple of 2^-20.
  static let lossFactor = 0x1p20
  private static let mostLoss = 0x1p12
}
