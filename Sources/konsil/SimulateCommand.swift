import ArgumentParser
import Console
import ResearchTools

struct SimulateCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Run a plan with the whole federation in one process.",
    discussion: """
      The real program, site computations and masking, with throw-away identities in
      place of the study's: no network, and no signatures needed. A dictionary will
      do for a study; the sites are then those given, and the limits the least
      possible.

        konsil simulate --study ibd.yaml --plan ibd-failure.plan.yaml --out result \\
          --site luxembourg=lux.csv freiburg=fr.csv basel=bs.csv

      With --pooled the same plan runs on all rows at one place, without masks: what
      a federation's model is to be measured by. Trees are then the same bytes.

      Writes model.json, coefficients.csv and covariance.csv, of boosted trees
      model.json and variables.csv, or of a summary summary.json and table1.csv, and
      run.json. Every output says that it is simulated.
      """)

  @Option(help: ArgumentHelp("The study, or its dictionary.", valueName: "file"))
  var study: String

  @Option(help: ArgumentHelp("The plan, or a template.", valueName: "file"))
  var plan: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The records of each site.", valueName: "name=file.csv"))
  var site: [NamedPath]

  @Option(help: ArgumentHelp("The folder to write the results to.", valueName: "folder"))
  var out: String

  @Flag(help: "Take all rows together, without sites and masks.")
  var pooled = false

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try SimulatedRun.run(
      SimulatedRun.Request(study: study, plan: plan, records: site, folder: out, isPooled: pooled),
      force: overwriting.force, progress: CommandOutput.tell)
  }
}
