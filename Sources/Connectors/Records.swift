import Cohorts

/// What was read from a file of records.
package struct Records: Sendable {
  /// The columns asked for, one row a record, in the file's order.
  package let cohort: Cohort
  /// The record key of each row, all distinct; empty if none was asked for. They stay at the site.
  package let keys: [String]
}
