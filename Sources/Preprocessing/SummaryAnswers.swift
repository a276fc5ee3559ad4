import Cohorts
import Queries

extension SummarySteps {
  /// A site's values for the query of this stage, one array for each segment.
  func answer(_ rows: SummaryRows) -> [[Double]] {
    switch stage {
    case .support(let isFirst):
      let first = isFirst ? [rows.outcomes.allSatisfy { $0 > 0 }, rows.count > 0] : []
      let others = support.enumerated().flatMap { variable, support in
        support.questions.map { holds($0, variable, rows) }
      }
      return [(first + others).map { $0 ? 1 : 0 }]
    case .counts:
      return [
        [Double(rows.count)], [Double(rows.outcomes[1])],
        groups(\.rows).map { Double(count($0.states, nil, $0.variable, rows)) },
        groups(\.events).map { Double(count($0.states, 1, $0.variable, rows)) },
      ]
    case .sums:
      return [
        numbers.map { number in
          values(of: number, rows).reduce(0) { $0 + ($1 - number.range.lower) / number.range.width }
        }
      ]
    case .squares:
      return [
        numbers.map { number in
          values(of: number, rows).reduce(0) { sum, value in
            let distance = (value - number.range.lower) / number.range.width - number.scaledMean
            return sum + distance * distance
          }
        }
      ]
    case .refinement(let refined):
      let standardised = refined.map { place in
        let number = numbers[place]
        return values(of: number, rows).map { ($0 - number.mean) / (number.deviation ?? 1) }
      }
      return [
        standardised.map { $0.reduce(0, +) }, standardised.map { $0.reduce(0) { $0 + $1 * $1 } },
      ]
    case .quantiles:
      return [
        numbers.flatMap { number in
          number.search.questions.isEmpty
            ? [] : number.search.answer(values(of: number, rows)).map(Double.init)
        }
      ]
    case .done:
      return []
    }
  }

  private func values(of number: SummaryNumber, _ rows: SummaryRows) -> [Double] {
    rows.numbers(number.variable, isCompleted: number.isCompleted)
  }

  private func holds(_ question: SummarySupport.Question, _ variable: Int, _ rows: SummaryRows) -> Bool {
    switch question {
    case .occurs(let state):
      return count([state], nil, variable, rows) > 0
    case .varies(let states):
      return (1..<max(rows.count, 1)).contains(count(states, nil, variable, rows))
    case .outcomeVaries(let states):
      return [0, 1].allSatisfy { count(states, $0, variable, rows) > 0 }
    case .differs:
      return rows.differs[variable]
    }
  }

  /// Rows in one of the states with an outcome; nil: with either.
  private func count(_ states: [Int], _ outcome: Int?, _ variable: Int, _ rows: SummaryRows) -> Int {
    states.reduce(0) { sum, state in
      let counts = rows.states[variable][state]
      return sum + (outcome.map { counts[$0] } ?? counts[0] + counts[1])
    }
  }
}
