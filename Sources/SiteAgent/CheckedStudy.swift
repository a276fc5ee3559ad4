import Cohorts
import Documents
import Federation
import Foundation

/// What records are checked against, and how their file is read.
struct CheckedStudy {
  /// Where only a dictionary is given.
  private static let defaultLeastCount = 5

  let dictionary: StudyDictionary
  let recordKey: String
  let leastCount: Int
  let mostRows: Int
  let mostRowsPerPatient: Int
  let source: RecordsSource

  /// - Parameters:
  ///   - study: an accepted study's name, or a file with a study or a dictionary; nil for the one accepted study.
  ///   - file: the records.
  ///   - configuration: the site's; it need not be there where a study's file is given.
  init(_ study: String?, records file: String, configuration path: String) throws {
    let isDocument = study.map { FileManager.default.fileExists(atPath: $0) } ?? false
    let configuration =
      FileManager.default.fileExists(atPath: path) ? try SiteConfiguration.load(path) : nil
    if let study, isDocument {
      try self.init(document: study, records: file, configuration)
    } else if let configuration {
      let found = try Self.accepted(study, in: AcceptedStudies(StateFolder(configuration.state)))
      self.init(found, records: file, configuration)
    } else {
      throw Complaint(
        .noInput, code: "cannot-read",
        study.map { "there is neither a file “\($0)” nor \(path)" } ?? "there is no \(path)",
        advice:
          "give with --study a file with a study or a dictionary, or with --config the site's configuration")
    }
  }

  private init(_ study: Study, records file: String, _ configuration: SiteConfiguration?) {
    self.init(
      study.dictionary, recordKey: study.recordKey, leastCount: study.limits.leastCount,
      mostRows: study.limits.mostRowsPerSite, mostRowsPerPatient: study.limits.mostRowsPerPatient,
      records: file, configuration)
  }

  private init(document path: String, records file: String, _ configuration: SiteConfiguration?) throws {
    let bytes = try StateFolder.read(path)
    do throws(DocumentError) {
      let dictionary = try DictionaryDocument.decode(bytes, file: path)
      self.init(
        dictionary, recordKey: StudyDocument.defaultRecordKey, leastCount: Self.defaultLeastCount,
        mostRows: StudyDocument.defaultMostRowsPerSite, mostRowsPerPatient: 1, records: file,
        configuration)
    } catch {
      // Whatever says that it is no dictionary may be a study.
      guard error.key == "konsil" else { throw error }
      self.init(try StudyDocument.decode(bytes, file: path), records: file, configuration)
    }
  }

  private init(
    _ dictionary: StudyDictionary, recordKey: String, leastCount: Int, mostRows: Int,
    mostRowsPerPatient: Int, records file: String, _ configuration: SiteConfiguration?
  ) {
    self.dictionary = dictionary
    self.recordKey = recordKey
    self.leastCount = leastCount
    self.mostRows = mostRows
    self.mostRowsPerPatient = mostRowsPerPatient
    let own = configuration?.records[dictionary.name]
    source = RecordsSource(
      file: file, delimiter: own?.delimiter, decimal: own?.decimal, encoding: own?.encoding,
      onError: own?.onError ?? .refuse)
  }

  private static func accepted(_ name: String?, in studies: AcceptedStudies) throws -> Study {
    let names = name.map { [$0] } ?? studies.names
    guard let only = names.first, names.count == 1 else { throw whichStudy(names) }
    guard let (study, _) = try studies.study(named: only) else {
      throw Complaint(
        .noInput, code: "study-not-accepted",
        "“\(only)” is no file, and no study of that name is accepted here",
        advice: "give a file with a study or a dictionary, or accept the study first")
    }
    return study
  }

  private static func whichStudy(_ names: [String]) -> Complaint {
    Complaint(
      .usage, code: "which-study",
      names.isEmpty ? "no study is accepted here" : "accepted here are \(names.joined(separator: ", "))",
      advice: "say with --study which one, or give a file with a study or a dictionary")
  }
}
