import CohortSimulation
import Testing

@Suite struct SampledNumbersTests {
  private let count = 20_000

  private func moments(_ draw: (inout SeededRandom) -> Double) -> (mean: Double, variance: Double) {
    var random = SeededRandom(seed: 5, purpose: "numbers")
    let values = (0..<count).map { _ in draw(&random) }
    let centre = mean(values)
    return (centre, mean(values.map { ($0 - centre) * ($0 - centre) }))
  }

  @Test(arguments: [0.2, 1, 1.7, 30])
  func gammaNumbersHaveTheirMoments(shape: Double) {
    let found = moments { $0.gamma(shape: shape) }
    // Five standard errors; the fourth central moment is 3 k^2 + 6 k.
    #expect(abs(found.mean - shape) < 5 * (shape / Double(count)).squareRoot())
    #expect(abs(found.variance - shape) < 5 * ((2 * shape * shape + 6 * shape) / Double(count)).squareRoot())
  }

  @Test(arguments: [0.1, 3, 250])
  func poissonNumbersHaveTheirMoments(mean: Double) {
    let found = moments { $0.poisson(mean: mean) }
    #expect(abs(found.mean - mean) < 5 * (mean / Double(count)).squareRoot())
    #expect(abs(found.variance - mean) < 5 * ((2 * mean * mean + mean) / Double(count)).squareRoot())
  }

  @Test func negativeBinomialNumbersHaveTheirMoments() {
    let found = moments { $0.negativeBinomial(mean: 7, deviation: 4) }
    #expect(abs(found.mean - 7) < 5 * 4 / Double(count).squareRoot())
    #expect(abs(found.variance - 16) < 1.3)
    let more = moments { $0.negativeBinomial(mean: 7, deviation: 4, times: 2) }
    #expect(abs(more.mean - 14) < 5 * 7.1 / Double(count).squareRoot())
  }
}
