import Cohorts
import Preprocessing

/// A site's cohort with the plan's filter, from which the rows of a design are made.
package struct SiteRecords: Sendable {
  private let cohort: Cohort
  private let filter: CohortFilter
  private let dictionary: StudyDictionary

  package init(cohort: Cohort, filter: CohortFilter, dictionary: StudyDictionary) {
    self.cohort = cohort
    self.filter = filter
    self.dictionary = dictionary
  }

  /// - Returns: nil when the cohort lacks a variable, or holds one as another type.
  package func rows(_ design: Design) -> DesignRows? {
    DesignRows(design, cohort: cohort, filter: filter, dictionary: dictionary)
  }
}
