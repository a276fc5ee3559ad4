import CohortSimulation
import Connectors
import Documents
import Federation
import Identity
import Simulation

extension Complaint {
  /// What to tell of an error of any target that the researcher's tools use.
  package init(telling error: any Error) {
    switch error {
    case let error as DocumentError: self.init(.badInput, code: "document", sentence: "\(error)")
    case let error as RecordsError: self.init(error)
    case let error as IdentityFileError: self.init(error)
    case let error as SignedFileError: self.init(error)
    case let error as SimulationError: self.init(.badInput, code: "effects", sentence: "\(error)")
    case let error as SimulationFault:
      self.init(.badInput, code: "simulation", "\(error.site): \(error.detail)")
    default: self.init(error)
    }
  }

  private init(_ error: RecordsError) {
    if error.problems.count == 1 {
      self.init(.badInput, code: "records", sentence: "\(error)")
    } else {
      self.init(.badInput, code: "records", "\(error)")
    }
  }

  private init(_ error: IdentityFileError) {
    switch error {
    case .unreadable:
      self.init(
        .noInput, code: "file-unreadable", "\(error)",
        advice: "check the path, and that this account may read the file")
    case .unwritable:
      self.init(
        .cannotWrite, code: "file-unwritable", "\(error)",
        advice: "check the path, and that this account may write there")
    case .exists: self.init(.cannotWrite, code: "file-exists", sentence: "\(error)")
    case .notPrivate, .folderNotPrivate: self.init(.refused, code: "not-private", sentence: "\(error)")
    case .tooLarge, .malformed, .invalidName, .keyMismatch, .certificate:
      self.init(.badInput, code: "key-file", sentence: "\(error)")
    }
  }

  private init(_ error: SignedFileError) {
    switch error {
    case .file(let error): self.init(error)
    case .wrongLabel, .doesNotMatch: self.init(.refused, code: "signature", sentence: "\(error)")
    }
  }

  /// - Parameter sentence: what is wrong, and after the first semicolon what to do, as the errors of this
  ///   package describe themselves.
  private init(_ status: ExitStatus, code: String, sentence: String) {
    if let cut = sentence.firstRange(of: "; ") {
      self.init(
        status, code: code, String(sentence[..<cut.lowerBound]),
        advice: String(sentence[cut.upperBound...]))
    } else {
      self.init(status, code: code, sentence)
    }
  }
}
