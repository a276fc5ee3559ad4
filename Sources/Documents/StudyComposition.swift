import Federation
import Preprocessing

extension StudyDocument {
  /// Writes a study: the limits and keys, then the dictionary's own text with its comments, indented.
  /// The same arguments give the same bytes, and `decode` gives the study back.
  ///
  /// - Parameters:
  ///   - dictionary: the text of a dictionary document.
  ///   - file: its name, for errors.
  ///   - sites: in the order that every roster will use.
  /// - Throws: what is wrong with the dictionary or with the study that results.
  package static func compose(
    dictionary: String, file: String, sites: [Party], researchers: [Party], limits: Study.Limits,
    recordKey: String = defaultRecordKey
  ) throws(DocumentError) -> String {
    let meant = Study(
      dictionary: try DictionaryDocument.decode(dictionary.utf8, file: file), sites: sites,
      researchers: researchers, limits: limits, recordKey: recordKey)
    let lines = documentLines(of: dictionary)
    let text = """
      konsil: \(header)

      # Whoever signs these bytes answers for them: the parties' keys, the least sizes, the dictionary.
      sites:
      \(block(sites))
      researchers:
      \(block(researchers))

      least_sites: \(limits.leastSites)
      least_rows: \(limits.leastRows)
      least_count: \(limits.leastCount)
      most_rows_per_site: \(limits.mostRowsPerSite)
      most_rows_per_patient: \(limits.mostRowsPerPatient)
      support: \(limits.support.rawValue)
      record_key: \(recordKey)

      dictionary:
      \(lines.map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n"))

      """
    guard try decode(text.utf8, file: "study of \(file)") == meant else {
      throw DocumentError(
        file: file, line: 1, key: "", problem: "does not stay the same inside of a study",
        advice: "write it plainly: no “---” or “%” lines, text without explicit indentation")
    }
    return text
  }

  private static func block(_ parties: [Party]) -> String {
    parties.map { "  \($0.name): \($0.key.base64)" }.joined(separator: "\n")
  }

  /// The lines of a document without a byte order mark and without what marks its begin and end.
  private static func documentLines(of text: String) -> [String] {
    let unmarked = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var lines = unmarked.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    while let last = lines.last, last.isEmpty || last == "..." { lines.removeLast() }
    if lines.first == "---" { lines.removeFirst() }
    return lines
  }
}
