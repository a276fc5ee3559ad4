import Connectors

extension ReadingReport {
  /// How a file was read, for a person.
  var facts: [(name: String, value: String)] {
    let missing = faults.reduce(0) { $0 + ($1.effect == .missing ? $1.count : 0) }
    return [
      ("written in", dialect.words), ("on error", onError.rawValue),
      ("rows", excluded == 0 ? "\(rows)" : "\(rows) of \(rowsInFile); \(leftOut)"),
    ] + (missing > 0 ? [("made missing", "\(missing) \(missing == 1 ? "cell" : "cells")")] : [])
      + (absent.isEmpty ? [] : [("columns not there", absent.map(\.name).joined(separator: ", "))])
  }
}

extension ReadingReport {
  private var leftOut: String {
    onError == .excludeRow ? "\(excluded) left out" : "\(excluded) cannot be read and are not in what follows"
  }
}

extension Reading {
  /// What a plan could be refused for, a line each.
  func problems(in file: String) -> [String] {
    (refusal.map { [$0.description] } ?? [])
      + report.absent.map { "\(file): \($0.name): is not among the columns; \($0.advice)" }
  }

  /// What there is to say in a line or a few.
  func words(in file: String) -> String {
    let problems = problems(in: file)
    guard problems.isEmpty else { return problems.joined(separator: "\n") }
    return "\(report.rows) rows fit the dictionary"
      + report.facts.filter { $0.name == "made missing" }.map { ", \($0.value) \($0.name)" }.joined()
      + (report.excluded > 0 ? ", \(report.excluded) left out" : "")
  }
}
