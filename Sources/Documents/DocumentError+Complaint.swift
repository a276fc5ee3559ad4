import Federation

extension DocumentError: Complaining {
  package var complaint: Complaint {
    let place = key.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(key)"
    return Complaint(.badInput, code: "bad-document", "\(place): \(problem)", advice: advice)
  }
}
