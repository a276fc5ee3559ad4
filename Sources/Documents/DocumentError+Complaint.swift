import Federation

extension DocumentError: Complaining {
  package var complaint: Complaint {
    Complaint(.badInput, code: "bad-document", "\(file):\(line): \(key): \(problem)", advice: advice)
  }
}
