import Foundation

/// What a federation is made of: a study's dictionary, a plan's template, sites and their records.
package struct FederationMaterials: Sendable {
  package let study: String
  /// Texts of files by name; among them `dictionary.yaml` and `template.yaml`.
  package let files: [String: String]
  package let sites: [String]
  /// A site's name to the text of its records; nil when they are simulated from the dictionary and its effects.
  package let records: [String: String]?
  /// nil for the study's own default.
  package let recordKey: String?
  /// How long ago the certificate authority was made.
  package var authorityAgeInDays = 0

  package init(
    study: String, files: [String: String], sites: [String], records: [String: String]?,
    recordKey: String?
  ) {
    self.study = study
    self.files = files
    self.sites = sites
    self.records = records
    self.recordKey = recordKey
  }

  /// The same with another text of one file.
  package func editing(_ file: String, _ edit: (String) -> String) -> FederationMaterials {
    FederationMaterials(
      study: study, files: files.merging([file: edit(files[file] ?? "")]) { $1 }, sites: sites,
      records: records,
      recordKey: recordKey)
  }

  /// A small study of inflammatory bowel disease on simulated records of four sites.
  package static func ibd() throws -> FederationMaterials {
    FederationMaterials(
      study: "ibd",
      files: [
        "dictionary.yaml": try Checkout.text("Tests/Fixtures/small-ibd/ibd.yaml"),
        "dictionary.effects.yaml": try Checkout.text("Tests/Fixtures/small-ibd/ibd.effects.yaml"),
        "template.yaml": try Checkout.text("Tests/Fixtures/small-ibd/ibd-failure.plan.yaml"),
      ], sites: ["luxembourg", "strasbourg", "freiburg", "basel"], records: nil, recordKey: nil)
  }
}

extension FederationProcesses {
  /// Makes what people make before anything runs, with the commands they use: authority, keys, certificates, study,
  /// plan and records.
  func make() async throws {
    for (name, text) in materials.files { try write(text, to: name) }
    try await makeAuthority()
    try await succeed(.konsil, ["keys", "new", "--name", "owner", "--out", "owner", "--identity-only"])
    try await enrolResearcher("ada")
    for site in sites {
      try await succeed(.agent, ["init", "--name", site, "--out", "\(site)/identity"])
      try await certify(site, in: "\(site)/identity", role: "site")
    }
    try await makeStudy()
    try await makePlan("plan.yaml", from: "template.yaml")
    try await makeRecords()
  }

  private func makeAuthority() async throws {
    let age = materials.authorityAgeInDays
    guard age > 0 else {
      try await succeed(.coordinator, ["init", "--out", "authority"])
      return
    }
    try makeOldAuthority(at: self("authority"), daysAgo: age)
  }

  /// Keys and a certificate for a researcher, in a folder of the same name.
  package func enrolResearcher(_ name: String) async throws {
    try await succeed(.konsil, ["keys", "new", "--name", name, "--out", name])
    try await certify(name, in: name, role: "researcher")
  }

  /// Lets an authority sign the request in a folder of keys.
  package func certify(
    _ name: String, in folder: String, role: String, authority: String = "authority"
  ) async throws {
    try? FileManager.default.removeItem(atPath: self("\(folder)/tls.pem"))
    try await succeed(
      .coordinator,
      [
        "certificate", "issue", "--role", role, "\(folder)/tls.csr", "--authority", authority,
        "--out", "\(folder)/tls.pem",
      ])
  }

  private func makeStudy() async throws {
    var arguments = [
      "study", "new", "--dictionary", "dictionary.yaml", "--out", "study.yaml", "--researcher",
      "ada=ada/identity.pub", "--site",
    ]
    arguments += sites.map { "\($0)=\($0)/identity/identity.pub" }
    if let key = materials.recordKey { arguments += ["--record-key", key] }
    try await succeed(.konsil, arguments)
    try await succeed(.konsil, ["study", "sign", "study.yaml", "--key", "owner"])
  }

  /// Makes a plan of a template, and signs it.
  package func makePlan(_ plan: String, from template: String, signer: String = "ada") async throws {
    try await succeed(
      .konsil, ["plan", "new", "--study", "study.yaml", "--template", template, "--out", plan])
    try await succeed(.konsil, ["plan", "sign", plan, "--key", signer])
  }

  private func makeRecords() async throws {
    if let records = materials.records {
      for (site, text) in records { try write(text, to: "\(site)/records.csv") }
      return
    }
    try await succeed(
      .konsil,
      [
        "cohort", "simulate", "--study", "dictionary.yaml", "--sites", sites.joined(separator: ","),
        "--rows", "120,160,200,240", "--seed", "1", "--out", "simulated",
      ])
    for site in sites {
      try FileManager.default.moveItem(
        atPath: self("simulated/\(site).csv"), toPath: self("\(site)/records.csv"))
    }
  }

  /// The fingerprint of the study owner's key.
  package func owner() throws -> String { try ownerFingerprint(at: self("owner")) }
}
