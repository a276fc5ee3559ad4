import Console
import Documents
import Federation
import Foundation
import Identity
import SecureAggregation

/// What a site's administrator does beside the running agent, through the state folder.
package struct Administration: Sendable {
  package let configuration: SiteConfiguration
  private let state: StateFolder

  package init(configurationFile path: String) throws {
    configuration = try SiteConfiguration.load(path)
    state = StateFolder(configuration.state)
  }

  /// Makes a site's keys and certificate request.
  package static func makeKeys(name: String, folder: String) throws -> FactsReport {
    let identity = try KeyFolder.create(at: folder, name: name, role: .site)
    let keys = KeyFolder(folder)
    return FactsReport(
      [
        ("site", identity.name), ("fingerprint", identity.key.fingerprint),
        ("public key", keys.identityPublic), ("certificate request", keys.tlsRequest),
      ],
      notes: [
        "give \(keys.identityPublic) to the study's owner, and read the fingerprint to them",
        "give \(keys.tlsRequest) to the coordinator's operator; put what comes back at "
          + keys.tlsCertificate,
      ])
  }

  package func acceptStudy(_ path: String, owner: String) throws -> FactsReport {
    let (study, digest) = try AcceptedStudies(state).accept(path, owner: owner)
    var notes: [String] = []
    if !study.sites.contains(where: { $0.name == configuration.site }) {
      notes.append("the study does not name the site “\(configuration.site)”")
    }
    if !configuration.policy.studies.contains(study.name) {
      notes.append("the site's policy does not yet allow it: add it to policy.studies")
    }
    return FactsReport(
      [
        ("study", study.name), ("digest", digest.hexadecimal), ("owner", owner.lowercased()),
      ] + study.sites.map { ("site \($0.name)", $0.key.fingerprint) }
        + study.researchers.map { ("researcher \($0.name)", $0.key.fingerprint) },
      notes: notes + ["compare the other sites' fingerprints with them: an owner could invent sites"])
  }

  /// What the site learnt of its own rows in its runs.
  package func findings() -> FindingsReport { FindingsReport(SiteFindingsFile(folder: state).entries()) }

  package func plans() -> PlansReport { PlansReport(plans: OfferedPlans(state).all()) }

  /// Leaves a decision for the running agent.
  package func decide(_ plan: String, approve: Bool, because words: String) throws -> FactsReport {
    let plans = OfferedPlans(state)
    let standing = try plans.find(plan)
    guard !approve || !standing.needsWords || !words.isEmpty else {
      throw Complaint(
        .usage, code: "words-needed",
        "this plan is about other sites, rows or records than the study's plans before it",
        advice: "say why that is right with --because")
    }
    try plans.decide(Decision(isApproved: approve, words: words), on: standing.plan)
    return FactsReport([
      ("plan", standing.name), ("digest", standing.plan.hexadecimal),
      ("decision", approve ? "approved" : "denied"),
    ])
  }

  package func explain(_ plan: String) throws -> ExplanationReport {
    let plans = OfferedPlans(state)
    let text: [UInt8]
    if FileManager.default.fileExists(atPath: plan) {
      text = try StateFolder.read(plan)
    } else {
      text = try plans.text(of: try plans.find(plan).plan)
    }
    let decoded = try PlanDocument.decode(text, file: plan)
    guard let (study, _) = try AcceptedStudies(state).study(named: decoded.study) else {
      throw Complaint(
        .noInput, code: "study-not-accepted", "the study “\(decoded.study)” is not accepted here",
        advice: "accept it first: konsil-agent study accept")
    }
    return try ExplanationReport(
      plan: decoded, digest: Digest(of: text), study: study,
      snapshot: try Snapshots(state).newest(of: study.name)?.records,
      source: configuration.records[study.name])
  }

  package func takeSnapshot(_ name: String) throws -> FactsReport {
    guard let source = configuration.records[name] else {
      throw Complaint(
        .badInput, code: "no-records", "the configuration names no records for “\(name)”",
        advice: "add records: {\(name): FILE} to the site's configuration")
    }
    guard let (study, _) = try AcceptedStudies(state).study(named: name) else {
      throw Complaint(
        .noInput, code: "study-not-accepted", "the study “\(name)” is not accepted here",
        advice: "accept it first: konsil-agent study accept")
    }
    let snapshot = try Snapshots(state).take(study, from: source, now: .system())
    return FactsReport(
      [
        ("study", name), ("snapshot", "\(snapshot.number)"),
        ("digest", snapshot.digest.hexadecimal), ("bytes", "\(snapshot.bytes)"),
      ] + (snapshot.reading?.facts ?? []),
      notes: snapshot.number > 1
        ? ["the study's next plan needs your approval in words, for it is about other records"] : [])
  }

  package func journal() throws -> JournalReport {
    let records = try JournalFile.read(state.journal)
    do throws(JournalFault) {
      _ = try Journal(replaying: records)
    } catch {
      throw JournalFile.damaged(state.journal, line: error.line)
    }
    return JournalReport(records)
  }
}
