import ArgumentParser
import ResearchTools

extension NamedPath: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension ModelFormat: ExpressibleByArgument {}

extension PlotKind: ExpressibleByArgument {}

extension MessAmount: ExpressibleByArgument {}

extension SupportChoice: ExpressibleByArgument {}

/// Values divided by commas, at least one.
struct CommaSeparated<Value: ExpressibleByArgument>: ExpressibleByArgument {
  let values: [Value]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Value(argument: String($0)) }
    guard values.count == parts.count else { return nil }
  }
}

/// A site's name as certificates carry it, which may also name a file.
struct SiteName: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    guard NamedPath("\(argument)=file") != nil, !argument.contains("=") else { return nil }
    text = argument
  }
}
