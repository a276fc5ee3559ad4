/// What is wrong with a document, where, and what to do about it.
package struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name as it was given.
  package let file: String
  /// Counted from 1.
  package let line: Int
  /// Keys from the top, joined by dots, entries of a list counted from 1 (`predictors[2]`); empty
  /// for the document as a whole.
  package let key: String
  package let problem: String
  package let advice: String

  package init(file: String, line: Int, key: String, problem: String, advice: String) {
    self.file = file
    self.line = line
    self.key = key
    self.problem = problem
    self.advice = advice
  }

  /// One line: `FILE:LINE: KEY: what; advice`.
  package var description: String {
    let place = key.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(key)"
    return "\(place): \(problem); \(advice)"
  }
}
