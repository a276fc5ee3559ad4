import Documents
import Federation
import Testing

@Suite struct ConfigurationDocumentTests {
  private let site = """
    konsil: site-config/1
    site: basel
    coordinator:
      host: localhost
      port: 8443
      authority: root.pem
      proxy: {host: proxy, port: 3128}
    identity: id
    state: /var/state
    records: {gut: gut.csv}
    policy:
      studies: [gut]
      approval: auto

    """

  private func complaint(about text: String) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try SiteConfigurationDocument.decode(text.utf8, file: "site.yaml")
    }
  }

  @Test func aPolicyAllowsWhatItNamesAndNoMore() throws {
    let configuration = try SiteConfigurationDocument.decode(site.utf8, file: "site.yaml")
    #expect(
      configuration.policy
        == Policy(
          studies: ["gut"], algorithms: [], researchers: [], leastSites: 3, leastRows: 1, approval: .auto))
    #expect(configuration.coordinator.groups == ["X25519MLKEM768"])
    #expect(
      configuration.coordinator.proxy == Endpoint.Proxy(host: "proxy", port: 3128, credentials: nil))
  }

  @Test func howTheRecordsAreWrittenCanBeSaid() throws {
    let text = try site.changing(
      "records: {gut: gut.csv}",
      to: """
        records:
          gut: {file: gut.csv, delimiter: ";", decimal: comma, encoding: latin-1, on_error: exclude-row}
          joints: {file: /srv/joints.csv, delimiter: tab}
        """)
    let configuration = try SiteConfigurationDocument.decode(text.utf8, file: "site.yaml")
      .resolvingPaths(against: "/etc")
    #expect(
      configuration.records == [
        "gut": RecordsSource(
          file: "/etc/gut.csv", delimiter: .semicolon, decimal: .comma, encoding: .latin1,
          onError: .excludeRow),
        "joints": RecordsSource(file: "/srv/joints.csv", delimiter: .tab),
      ])
    #expect(configuration.records["joints"]?.onError == .refuse)
  }

  @Test func aCapOnWhatLeavesForEachRowCanBeSaid() throws {
    let text = try site.changing("approval: auto", to: "most_numbers_per_row: 2.5")
    let policy = try SiteConfigurationDocument.decode(text.utf8, file: "site.yaml").policy
    #expect(policy.mostNumbersPerRow == 2.5)
    #expect(
      try SiteConfigurationDocument.decode(site.utf8, file: "site.yaml").policy.mostNumbersPerRow == nil)
  }

  @Test func aLeastCountOfTheSitesOwnCanBeSaid() throws {
    let text = try site.changing("approval: auto", to: "least_count: 20")
    #expect(try SiteConfigurationDocument.decode(text.utf8, file: "site.yaml").policy.leastCount == 20)
    #expect(try SiteConfigurationDocument.decode(site.utf8, file: "site.yaml").policy.leastCount == 1)
  }

  @Test func withoutAPolicyEverythingIsRefused() throws {
    let text = try site.changing("policy:\n  studies: [gut]\n  approval: auto\n", to: "")
    #expect(try SiteConfigurationDocument.decode(text.utf8, file: "site.yaml").policy == .closed)
  }

  @Test func relativePathsAreTakenFromTheFolderGiven() throws {
    let configuration = try SiteConfigurationDocument.decode(site.utf8, file: "site.yaml")
      .resolvingPaths(against: "/etc/konsil")
    #expect(configuration.identity == "/etc/konsil/id")
    #expect(configuration.state == "/var/state")
    #expect(configuration.records == ["gut": RecordsSource(file: "/etc/konsil/gut.csv")])
    #expect(configuration.coordinator.authority == "/etc/konsil/root.pem")
    #expect(configuration.coordinator.host == "localhost")
  }

  @Test(arguments: [
    (
      "port: 8443", "port: 65536",
      "5: coordinator.port: must be a whole number from 1 to 65535; write it in digits, without quotes"
    ),
    (
      "host: localhost", "host: https://localhost",
      "4: coordinator.host: is not a host; write the name or address alone, without “https://” or path"
    ),
    (
      "identity: id", "identity: ~/id",
      "8: identity: is not a path; write it out, without “~”; relative to this file's folder"
    ),
    (
      "approval: auto", "approval: never",
      "13: policy.approval: is not known here; write one of ask, auto"
    ),
    (
      "studies: [gut]", "algorithms: [logistik]",
      "12: policy.algorithms[1]: is not known here; did you mean “logistic”?"
    ),
    (
      "studies: [gut]", "least_sites: 2",
      "12: policy.least_sites: must be a whole number from 3 to 10000; write it in digits, without quotes"
    ),
    (
      "studies: [gut]", "studys: [gut]",
      "12: policy.studys: is not a key here; did you mean “studies”?"
    ),
    (
      "site: basel", "site: Basel",
      "2: site: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “-”"
    ),
    ("state: /var/state\n", "", "1: state: is missing; add it"),
    (
      "approval: auto", "most_numbers_per_row: 0",
      "13: policy.most_numbers_per_row: must be a number above 0; write it with a decimal point, without quotes"
    ),
    (
      "{gut: gut.csv}", "{gut: {delimiter: tab}}",
      "10: records.gut.file: is missing; add it"
    ),
    (
      "{gut: gut.csv}", "{gut: {file: gut.csv, on_eror: refuse}}",
      "10: records.gut.on_eror: is not a key here; did you mean “on_error”?"
    ),
    (
      "{gut: gut.csv}", "{gut: {file: gut.csv, on_error: ignore}}",
      "10: records.gut.on_error: is not known here; write one of refuse, missing, exclude-row"
    ),
    (
      "{gut: gut.csv}", "{gut: {file: gut.csv, encoding: utf-16}}",
      "10: records.gut.encoding: is not known here; write one of utf-8, latin-1"
    ),
    (
      "{gut: gut.csv}", "{gut: {file: gut.csv, decimal: dot}}",
      "10: records.gut.decimal: is not known here; write one of point, comma"
    ),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String, expected: String) throws {
    #expect(complaint(about: try site.changing(old, to: new)) == "site.yaml:\(expected)")
  }
}

