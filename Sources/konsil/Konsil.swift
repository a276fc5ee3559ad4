import ArgumentParser

@main
struct Konsil: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil",
    abstract: "Train prediction models together with other hospitals, while no record leaves its own.",
    discussion: """
      A researcher's tools. A study names its variables, hospitals and researchers;
      a plan says what is to be computed on it; a run of the plan gives a model.

      A first model, on simulated records and in one process:

        konsil cohort simulate --study ibd.yaml --sites luxembourg,freiburg,basel \\
          --rows 120,160,200 --seed 1 --out records
        konsil simulate --study ibd.yaml --plan ibd-failure.plan.yaml --out result \\
          --site luxembourg=records/luxembourg.csv freiburg=records/freiburg.csv \\
          basel=records/basel.csv
        konsil model show --file result/model.json

      With --json a command prints one JSON object on standard output and nothing
      else, also for an error: {"error": {"code", "message", "advice",
      "exit_status"}}. Progress and errors go to standard error.

      Exit statuses:

         0  success
         1  the run ended without a model
        64  the command line is wrong
        65  a document or a file of records is wrong
        66  a file is not there or cannot be read
        69  the coordinator cannot be reached
        70  a fault of konsil's own: please report it
        73  a file cannot be written, or is there already
        77  a signature, certificate, policy or permission forbids it
      """,
    subcommands: [
      KeysCommand.self, StudyCommand.self, PlanCommand.self, RunCommand.self, SiteCommand.self,
      ModelCommand.self, PredictCommand.self, SimulateCommand.self, CohortCommand.self,
    ])
}
