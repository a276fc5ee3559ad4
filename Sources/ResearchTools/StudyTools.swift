import Documents
import Federation
import Identity
import Preprocessing
import SecureAggregation

/// What becomes of cells of two rare columns that few rows fill.
package enum SupportChoice: String, Sendable, CaseIterable {
  /// They are counted and named in the result.
  case columns
  /// They are merged away.
  case pairs
}

/// What a study's owner does with it.
package enum StudyTools {
  /// What a new study is made of.
  package struct Draft: Sendable {
    /// A dictionary document.
    package let dictionary: String
    /// Public keys, in the order that every roster will use.
    package let sites: [NamedPath]
    package let researchers: [NamedPath]
    package let leastSites: Int
    package let leastRows: Int
    package let leastCount: Int
    /// nil for the document's default, 2^20.
    package let mostRowsPerSite: Int?
    package let mostRowsPerPatient: Int
    package let support: SupportChoice
    /// nil for the document's default, `patient_id`.
    package let recordKey: String?

    package init(
      dictionary: String, sites: [NamedPath], researchers: [NamedPath], leastSites: Int = 3,
      leastRows: Int = 50, leastCount: Int = 5, mostRowsPerSite: Int? = nil,
      mostRowsPerPatient: Int = 1, support: SupportChoice = .columns, recordKey: String? = nil
    ) {
      self.dictionary = dictionary
      self.sites = sites
      self.researchers = researchers
      self.leastSites = leastSites
      self.leastRows = leastRows
      self.leastCount = leastCount
      self.mostRowsPerSite = mostRowsPerSite
      self.mostRowsPerPatient = mostRowsPerPatient
      self.support = support
      self.recordKey = recordKey
    }
  }

  /// Writes a study: its dictionary, the parties' keys and the least sizes.
  package static func new(_ draft: Draft, out: String, force: Bool) throws -> StudyReport {
    try LocalFiles.requireAbsent([out], force: force)
    try NamedPath.requireDistinctNames(draft.sites, option: "--site")
    try NamedPath.requireDistinctNames(draft.researchers, option: "--researcher")
    let dictionary = try LocalFiles.read(draft.dictionary)
    // The text is taken from the bytes only once they are known to be a dictionary in UTF-8.
    _ = try DictionaryDocument.decode(dictionary, file: draft.dictionary)
    let text = try StudyDocument.compose(
      dictionary: String(decoding: dictionary, as: UTF8.self), file: draft.dictionary,
      sites: draft.sites.map { try KeyTools.party($0, option: "--site") },
      researchers: draft.researchers.map { try KeyTools.party($0, option: "--researcher") },
      limits: Study.Limits(
        leastSites: draft.leastSites, leastRows: draft.leastRows, leastCount: draft.leastCount,
        mostRowsPerSite: draft.mostRowsPerSite ?? StudyDocument.defaultMostRowsPerSite,
        mostRowsPerPatient: draft.mostRowsPerPatient, support: draft.support == .pairs ? .pairs : .columns),
      recordKey: draft.recordKey ?? StudyDocument.defaultRecordKey)
    try LocalFiles.write(text, to: out, force: force)
    return StudyReport(try StudyFile(out))
  }

  /// Signs a study's bytes as they stand into `FILE.sig`.
  ///
  /// - Parameter key: a folder of keys, or the `identity.key` in one.
  package static func sign(_ path: String, key: String, force: Bool) throws -> SignReport {
    _ = try StudyFile(path)
    return try SignReport.sign(path, kind: "study", label: .study, key: key, force: force)
  }

  package static func show(_ path: String) throws -> StudyReport { StudyReport(try StudyFile(path)) }
}
