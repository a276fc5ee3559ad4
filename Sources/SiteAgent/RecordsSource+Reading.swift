import Cohorts
import Connectors
import Federation

extension RecordsSource {
  /// How the file is written, as far as the configuration says.
  var dialect: Dialect {
    Dialect(
      delimiter: delimiter.flatMap { Dialect.Delimiter(rawValue: $0.rawValue) },
      decimal: decimal.flatMap { Dialect.DecimalMark(rawValue: $0.rawValue) },
      encoding: encoding.flatMap { Dialect.Encoding(rawValue: $0.rawValue) })
  }

  var rule: Connectors.OnError {
    switch onError {
    case .refuse: .refuse
    case .missing: .missing
    case .excludeRow: .excludeRow
    }
  }
}

extension CohortReader {
  /// Reads all of a study's variables and outcomes from a site's own file.
  init(_ study: Study, source: RecordsSource) {
    self.init(
      dictionary: study.dictionary, recordKey: study.recordKey, mostRows: study.limits.mostRowsPerSite,
      mostRowsPerPatient: study.limits.mostRowsPerPatient, dialect: source.dialect, onError: source.rule)
  }

  /// Reads what a plan is about from a snapshot, in which all that can be decided is decided.
  init(_ plan: Plan, study: Study) {
    let (variables, outcome) = plan.variables(in: study)
    self.init(
      columns: variables + (outcome.map { [$0.variable] } ?? []), of: study.dictionary,
      recordKey: study.recordKey, mostRows: study.limits.mostRowsPerSite,
      mostRowsPerPatient: study.limits.mostRowsPerPatient, dialect: .own)
  }
}

extension Complaint {
  /// Records that cannot be used, told by place.
  init(_ error: RecordsError) {
    self.init(.badInput, code: Self.recordsDoNotFit, "\(error)")
  }

  static let recordsDoNotFit = "records-do-not-fit"
}
