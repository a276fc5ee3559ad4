import Cohorts
import Preprocessing
import SecureAggregation

/// A party of a study: its name and the key it signs with.
package struct Party: Hashable, Sendable {
  package let name: String
  package let key: IdentityKey

  package init(name: String, key: IdentityKey) {
    self.name = name
    self.key = key
  }
}

/// A disease cohort's contract, signed by its owner: the dictionary, who takes part, and the least sizes.
package struct Study: Hashable, Sendable {
  package let dictionary: StudyDictionary
  /// The sites invited, in the order that `V` and every roster use.
  package let sites: [Party]
  /// Who may sign plans.
  package let researchers: [Party]
  package let limits: Limits
  /// The column that names a patient; it stays at the site.
  package let recordKey: String

  /// What a study demands of every plan.
  package struct Limits: Hashable, Sendable {
    /// Sites a plan must name.
    package let leastSites: Int
    /// Rows over the federation before a model is asked for.
    package let leastRows: Int
    /// Rows that a published count must have.
    package let leastCount: Int
    /// Greatest rows a site may bring; bounds of sums follow from it.
    package let mostRowsPerSite: Int
    /// Greatest rows that one patient may have at a site.
    package let mostRowsPerPatient: Int
    /// What becomes of cells of two rare columns that few rows fill.
    package let support: SupportRule

    package init(
      leastSites: Int, leastRows: Int, leastCount: Int, mostRowsPerSite: Int,
      mostRowsPerPatient: Int = 1, support: SupportRule = .columns
    ) {
      self.leastSites = leastSites
      self.leastRows = leastRows
      self.leastCount = leastCount
      self.mostRowsPerSite = mostRowsPerSite
      self.mostRowsPerPatient = mostRowsPerPatient
      self.support = support
    }
  }

  package init(
    dictionary: StudyDictionary, sites: [Party], researchers: [Party], limits: Limits, recordKey: String
  ) {
    self.dictionary = dictionary
    self.sites = sites
    self.researchers = researchers
    self.limits = limits
    self.recordKey = recordKey
  }

  package var name: String { dictionary.name }
}
