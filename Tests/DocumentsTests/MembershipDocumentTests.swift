import Documents
import Federation
import Testing

/// What plans and policies say of `membership: tolerant`.
@Suite struct MembershipDocumentTests {
  private let plan = """
    konsil: plan/1
    name: small
    study: {name: gut}
    algorithm: logistic
    outcome: failure
    predictors: [age]

    """

  private let site = """
    konsil: site-config/1
    site: basel
    coordinator: {host: localhost, port: 8443, authority: root.pem}
    identity: id
    state: /var/state
    records: {gut: gut.csv}
    policy:
      studies: [gut]

    """

  private func plan(_ more: String) throws -> Plan {
    try PlanDocument.decode((plan + more).utf8, file: "p.yaml")
  }

  private func policy(_ more: String) throws -> Policy {
    try SiteConfigurationDocument.decode((site + more).utf8, file: "site.yaml").policy
  }

  private func planComplaint(_ more: String) -> String {
    complaint { () throws(DocumentError) in try PlanDocument.decode((plan + more).utf8, file: "p.yaml") }
  }

  private func policyComplaint(_ more: String) -> String {
    complaint { () throws(DocumentError) in
      try SiteConfigurationDocument.decode((site + more).utf8, file: "site.yaml")
    }
  }

  @Test func aPlanSaysWhetherItGoesOnWithoutALostSite() throws {
    #expect(try plan("").membership == .fixed)
    let tolerant = try plan("membership: tolerant\n")
    #expect(tolerant.membership == .tolerant && tolerant.threshold == nil)
    #expect(try plan("membership: tolerant\nthreshold: 6\n").threshold == 6)
    #expect(
      planComplaint("membership: open\n").contains(
        "membership: is not known here; write one of fixed, tolerant"))
  }

  @Test func aThresholdIsForTolerantAloneAndAWholeNumber() {
    #expect(
      planComplaint("threshold: 4\n").contains("threshold: goes with “membership: tolerant” only; remove it"))
    for value in ["2", "0", "-1", "4.5", "all"] {
      #expect(
        planComplaint("membership: tolerant\nthreshold: \(value)\n").contains(
          "threshold: must be a whole number"),
        "\(value)")
    }
  }

  @Test func aPolicyAllowsTolerantByTheExactSentence() throws {
    #expect(try policy("").allowsTolerant == false)
    #expect(try policy("  tolerant: \(Policy.tolerantSentence)\n").allowsTolerant)
    // Over several lines, as a person writes it.
    let words = Policy.tolerantSentence.split(separator: " ")
    let folded =
      words.prefix(12).joined(separator: " ") + "\n    " + words.dropFirst(12).joined(separator: " ")
    #expect(try policy("  tolerant: >\n    \(folded)\n").allowsTolerant)
  }

  @Test func nothingButTheSentenceAllowsIt() {
    let sentence = Policy.tolerantSentence
    for other in [
      "yes", "true", String(sentence.dropLast()), sentence + " Perhaps.", sentence.lowercased(),
      sentence.replacing("really or by a lie, ", with: ""),
      sentence.replacing("almost exactly", with: "roughly"),
    ] {
      #expect(
        policyComplaint("  tolerant: \(other)\n").contains(
          "policy.tolerant: is not the sentence that allows “membership: tolerant”"), "\(other)")
    }
  }

  @Test func aPolicySaysWhatALossMeans() throws {
    #expect(try policy("").endsAfterLoss == false)
    #expect(try policy("  after_loss: continue\n").endsAfterLoss == false)
    #expect(try policy("  after_loss: end\n").endsAfterLoss)
    #expect(policyComplaint("  after_loss: stop\n").contains("policy.after_loss: is not known here"))
  }
}
