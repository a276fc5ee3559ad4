import ArgumentParser
import Console
import SiteAgent

struct PlanArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The plan's name, or the first digits of its digest.", valueName: "plan"))
  var plan: String
}

struct PlansCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "plans", abstract: "List the plans that were offered to this site.")

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try Administration(configurationFile: site.config).plans() }
}

struct FindingsCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings",
    abstract: "What this site learnt of its own rows in its runs: how well each model does here.",
    discussion: "It is in the agent's state folder and has not left the site.")

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try Administration(configurationFile: site.config).findings() }
}

struct ApproveCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Let a plan that waits run.",
    discussion: "Look at it first: konsil-agent explain PLAN")

  @OptionGroup var subject: PlanArgument

  @Option(
    help: ArgumentHelp(
      "Why: needed when the plan is about other sites, rows or records than those before it.",
      valueName: "words"))
  var because = ""

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Administration(configurationFile: site.config)
      .decide(subject.plan, approve: true, because: because)
  }
}

struct DenyCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny", abstract: "Refuse a plan that waits.")

  @OptionGroup var subject: PlanArgument

  @Option(help: ArgumentHelp("Why, for the journal.", valueName: "words"))
  var because = ""

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Administration(configurationFile: site.config)
      .decide(subject.plan, approve: false, because: because)
  }
}

struct ExplainCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "List exactly which numbers a plan would make leave this site.")

  @Argument(
    help: ArgumentHelp(
      "The plan's name, the first digits of its digest, or a plan file.", valueName: "plan"))
  var plan: String

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Administration(configurationFile: site.config).explain(plan)
  }
}

struct JournalCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "List what has left this site: names, lengths and digests.")

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try Administration(configurationFile: site.config).journal() }
}
