import Console
import Documents
import Federation
import Identity
import SecureAggregation

/// What a researcher does with a plan before it is submitted.
package enum PlanTools {
  /// Completes a template with the digest of a study and its sites, where the template names none.
  package static func new(
    study: String, template: String, out: String, force: Bool
  ) throws -> NewPlanReport {
    try LocalFiles.requireAbsent([out], force: force)
    let study = try StudyFile(study)
    let given = try PlanFile(template)
    let sites = given.plan.sites.isEmpty ? study.study.sites.map(\.name) : given.plan.sites
    let text = try PlanDocument.compose(
      template: String(decoding: given.bytes, as: UTF8.self), file: template, digest: study.digest,
      sites: sites)
    let bytes = Array(text.utf8)
    try requireFit(
      PlanDocument.decode(bytes, file: template), file: template, in: study.study,
      digest: study.digest)
    try LocalFiles.write(text, to: out, force: force)
    return NewPlanReport(
      plan: given.plan.name, file: out, digest: Digest(of: bytes).hexadecimal,
      study: study.study.name, studyDigest: study.digest.hexadecimal, sites: sites)
  }

  /// Whether a plan fits a study, and what it would ask of the sites.
  ///
  /// - Parameter rows: over the federation, where they are known.
  package static func check(_ path: String, study: String, rows: Int?) throws -> PlanCheckReport {
    let study = try StudyFile(study)
    let file = try PlanFile(path)
    let plan = file.plan.sites.isEmpty ? file.plan.over(study.study.sites.map(\.name)) : file.plan
    try requireFit(plan, file: path, in: study.study, digest: study.digest)
    return PlanCheckReport(
      file, plan: plan, study: study, outline: try PlanOutline(plan, study: study.study), rows: rows)
  }

  /// Signs a plan's bytes as they stand into `FILE.sig`.
  ///
  /// - Parameter key: a folder of keys, or the `identity.key` in one.
  package static func sign(_ path: String, key: String, force: Bool) throws -> SignReport {
    guard try PlanFile(path).plan.studyDigest != nil else {
      throw Complaint(
        .badInput, code: "plan-is-template", "\(path): study.digest: is missing, so this is a template",
        advice: "complete it with “konsil plan new”, then sign the result")
    }
    return try SignReport.sign(path, kind: "plan", label: .plan, key: key, force: force)
  }

  /// - Parameter digest: of the study's bytes; nil where they are unknown.
  /// - Throws: a complaint with every problem, one a line.
  static func requireFit(
    _ plan: Plan, file: String, in study: Study, digest: Digest?
  ) throws(Complaint) {
    var problems = plan.problems(in: study)
    if let named = plan.studyDigest, let digest, named != digest {
      problems.append(
        PlanProblem(
          "study.digest", "the plan is for another version of the study",
          advice: "make it anew from its template with “konsil plan new”"))
    }
    guard let first = problems.first else { return }
    let code = "plan-does-not-fit-study"
    guard problems.count > 1 else {
      throw Complaint(
        .badInput, code: code, "\(file): \(first.key): \(first.message)", advice: first.advice)
    }
    let lines = problems.map { "\(file): \($0.key): \($0.message); \($0.advice)" }
    throw Complaint(
      .badInput, code: code,
      (lines + ["\(file): \(problems.count) problems in all"]).joined(separator: "\n"))
  }
}

extension Plan {
  /// The same over these sites.
  func over(_ sites: [String]) -> Plan { over(sites, studyDigest: studyDigest) }
}

/// A plan that was completed.
package struct NewPlanReport: Report {
  let plan: String
  let file: String
  /// SHA-256 of the plan's bytes.
  let digest: String
  let study: String
  let studyDigest: String
  let sites: [String]

  package var text: String {
    TextLines.facts([
      ("plan", plan), ("file", file), ("digest", digest), ("study", study),
      ("study digest", studyDigest), ("sites", sites.joined(separator: ", ")),
    ]) + "\nSign it with: konsil plan sign \(file) --key FOLDER\n"
  }
}
