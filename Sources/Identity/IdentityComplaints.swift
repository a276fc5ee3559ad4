import Federation

extension IdentityFileError: Complaining {
  package var complaint: Complaint {
    let status: ExitStatus =
      switch self {
      case .unreadable: .noInput
      case .exists, .unwritable: .cannotWrite
      case .notPrivate, .folderNotPrivate, .keyMismatch: .refused
      case .tooLarge, .malformed, .invalidName, .certificate: .badInput
      }
    return Complaint(status, code: "identity-file", sentence: description)
  }
}

extension SignedFileError: Complaining {
  package var complaint: Complaint {
    if case .file(let error) = self { return error.complaint }
    return Complaint(.refused, code: "bad-signature", sentence: description)
  }
}

extension ConnectFailure: Complaining {
  package var complaint: Complaint { Complaint(.unavailable, code: "no-connection", sentence: description) }
}

extension ListenFailure: Complaining {
  package var complaint: Complaint { Complaint(.unavailable, code: "cannot-listen", sentence: description) }
}

extension CertificateProblem: Complaining {
  package var complaint: Complaint { Complaint(.badInput, code: "bad-certificate", sentence: description) }
}

extension CoordinatorRouteError: Complaining {
  package var complaint: Complaint {
    if case .file(let error) = self { return error.complaint }
    return Complaint(.badInput, code: "bad-address", sentence: description)
  }
}
