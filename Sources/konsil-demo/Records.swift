import Foundation
import PooledReference

/// Records read as a model's variables, by what the model file says of them.
struct Records {
  /// What a row has of a variable.
  enum Cell {
    case notApplicable
    case missing
    case number(Double)
    case text(String)
  }

  let rowCount: Int
  private let table: PooledTable
  private let variables: [String: ModelFile.Variable]

  init(files: [String], variables: [ModelFile.Variable]) throws {
    table = try PooledTable(files: files)
    rowCount = table.rowCount
    self.variables = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
  }

  func texts(_ column: String) throws -> [String] { try table.column(column) }

  func cells(_ name: String) throws -> [Cell] {
    guard let variable = variables[name] else { return try recorded(name, missing: [], isText: false) }
    var cells =
      try variable.computed.map(computed)
      ?? recorded(name, missing: variable.missing, isText: variable.levels != nil)
    if let condition = variable.appliesWhen {
      for (row, cell) in try self.cells(condition.variable).enumerated() where !condition.mayHold(cell) {
        cells[row] = .notApplicable
      }
    }
    return cells
  }

  private func recorded(_ name: String, missing: [String], isText: Bool) throws -> [Cell] {
    try table.column(name).map { text in
      if text.isEmpty || missing.contains(text) { return .missing }
      return isText ? .text(text) : Double(text).map { .number($0) } ?? .missing
    }
  }

  private func computed(_ parts: [ModelFile.Part]) throws -> [Cell] {
    var sums = [Double](repeating: 0, count: rowCount)
    for part in parts {
      for (row, cell) in try cells(part.variable).enumerated() {
        if case .number(let value) = cell { sums[row] += part.factor * value } else { sums[row] = .nan }
      }
    }
    return sums.map { $0.isNaN ? .missing : .number($0) }
  }
}

extension ModelFile.Condition {
  /// Where that cannot be told, it may.
  fileprivate func mayHold(_ cell: Records.Cell) -> Bool {
    if case .missing = cell { return true }
    return holds(cell)
  }

  func holds(_ cell: Records.Cell) -> Bool {
    switch cell {
    case .missing, .notApplicable: false
    case .text(let text): oneOf?.contains(text) ?? true
    case .number(let value): value >= atLeast ?? -.infinity && value <= atMost ?? .infinity
    }
  }
}
