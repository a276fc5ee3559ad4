import Cohorts

/// A site's own look at its records: what each column holds, and what is worth a look. It stays at the site; it
/// holds counts, extremes and quantiles, and no single value of a record beside them.
package struct RecordsReview: Sendable {
  package let columns: [ColumnSummary]
  /// The bad ones first.
  package let findings: [Finding]

  /// - Parameters:
  ///   - reading: of the whole dictionary.
  ///   - leastCount: the rows that a published count must have.
  package init(_ reading: Reading, dictionary: StudyDictionary, recordKey: String, leastCount: Int) {
    var review = Reviewer(
      reading: reading, dictionary: dictionary, recordKey: recordKey, leastCount: leastCount)
    review.reviewFile()
    for variable in dictionary.variables { review.review(variable, isOutcome: false) }
    for outcome in dictionary.outcomes { review.review(outcome.variable, isOutcome: true) }
    columns = review.columns
    let order: [Finding.Severity] = [.bad, .attention, .note]
    findings = order.flatMap { severity in review.findings.filter { $0.severity == severity } }
  }
}
