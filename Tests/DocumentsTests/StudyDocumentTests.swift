import Cohorts
import Documents
import Federation
import Preprocessing
import SecureAggregation
import Testing

@Suite struct StudyDocumentTests {
  private let limits = Study.Limits(
    leastSites: 3, leastRows: 100, leastCount: 5, mostRowsPerSite: 1 << 16, mostRowsPerPatient: 3,
    support: .pairs)

  private func compose(_ dictionary: String = sampleDictionary) throws -> String {
    try StudyDocument.compose(
      dictionary: dictionary, file: "gut.yaml",
      sites: [
        Party(name: "strasbourg", key: key(3)), Party(name: "luxembourg", key: key(1)),
        Party(name: "basel", key: key(2)),
      ],
      researchers: [Party(name: "ada", key: key(4))], limits: limits, recordKey: "pseudonym")
  }

  private func complaint(about text: String) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try StudyDocument.decode(text.utf8, file: "s.yaml")
    }
  }

  @Test func whatIsComposedIsReadBack() throws {
    let study = try StudyDocument.decode(compose().utf8, file: "s.yaml")
    #expect(study.sites.map(\.name) == ["strasbourg", "luxembourg", "basel"])
    #expect(try study.sites.map(\.key) == [key(3), key(1), key(2)])
    #expect(try study.researchers == [Party(name: "ada", key: key(4))])
    #expect(study.limits == limits)
    #expect(study.recordKey == "pseudonym")
    #expect(
      study.dictionary == (try DictionaryDocument.decode(sampleDictionary.utf8, file: "gut.yaml")))
  }

  @Test func composingIsDeterministicAndKeepsTheDictionarysComments() throws {
    let text = try compose()
    #expect(text == (try compose()))
    #expect(text.contains("\n      levels: [no, yes, 3]   # plain words and numbers are text here\n"))
    #expect(text.hasPrefix("konsil: study/1\n"))
    #expect(text.hasSuffix("\n    failure: {label: Failure, definition: Stopped within 12 months}\n"))
  }

  @Test func aDictionaryMayHaveMarksAroundIt() throws {
    let plain = try compose()
    #expect(try compose("\u{FEFF}---\n\(sampleDictionary)...\n") == plain)
    let carriageReturns = sampleDictionary.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(try compose(carriageReturns.joined(separator: "\r\n")) == plain)
  }

  @Test func whatCannotStandInsideOfAStudyIsRefused() throws {
    let said = DocumentsTests.complaint { () throws(DocumentError) in
      try StudyDocument.compose(
        dictionary: "%YAML 1.1\n---\n\(sampleDictionary)", file: "gut.yaml", sites: [], researchers: [],
        limits: limits)
    }
    #expect(said.hasPrefix("study of gut.yaml:"))
    #expect(
      DocumentsTests.complaint { () throws(DocumentError) in
        try StudyDocument.compose(
          dictionary: "konsil: plan/1\n", file: "gut.yaml", sites: [], researchers: [], limits: limits)
      } == "gut.yaml:1: konsil: is not “dictionary/1”; give a document of that kind and version")
  }

  @Test(arguments: ["ibd", "ms", "rd"])
  func theCommittedDictionariesMakeStudies(name: String) throws {
    let dictionary = try committed("protocols/studies/\(name).yaml")
    let text = try compose(String(decoding: dictionary, as: UTF8.self))
    #expect(
      try StudyDocument.decode(text.utf8, file: "s.yaml").dictionary
        == DictionaryDocument.decode(dictionary, file: "\(name).yaml"))
  }

  @Test func rowsAndRecordKeyHaveDefaults() throws {
    let text = try compose()
      .changing("most_rows_per_site: 65536\n", to: "").changing("most_rows_per_patient: 3\n", to: "")
      .changing("support: pairs\n", to: "").changing("record_key: pseudonym\n", to: "")
    let study = try StudyDocument.decode(text.utf8, file: "s.yaml")
    #expect(study.limits.mostRowsPerSite == 1_048_576)
    #expect(study.limits.mostRowsPerPatient == 1 && study.limits.support == .columns)
    #expect(study.recordKey == "patient_id")
  }

  @Test(arguments: [
    (
      "least_sites: 3", "least_sites: 2",
      "11: least_sites: must be a whole number from 3 to 10000; write it in digits, without quotes"
    ),
    (
      "least_sites: 3", "least_sites: 4",
      "11: least_sites: is more than the 3 sites of the study; invite more sites or lower it"
    ),
    (
      "least_rows: 100", "least_rows: 1e2",
      "12: least_rows: must be a whole number from 1 to 1000000000; write it in digits, without quotes"
    ),
    (
      "least_rows: 100", "least_rows: 0100",
      "12: least_rows: must be a whole number from 1 to 1000000000; write it in digits, without quotes"
    ),
    (
      "least_count: 5", "least_count: '5'",
      "13: least_count: must be a whole number from 1 to 1000000; write it in digits, without quotes"
    ),
    (
      "most_rows_per_site: 65536", "most_rows_per_site: 1073741825",
      "14: most_rows_per_site: must be a whole number from 1 to 1073741824; write it in digits, without quotes"
    ),
    (
      "most_rows_per_patient: 3", "most_rows_per_patient: 65537",
      "15: most_rows_per_patient: must be a whole number from 1 to 65536; write it in digits, without quotes"
    ),
    (
      "support: pairs", "support: pair", "16: support: is not known here; did you mean “pairs”?"
    ),
    (
      "record_key: pseudonym", "record_key: age",
      "17: record_key: has a record key that is a variable or outcome; name the column that holds the patient's pseudonym and nothing else"
    ),
    (
      "luxembourg: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "luxembourg: AQEBAQ==",
      "6: sites.luxembourg: is not an identity key; write the key's 32 bytes in base64, 44 characters"
    ),
    // The same bits with a different last character: not what the key's bytes encode to.
    (
      "luxembourg: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
      "luxembourg: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=",
      "6: sites.luxembourg: is not an identity key; write the key's 32 bytes in base64, 44 characters"
    ),
    (
      "ada: BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=",
      "ada: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
      "9: researchers.ada: has the same key as sites.luxembourg; give every party a key of its own"
    ),
    (
      "  luxembourg:", "  Luxembourg:",
      "6: sites.Luxembourg: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “-”"
    ),
    (
      "  luxembourg:", "  basel:",
      "6: basel: is there more than once, first in this line; keep one of them"
    ),
    (
      "  konsil: dictionary/1", "  konsil: dictionary/2",
      "20: dictionary.konsil: is not “dictionary/1”; give a document of that kind and version"
    ),
    (
      "    age: {label", "    age: {labels",
      "25: dictionary.variables.age.labels: is not a key here; did you mean “label”?"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    #expect(complaint(about: try compose().changing(old, to: new)) == "s.yaml:\(expected)")
  }

  @Test func aStudyHasResearchers() throws {
    let text = try compose().changing(
      "researchers:\n  ada: BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=", to: "researchers: {}")
    #expect(complaint(about: text) == "s.yaml:8: researchers: is empty; name at least one")
  }

  @Test func keysInTextAreCanonicalBase64() throws {
    #expect(try key(1).base64 == "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
    #expect(try IdentityKey(base64: key(255).base64) == key(255))
    #expect(IdentityKey(base64: "") == nil)
    #expect(IdentityKey(base64: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n") == nil)
    #expect(IdentityKey(base64: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE") == nil)
  }
}
