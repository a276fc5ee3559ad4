import Cohorts
import Documents
import Federation
import SecureAggregation

/// A study as it stands in a file.
struct StudyFile {
  let path: String
  let bytes: [UInt8]
  let study: Study

  init(_ path: String) throws {
    self.path = path
    bytes = try LocalFiles.read(path)
    study = try StudyDocument.decode(bytes, file: path)
  }

  var digest: Digest { Digest(of: bytes) }
}

/// A plan as it stands in a file.
struct PlanFile {
  let path: String
  let bytes: [UInt8]
  let plan: Plan

  init(_ path: String) throws {
    self.path = path
    bytes = try LocalFiles.read(path)
    plan = try PlanDocument.decode(bytes, file: path)
  }

  var digest: Digest { Digest(of: bytes) }
}

/// A file that holds a study, or its dictionary alone.
enum DictionarySource {
  case dictionary(StudyDictionary)
  case study(StudyFile)

  init(_ path: String) throws {
    let bytes = try LocalFiles.read(path)
    do throws(DocumentError) {
      self = .dictionary(try DictionaryDocument.decode(bytes, file: path))
    } catch {
      guard error.key == "konsil" else { throw error }
      self = .study(try StudyFile(path))
    }
  }

  /// Greatest rows a site where no study says so.
  static let defaultMostRowsPerSite = StudyDocument.defaultMostRowsPerSite

  /// Digest of the study's bytes; nil for a dictionary.
  var studyDigest: Digest? {
    switch self {
    case .dictionary: nil
    case .study(let file): file.digest
    }
  }

  var dictionary: StudyDictionary {
    switch self {
    case .dictionary(let dictionary): dictionary
    case .study(let file): file.study.dictionary
    }
  }

  /// The column that names a patient: the study's, or the one that studies have by default.
  var recordKey: String {
    switch self {
    case .dictionary: StudyDocument.defaultRecordKey
    case .study(let file): file.study.recordKey
    }
  }
}
