import Documents
import Federation
import Foundation
import Identity
import SecureAggregation
import Testing

@Suite(.needsKonsil)
struct KeyAndStudyTests {
  @Test func newKeysAreShownWithTheSameFingerprintFromFolderAndFile() throws {
    let workspace = try Workspace()
    let made = try KonsilProcess.succeed(
      "keys", "new", "--name", "anna", "--out", "keys/anna", "--json", in: workspace
    ).json()
    let key = try PublicIdentity(contentsOf: workspace("keys/anna/identity.pub"))
    #expect(made["name"] as? String == "anna")
    #expect(made["fingerprint"] as? String == key.key.fingerprint)
    #expect(made["request"] as? String == "keys/anna/tls.csr")
    for path in ["keys/anna", "keys/anna/identity.pub"] {
      let shown = try KonsilProcess.succeed("keys", "show", path, in: workspace)
      #expect(
        shown.output == """
          name         anna
          fingerprint  \(key.key.fingerprint)
          file         keys/anna/identity.pub

          """)
    }
    #expect(try workspace.mode("keys/anna/identity.key") == 0o600)
  }

  @Test func newKeysSayWhatToDoNext() throws {
    let workspace = try Workspace()
    let researcher = try KonsilProcess.succeed(
      "keys", "new", "--name", "anna", "--out", "keys/a", in: workspace)
    for word in [
      "keys/a/identity.pub", "keys/a/tls.csr", "certificate issue --role researcher", "fingerprint  ",
    ] {
      #expect(researcher.output.contains(word))
    }
    let owner = try KonsilProcess.succeed(
      "keys", "new", "--name", "owner", "--out", "keys/o", "--identity-only", in: workspace)
    #expect(owner.output.contains("konsil study sign") && !owner.output.contains("tls"))
    #expect(!workspace.exists("keys/o/tls.key") && workspace.exists("keys/o/identity.key"))
  }

  @Test func aNewStudyHoldsWhatItWasGiven() throws {
    let workspace = try Workspace()
    try workspace.makeStudy([
      "--least-sites", "4", "--least-rows", "60", "--least-count", "6", "--most-rows-per-site", "5000",
      "--record-key", "pseudonym",
    ])
    let study = try StudyDocument.decode(Array(workspace.text("study.yaml").utf8), file: "study.yaml")
    #expect(study.sites.map(\.name) == Workspace.sites)
    #expect(
      study.limits
        == Study.Limits(leastSites: 4, leastRows: 60, leastCount: 6, mostRowsPerSite: 5000))
    #expect(study.recordKey == "pseudonym")
    for party in study.sites + study.researchers {
      let key = try PublicIdentity(contentsOf: workspace("keys/\(party.name)/identity.pub")).key
      #expect(party.key == key)
    }
  }

  @Test func limitsNotGivenAreTheDocumentedOnes() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    let study = try StudyDocument.decode(Array(workspace.text("study.yaml").utf8), file: "study.yaml")
    #expect(
      study.limits
        == Study.Limits(leastSites: 3, leastRows: 50, leastCount: 5, mostRowsPerSite: 1 << 20))
    #expect(study.recordKey == "patient_id")
  }

  @Test func signingPrintsOwnerAndDigestAndShowSaysTheSignatureIsGood() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    let owner = try PublicIdentity(contentsOf: workspace("keys/owner/identity.pub")).key.fingerprint
    let digest = Digest(of: Array(try workspace.text("study.yaml").utf8)).hexadecimal
    let signed = try KonsilProcess.succeed(
      "study", "sign", "study.yaml", "--key", "keys/owner/identity.key", "--force", in: workspace)
    #expect(
      signed.output == """
        signed        study.yaml
        signature     study.yaml.sig
        study digest  \(digest)
        owner         \(owner)

        """)
    let shown = try KonsilProcess.succeed("study", "show", "study.yaml", in: workspace).output
    #expect(shown.contains("digest      \(digest)\n"))
    #expect(shown.contains("signature   good, by key \(owner)\n"))
    #expect(
      shown.contains(
        "limits      at least 3 sites, 50 rows, 5 a published count; at most 1048576 rows a site\n"))
    for name in Workspace.sites + ["anna"] {
      let key = try PublicIdentity(contentsOf: workspace("keys/\(name)/identity.pub")).key.fingerprint
      #expect(shown.split(separator: "\n").contains { $0.hasPrefix(name) && $0.hasSuffix(key) })
    }
    #expect(
      shown.contains(
        "drug             categorical        infliximab, adalimumab,          Index biologic\n"
          + "                                    vedolizumab\n"))
  }

  @Test func aChangedStudyIsShownWithABadSignatureAndAnUnsignedOneWithNone() throws {
    let workspace = try Workspace()
    try workspace.makeStudy()
    try workspace.derive("study.yaml", from: "study.yaml", "least_rows: 50", "least_rows: 10")
    let changed = try KonsilProcess.succeed("study", "show", "study.yaml", "--json", in: workspace).json()
    let signature = try #require(changed["signature"] as? [String: Any])
    #expect(signature["verdict"] as? String == "bad" && signature["signer"] == nil)
    let text = try KonsilProcess.succeed("study", "show", "study.yaml", in: workspace).output
    #expect(text.contains("signature   BAD: study.yaml is not what was signed"))
    try FileManager.default.removeItem(atPath: workspace("study.yaml.sig"))
    let unsigned = try KonsilProcess.succeed("study", "show", "study.yaml", in: workspace).output
    #expect(unsigned.contains("signature   none beside the file\n"))
  }
}
