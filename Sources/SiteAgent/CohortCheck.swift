import Cohorts
import Connectors
import Console
import Federation
import Foundation

/// What `konsil-agent cohort check` finds in a file of records. It stays at the site: it holds the site's own
/// counts, extremes and quantiles, and no single value of a record beside them.
package struct CohortCheck: Report {
  package let study: String
  package let file: String
  /// Whether the records can be used by every plan of the study.
  package let isFit: Bool
  package let reading: ReadingReport
  package let columns: [ColumnSummary]
  package let findings: [Finding]
  /// Where the page was written; nil where none was asked for.
  package let html: String?

  /// What this version cannot see, for every report.
  static let limit =
    "Patients who are at two hospitals are not detected in this version and count twice."

  enum CodingKeys: String, CodingKey {
    case study, file, isFit, reading, columns, findings, html
  }

  /// - Parameters:
  ///   - file: the records.
  ///   - study: an accepted study's name, or a file with a study or a dictionary; nil for the one accepted study.
  ///   - configuration: the site's configuration file.
  ///   - html: where a page with the same is written; nil for none.
  ///   - force: whether that page may replace a file.
  package static func run(
    _ file: String, study: String?, configuration: String, html: String?, force: Bool
  ) throws -> CohortCheck {
    let study = try CheckedStudy(study, records: file, configuration: configuration)
    if let html, !force, FileManager.default.fileExists(atPath: html) {
      throw Complaint(
        .cannotWrite, code: "file-exists", "\(html): exists already and is not overwritten",
        advice: "choose another place, or give --force")
    }
    do {
      try FileHandle(forReadingFrom: URL(fileURLWithPath: file)).close()
    } catch {
      throw StateFolder.cannotRead(file, error)
    }
    let check = try CohortCheck(study, html: html)
    if let html { try StateFolder.write(Array(CohortCheckPage(check).html.utf8), to: html) }
    return check
  }

  init(_ checked: CheckedStudy, html: String?) throws(Complaint) {
    let reader = CohortReader(
      dictionary: checked.dictionary, recordKey: checked.recordKey, mostRows: checked.mostRows,
      mostRowsPerPatient: checked.mostRowsPerPatient, dialect: checked.source.dialect,
      onError: checked.source.rule)
    let reading: Reading
    do throws(RecordsError) {
      reading = try reader.inspect(file: checked.source.file)
    } catch {
      throw Complaint(error)
    }
    let review = RecordsReview(
      reading, dictionary: checked.dictionary, recordKey: checked.recordKey,
      leastCount: checked.leastCount)
    study = checked.dictionary.name
    file = checked.source.file
    self.reading = reading.report
    columns = review.columns
    findings = review.findings
    isFit = reading.problems(in: checked.source.file).isEmpty
    self.html = html
  }

  var verdict: String {
    let bad = findings.count { $0.severity == .bad }
    if bad > 0 { return "not fit for every plan: \(bad) \(bad == 1 ? "thing is" : "things are") bad" }
    let attention = findings.count { $0.severity == .attention }
    return attention == 0 ? "fit" : "fit; \(attention) to look at"
  }

  var facts: [(name: String, value: String)] {
    [("study", study), ("file", file)] + reading.facts + [("verdict", verdict)]
  }
}
