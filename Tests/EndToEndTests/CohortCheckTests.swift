import Connectors
import Console
import Federation
import Foundation
import SiteAgent
import Testing

/// `konsil-agent cohort check`, without a process.
@Suite struct CohortCheckTests {
  private let dictionary = """
    konsil: dictionary/1
    name: gut
    title: Gut
    purpose: Tests
    variables:
      crp: {label: C-reactive protein <serum>, type: continuous, unit: mg/L, range: [0, 500]}
      drug: {label: Drug, type: categorical, levels: [none, "a & b"]}
    outcomes:
      y: {label: Failure, definition: Stopped}

    """

  private func inFolder(_ work: (_ path: (String) -> String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("konsil-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try dictionary.write(to: folder.appendingPathComponent("gut.yaml"), atomically: true, encoding: .utf8)
    try work { folder.appendingPathComponent($0).path }
  }

  private func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func rows(_ first: String) -> String {
    "patient_id,crp,drug,y\n\(first)\n"
      + (1..<60).map { "p\($0),\($0 * 31 % 60),\($0 % 2 == 0 ? "none" : "a & b"),\($0 % 3 / 2)\n" }.joined()
  }

  private func check(
    _ path: (String) -> String, study: String? = nil, html: String? = nil, force: Bool = false
  ) throws -> CohortCheck {
    try CohortCheck.run(
      path("r.csv"), study: study ?? path("gut.yaml"), configuration: path("site.yaml"), html: html,
      force: force)
  }

  @Test func aReportIsTextJSONAndAPage() throws {
    try inFolder { path in
      try write(rows("p0,501,none,0"), to: path("r.csv"))
      let check = try check(path, html: path("r.html"))
      #expect(!check.isFit)
      #expect(check.text.contains("verdict     not fit for every plan: 1 thing is bad\n"))
      #expect(check.text.contains("bad  crp: is outside of the dictionary's range"))
      let json = try JSONText.of(check)
      #expect(json.contains("\"is_fit\" : false") && json.contains("\"lower_quartile\""))
      let page = try String(contentsOfFile: path("r.html"), encoding: .utf8)
      #expect(page.contains("a &amp; b") && page.contains("C-reactive protein &lt;serum&gt;"))
      #expect(!page.contains("<script") && !page.contains("http"))
      // Opening and closing tags are as many; nothing is left open.
      for tag in ["table", "tr", "td", "th", "span", "div", "svg", "small", "main", "dl"] {
        let open =
          page.components(separatedBy: "<\(tag)>").count + page.components(separatedBy: "<\(tag) ").count
        #expect(open - 1 == page.components(separatedBy: "</\(tag)>").count, "\(tag)")
      }
      let mode = try FileManager.default.attributesOfItem(atPath: path("r.html"))[.posixPermissions]
      #expect(mode as? Int == 0o600)
      for text in [check.text, json, page] {
        #expect(!text.contains("501"))
        #expect(!text.contains("p17"))
      }
    }
  }

  @Test func aPageIsNotOverwrittenUnlessThatIsAskedFor() throws {
    try inFolder { path in
      try write(rows("p0,1,none,0"), to: path("r.csv"))
      try write("mine", to: path("r.html"))
      let refused = #expect(throws: Complaint.self) { try check(path, html: path("r.html")) }
      #expect(refused?.code == "file-exists")
      #expect(try String(contentsOfFile: path("r.html"), encoding: .utf8) == "mine")
      #expect(try check(path, html: path("r.html"), force: true).isFit)
    }
  }

  @Test func howTheFileIsReadIsTakenFromTheConfiguration() throws {
    try inFolder { path in
      try write(rows("p0,501,none,0"), to: path("r.csv"))
      func configure(_ records: String) throws {
        try write(
          """
          konsil: site-config/1
          site: basel
          coordinator: {host: localhost, port: 1, authority: a.pem}
          identity: id
          state: state
          records: {gut: \(records)}

          """, to: path("site.yaml"))
      }
      try configure("{file: other.csv, on_error: missing}")
      let check = try check(path)
      #expect(check.isFit)
      #expect(check.text.contains("made missing  1 cell\n"))
      try configure("{file: other.csv, delimiter: tab}")
      #expect(throws: Complaint.self) { try self.check(path) }
      try configure("other.csv")
      #expect(try !self.check(path).isFit)
    }
  }

  @Test func everyErrorSaysWhatToDo() throws {
    try inFolder { path in
      func complaint(_ study: String?) -> Complaint? {
        do {
          _ = try check(path, study: study)
          return nil
        } catch {
          return Complaint(error)
        }
      }
      #expect(complaint(nil)?.status == .noInput)
      try write("", to: path("r.csv"))
      #expect(complaint(nil)?.status == .badInput)
      #expect(complaint(nil)?.message.contains("r.csv: is empty") == true)
      #expect(complaint("gut")?.status == .noInput)
      #expect(complaint(path("r.csv"))?.status == .badInput)
      try write(
        "konsil: site-config/1\nsite: b\ncoordinator: {host: h, port: 1, authority: a}\nidentity: i\nstate: s\nrecords: {}\n",
        to: path("site.yaml"))
      #expect(complaint("gut")?.code == "study-not-accepted")
      let which = #expect(throws: Complaint.self) {
        try CohortCheck.run(
          path("r.csv"), study: nil, configuration: path("site.yaml"), html: nil, force: false)
      }
      #expect(which?.code == "which-study" && which?.status == .usage)
    }
  }
}
