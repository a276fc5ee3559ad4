import Federation
import SecureAggregation

extension PlanDocument {
  /// Completes a template: writes the study's digest and the sites into its text, in place of any
  /// that are there, and keeps all other lines and their comments.
  ///
  /// - Parameters:
  ///   - template: the text of a plan.
  ///   - file: its name, for errors.
  ///   - sites: names in the study's order, at least one.
  /// - Throws: what is wrong with the template, or that its layout is not the usual one, with `study`
  ///   and `sites` at the left margin.
  package static func compose(
    template: String, file: String, digest: Digest, sites: [String]
  ) throws(DocumentError) -> String {
    let value = try DocumentValue.root(template.utf8, file: file)
    let plan = try read(value)
    let meant = plan.over(sites, studyDigest: digest)
    var lines = template.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    var edits: [LineEdit] = []
    if let study = value.node.entry("study") {
      let siteLines = ["sites:"] + sites.map { "  - \($0)" }
      if let old = value.node.entry("sites") {
        edits.append(LineEdit(old.position.line...old.value.lastLine, with: siteLines))
      } else {
        edits.append(LineEdit(after: study.value.lastLine, insert: siteLines))
      }
      edits.append(digestEdit(study, digest: digest, name: plan.study, lines: lines))
    }
    // From the last line up, and of two insertions at one place the digest's, which is to stand
    // first, comes last.
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      lines.replaceSubrange(edit.range, with: edit.lines)
    }
    let text = lines.joined(separator: "\n")
    guard (try? decode(text.utf8, file: file)) == meant else {
      throw value.error(
        "cannot be completed in place",
        "write “study:” and “sites:” at the left margin, one entry a line, and distinct site names")
    }
    return text
  }

  private static func digestEdit(
    _ study: DocumentNode.Entry, digest: Digest, name: String, lines: [String]
  ) -> LineEdit {
    let line = study.position.line
    if let old = study.value.entry("digest"), old.position.line > line {
      let indent = String(repeating: " ", count: old.position.column - 1)
      return LineEdit(
        old.position.line...old.value.lastLine, with: ["\(indent)digest: \(digest.hexadecimal)"])
    }
    if let named = study.value.entry("name"), named.position.line > line {
      let indent = String(repeating: " ", count: named.position.column - 1)
      return LineEdit(after: named.value.lastLine, insert: ["\(indent)digest: \(digest.hexadecimal)"])
    }
    // The study is in braces on one line; what follows them is a comment.
    let comment = lines[line - 1].split(separator: "}", maxSplits: 1).dropFirst().joined()
    return LineEdit(
      line...line, with: ["study: {name: \(name), digest: \(digest.hexadecimal)}\(comment)"])
  }

  /// Lines, counted from 1, to replace by others.
  private struct LineEdit {
    let range: Range<Int>
    let lines: [String]

    init(_ numbers: ClosedRange<Int>, with lines: [String]) {
      range = (numbers.lowerBound - 1)..<numbers.upperBound
      self.lines = lines
    }

    init(after line: Int, insert lines: [String]) {
      range = line..<line
      self.lines = lines
    }
  }
}
