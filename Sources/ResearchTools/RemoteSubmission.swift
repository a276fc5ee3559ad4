import Federation
import GRPCCore
import Identity
import SecureAggregation
import Wire

extension RemoteCoordinator {
  /// Hands in a signed plan under a new run id, signed with this researcher's key.
  ///
  /// - Parameters:
  ///   - plan: the plan; its signature stands beside it.
  ///   - study: the study it names; its owner's signature stands beside it.
  package func submit(plan: String, study: String) async throws -> RunSummary {
    let signedStudy = try SignedFile(contentsOf: study, label: .study)
    let signedPlan = try SignedFile(contentsOf: plan, label: .plan)
    let signer = try keys.signingKey()
    guard signedPlan.signature.key == signer.identity else {
      throw Complaint(
        .refused, code: "not-your-plan", "\(plan) is signed by another key than yours",
        advice: "sign it: konsil plan sign \(plan) --key FOLDER")
    }
    try PlanTools.requireFit(
      try PlanFile(plan).plan, file: plan, in: try StudyFile(study).study,
      digest: Digest(of: signedStudy.bytes))
    let run = (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal
    let order = RunOffer.statement(run: run, plan: Digest(of: signedPlan.bytes))
    let submission = Submission(
      study: SignedStudy(
        text: signedStudy.bytes, owner: signedStudy.signature.key,
        signature: signedStudy.signature.signature),
      offer: RunOffer(
        run: run, plan: signedPlan.bytes, researcher: signer.identity,
        planSignature: signedPlan.signature.signature,
        runSignature: try signer.sign(.run, order)))
    return try await call { service in
      try RunSummary(try await service.submitRun(Konsil_V1_SubmitRunRequest(submission)))
    }
  }

  /// Follows a run until it is over.
  ///
  /// - Parameter progress: told a line for each event, step and wait.
  /// - Throws: the run's failure, when it ended without a model.
  package func watch(
    _ run: String, progress: @escaping @Sendable (String) -> Void
  ) async throws -> RunSummary {
    let run = try await find(run)
    let summary = try await call { service in
      try await service.watchRun(Konsil_V1_WatchRunRequest(run: run, afterEvent: 0)) { response in
        var last: RunSummary?
        var waits: [RunWait] = []
        for try await message in response.messages {
          let update = try RunUpdate(message)
          for event in update.events {
            progress((event.site.map { "\($0): " } ?? "") + event.text)
          }
          if update.summary.steps != last?.steps ?? 0 {
            progress("step \(update.summary.steps) of at most \(update.summary.mostSteps)")
          }
          if update.waits != waits, update.summary.state == .waiting {
            for wait in update.waits { progress("waits for \(wait.site): \(wait.reason)") }
          }
          waits = update.waits
          last = update.summary
        }
        return last
      }
    }
    guard let summary, summary.state.isOver else {
      throw Complaint(
        .unavailable, code: "connection-lost", "the connection ended before the run did",
        advice: "watch it again: konsil run watch \(run)")
    }
    if let failure = summary.failure { throw failure }
    guard summary.state == .finished else {
      throw Complaint(.runFailed, code: "cancelled", "the run was cancelled")
    }
    return summary
  }

  /// Follows a run and gives its model or summary.
  package func watchToResult(
    _ run: String, progress: @escaping @Sendable (String) -> Void
  ) async throws -> FinishedRunReport {
    let summary = try await watch(run, progress: progress)
    return FinishedRunReport(run: summary, result: try await result(summary.run))
  }
}
