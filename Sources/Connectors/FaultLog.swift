/// What was found wrong in a file: everything by kind and column, and the first things that it is refused for.
struct FaultLog {
  private struct Key: Hashable {
    /// The column's index; -1 for rows, -2 for the record key.
    let column: Int
    let fault: Fault
  }

  static let row = -1
  static let recordKey = -2

  private let rule: OnError
  private var order: [Key] = []
  private var found: [Key: (problem: String, count: Int, lines: [Int])] = [:]
  private(set) var refusal: ProblemCollector

  init(file: String, rule: OnError) {
    self.rule = rule
    refusal = ProblemCollector(file: file)
  }

  /// - Parameters:
  ///   - line: nil where the column as a whole is meant.
  ///   - problem: what is wrong just here, where that is more than the fault says.
  ///   - advice: the same for what to do.
  /// - Returns: what becomes of the cell or row.
  mutating func add(
    _ fault: Fault, column: Int, line: Int?, name: String?, expectation: String = "",
    problem: String? = nil, advice: String? = nil
  ) -> RecordsFault.Effect {
    let key = Key(column: column, fault: fault)
    let effect = fault.effect(under: rule)
    if found[key] == nil {
      order.append(key)
      // Where a variable applies is the same in all of its column; what a row has too many of is not.
      found[key] = (fault == .notApplicable ? problem ?? fault.problem : fault.problem, 0, [])
    }
    found[key]?.count += 1
    if let line, found[key].map({ $0.lines.count < RecordsFault.mostLines }) ?? false {
      found[key]?.lines.append(line)
    }
    guard effect == .refused else { return effect }
    let expected = expectation.isEmpty ? "" : ", \(expectation)"
    refusal.add(
      line: line, column: name, (problem ?? fault.problem) + expected, advice ?? fault.advice)
    return effect
  }

  /// - Parameters:
  ///   - names: of the columns, by index.
  ///   - expectations: what a cell of each may hold.
  func faults(names: [String], expectations: [String], recordKey: String?) -> [RecordsFault] {
    order.sorted { ($0.column, $0.fault.rawValue) < ($1.column, $1.fault.rawValue) }.compactMap { key in
      found[key].map { entry in
        RecordsFault(
          column: key.column >= 0 ? names[key.column] : key.column == Self.recordKey ? recordKey : nil,
          problem: entry.problem,
          expected: key.column >= 0 && key.fault != .notApplicable ? expectations[key.column] : "",
          advice: key.fault.advice, effect: key.fault.effect(under: rule), count: entry.count,
          lines: entry.lines)
      }
    }
  }
}
