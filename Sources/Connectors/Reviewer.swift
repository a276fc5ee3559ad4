import Cohorts

/// Goes through a file and its columns.
struct Reviewer {
  let reading: Reading
  let recordKey: String
  let leastCount: Int
  let dictionary: StudyDictionary
  let outcomes: [Separation]
  var columns: [ColumnSummary] = []
  var findings: [Finding] = []

  var cohort: Cohort { reading.records.cohort }
  var report: ReadingReport { reading.report }

  init(reading: Reading, dictionary: StudyDictionary, recordKey: String, leastCount: Int) {
    self.reading = reading
    self.dictionary = dictionary
    self.recordKey = recordKey
    self.leastCount = leastCount
    outcomes = dictionary.outcomes.compactMap { outcome in
      guard case .numbers(let values)? = reading.records.cohort[outcome.name] else { return nil }
      return Separation(outcome: outcome.name, values)
    }
  }

  mutating func reviewFile() {
    for fault in report.faults {
      let what = [fault.problem, fault.expected].filter { !$0.isEmpty }.joined(separator: ", ")
      let effect =
        switch fault.effect {
        case .refused: ""
        case .missing: "; counts as missing"
        case .excluded: "; left out"
        }
      let isCell = fault.column.map { $0 != recordKey } ?? false
      let place = fault.lines.isEmpty ? "" : ": \(Words.lines(fault.lines, of: fault.count))"
      findings.append(
        Finding(
          .fault, fault.effect == .refused ? .bad : .attention, fault.column,
          "\(what)\(effect) (\(Words.count(fault.count, isCell ? "cell" : "row"))\(place))",
          advice: fault.advice))
    }
    for column in report.absent {
      findings.append(
        Finding(
          .absentColumn, .bad, column.name, "is not among the columns; plans that need it are refused",
          advice: column.advice))
    }
    reviewDuplicates()
    for name in report.computed {
      findings.append(
        Finding(
          .unreadColumn, .note, name, "stands in the file and is not read, for it is computed from its parts",
          advice: "nothing needs to be done"))
    }
    for column in report.unread where column.dateForms.count > 1 {
      findings.append(
        Finding(
          .unreadColumn, .attention, column.name,
          "has dates in \(column.dateForms.count) forms (\(column.dateForms.joined(separator: ", "))); the study does not read it",
          advice: "write all dates as year-month-day if anything is computed from them"))
    }
  }

  private mutating func reviewDuplicates() {
    let duplicates = Duplicates(
      cohort, variables: dictionary.variables + dictionary.outcomes.map(\.variable))
    func lines(_ rows: [Int]) -> String {
      Words.lines(rows.prefix(10).map { Int(reading.records.lines[$0]) }, of: rows.count)
    }
    if !duplicates.copies.isEmpty {
      findings.append(
        Finding(
          .duplicates, .attention, recordKey,
          "\(Words.count(duplicates.copies.count, "exact copy", many: "exact copies")) of another row of the same patient: \(lines(duplicates.copies))",
          advice: "remove them unless the patient was seen twice with the same result"))
    }
    if !duplicates.underOtherKeys.isEmpty {
      findings.append(
        Finding(
          .duplicates, .attention, recordKey,
          "\(Words.count(duplicates.underOtherKeys.count, "row equals", many: "rows equal")) another in everything but the record key: \(lines(duplicates.underOtherKeys))",
          advice: "look whether patients stand in the file twice; they would count twice"))
    }
  }
}
