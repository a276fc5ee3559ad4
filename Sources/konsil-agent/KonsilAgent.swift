import ArgumentParser

@main
struct KonsilAgent: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil-agent",
    abstract: "A hospital's agent: it takes part in runs that the hospital's own policy allows.",
    discussion: """
      The agent dials the coordinator and needs no inbound port. Records stay here:
      what leaves are masked vectors, listed beforehand by `explain` and afterwards
      by `journal`.

        konsil-agent init --name luxembourg --out identity
        konsil-agent study accept study.yaml --owner FINGERPRINT --config site.yaml
        konsil-agent check --config site.yaml
        konsil-agent run --config site.yaml

      Exit statuses: 0 success, 1 a check failed, 64 the command line, 65 a document
      or file of records, 66 a file is not there, 69 no connection or already running,
      70 a fault of ours, 73 a file cannot be written, 77 forbidden by a signature,
      certificate, policy or permission.
      """,
    subcommands: [
      InitCommand.self, RunCommand.self, CheckCommand.self, StudyCommand.self, CohortCommand.self,
      SnapshotCommand.self,
      PlansCommand.self, ApproveCommand.self, DenyCommand.self, ExplainCommand.self,
      FindingsCommand.self,
      JournalCommand.self,
    ])
}
