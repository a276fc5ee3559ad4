/// One thing that is wrong with a file of records. It never holds a value of a record.
package struct RecordsProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1; nil where the file as a whole is meant.
  package let line: Int?
  /// A column that the dictionary names; nil where none is meant.
  package let column: String?
  package let problem: String
  package let advice: String

  package init(line: Int?, column: String?, problem: String, advice: String) {
    self.line = line
    self.column = column
    self.problem = problem
    self.advice = advice
  }

  /// `LINE: COLUMN: what; advice`.
  package var description: String {
    let place = [line.map(String.init), column].compactMap(\.self).map { "\($0): " }.joined()
    return "\(place)\(problem); \(advice)"
  }
}

/// What is wrong with a file of records: the first problems, and how many there are in all.
package struct RecordsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// How many problems are kept.
  package static let mostShown = 20

  package let file: String
  package let problems: [RecordsProblem]
  package let total: Int

  package init(file: String, problems: [RecordsProblem], total: Int) {
    self.file = file
    self.problems = problems
    self.total = total
  }

  /// `FILE:LINE: COLUMN: what; advice`, one line for each problem kept, and the number of all where
  /// there is more than one.
  package var description: String {
    var lines = problems.map { $0.line == nil ? "\(file): \($0)" : "\(file):\($0)" }
    if total > problems.count {
      lines.append("\(file): \(total) problems in all, the first \(problems.count) shown")
    } else if total > 1 {
      lines.append("\(file): \(total) problems in all")
    }
    return lines.joined(separator: "\n")
  }
}

/// Keeps the first problems of a file and counts the others.
struct ProblemCollector {
  let file: String
  private var problems: [RecordsProblem] = []
  private(set) var total = 0

  init(file: String) { self.file = file }

  mutating func add(
    line: Int? = nil, column: String? = nil, _ problem: String, _ advice: String
  ) {
    total += 1
    guard problems.count < RecordsError.mostShown else { return }
    problems.append(RecordsProblem(line: line, column: column, problem: problem, advice: advice))
  }

  /// The error of what was collected, with `fault` as what ended the reading.
  func error(endedBy fault: RecordsProblem? = nil) -> RecordsError {
    var all = self
    if let fault { all.add(line: fault.line, column: fault.column, fault.problem, fault.advice) }
    return RecordsError(file: file, problems: all.problems, total: all.total)
  }

  func throwIfAny() throws(RecordsError) {
    if total > 0 { throw error() }
  }
}