/// The configurations that are given to users as examples.
@Suite struct SampleConfigurationTests {
  @Test func site() throws {
    let endpoint = Endpoint(
      host: "konsil.example.org", port: 8443, authority: "authority.pem", proxy: nil,
      groups: ["X25519MLKEM768"])
    #expect(
      try SiteConfigurationDocument.decode(committed("site-config/site.yaml"), file: "site.yaml")
        == SiteConfiguration(
          site: "luxembourg", coordinator: endpoint, identity: "identity", state: "state",
          records: ["ibd": RecordsSource(file: "records/ibd.csv")],
          policy: Policy(
            studies: ["ibd"], algorithms: ["logistic"], researchers: ["ada"], leastSites: 3,
            leastRows: 100, approval: .ask)))
  }

  @Test func siteBehindProxy() throws {
    let configuration = try SiteConfigurationDocument.decode(
      committed("site-config/site-behind-proxy.yaml"), file: "site-behind-proxy.yaml")
    #expect(
      configuration.coordinator.proxy
        == Endpoint.Proxy(
          host: "proxy.hospital.example", port: 3128, credentials: "/etc/konsil/proxy.credentials"))
    #expect(configuration.policy.researchers.isEmpty)
    #expect(configuration.policy.mostNumbersPerRow == 20)
    #expect(
      configuration.records == [
        "ibd": RecordsSource(
          file: "/srv/research/ibd.csv", delimiter: .semicolon, decimal: .comma, encoding: .latin1,
          onError: .missing)
      ])
    #expect(configuration.resolvingPaths(against: "/elsewhere") == configuration)
  }

  @Test func coordinator() throws {
    let configuration = try CoordinatorConfigurationDocument.decode(
      committed("site-config/coordinator.yaml"), file: "coordinator.yaml")
    #expect(
      configuration.resolvingPaths(against: "/etc/konsil/")
        == CoordinatorConfiguration(
          host: "0.0.0.0", port: 8443, identity: "/etc/konsil/identity",
          database: "/etc/konsil/state/konsil.sqlite", groups: ["X25519MLKEM768"]))
  }

  @Test func researcher() throws {
    let configuration = try ResearcherConfigurationDocument.decode(
      committed("site-config/researcher.yaml"), file: "researcher.yaml")
    #expect(configuration.researcher == "ada")
    #expect(
      configuration.resolvingPaths(against: "here")
        == ResearcherConfiguration(
          researcher: "ada",
          coordinator: Endpoint(
            host: "konsil.example.org", port: 8443, authority: "here/authority.pem", proxy: nil,
            groups: ["X25519MLKEM768"]),
          identity: "here/identity"))
  }
}
