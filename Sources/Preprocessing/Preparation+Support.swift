import Cohorts
import Queries

/// At how many sites each column varies, and what becomes of those that too few share.
extension Preparation {
  mutating func absorbSupport(_ sum: QuerySum) throws(AnalysisError) {
    let before = design
    let varying = design.columns.map(\.name) + design.references.map(\.name) + [design.outcome]
    let sites = Dictionary(zip(varying, sum.values[0])) { first, _ in first }
    if let outcome = sites[design.outcome], outcome < Double(Self.leastFillingSites) {
      throw Self.tooFewSites(
        "“\(design.outcome)” varies at \(Int(outcome)) of \(frame.sites) sites",
        "choose another outcome or filter")
    }
    if sum.values.count > 1 { try absorbMissing(sum.values[1]) }
    try leaveOutUnshared(sites)
    guard !design.columns.isEmpty else {
      throw Self.tooFewSites("no predictor varies at enough sites", "see the plan's “rare:”, or name others")
    }
    if design == before { stage = .counts }
  }

  /// Who lacks a variable at one or two sites alone would stand alone in an indicator, and in what is left over.
  private mutating func absorbMissing(_ sites: [Double]) throws(AnalysisError) {
    for (variable, sites) in zip(design.imputed, sites) where sites > 0 {
      if design.missing == .refuse {
        throw AnalysisError(
          .tooFewRows, "“\(variable)” is missing in some rows at \(Int(sites)) of \(frame.sites) sites",
          advice: "say what becomes of them: “missing: complete-case” or “mean+indicator”")
      }
      if sites < Double(Self.leastFillingSites) {
        design.require(variable)
        design.note(
          .rowsLeftOut, variable, "rows that lack it are left out: they are at \(Int(sites)) sites alone")
      } else {
        design.setMissingIndicator(of: variable, true)
      }
    }
  }

  private mutating func leaveOutUnshared(_ sites: [String: Double]) throws(AnalysisError) {
    for term in design.terms {
      let name = term.variable.name
      let all = Double(frame.sites)
      func shared(_ column: DesignColumn) -> Double { sites[column.name] ?? all }
      if term.groups != nil {
        let rare = term.indicators.filter { shared($0.column) < Double(Self.leastFillingSites) }
        guard !rare.isEmpty else { continue }
        let ranks = term.indicators.map { ($0.group.label, shared($0.column)) }
        try treatRare(
          term, rare.map(\.group), ranks: Dictionary(ranks) { first, _ in first },
          because: "at under \(Self.leastFillingSites) sites")
      } else if let column = term.valueColumns.first(where: { shared($0) < Double(Self.leastFillingSites) }) {
        try leaveOut(
          variable: name, "“\(column.name)” varies at \(Int(shared(column))) of \(frame.sites) sites")
      }
    }
    for column in design.columns where column.factors.count > 1 || column.isMissingIndicator {
      guard let shared = sites[column.name], shared < Double(Self.leastFillingSites) else { continue }
      try leaveOut(column: column, "varies at \(Int(shared)) of \(frame.sites) sites")
    }
  }

  /// Merges rare levels, or does what else the plan says.
  ///
  /// - Parameter ranks: by label, what the rarest of the other groups is chosen by.
  mutating func treatRare(
    _ term: DesignTerm, _ rare: [LevelGroup], ranks: [String: Double], because reason: String
  ) throws(AnalysisError) {
    let (name, groups) = (term.variable.name, term.groups ?? [])
    let labels = rare.map(\.label).joined(separator: ", ")
    guard frame.rare == .merge else {
      return try leaveOut(variable: name, "its level \(labels) is \(reason)")
    }
    var merged = rare
    if merged.count == 1 {
      // One rare level alone would follow from the others and the total. Of equals the later one joins it.
      let others = groups.filter { !rare.contains($0) }.reversed()
      if let next = others.min(by: {
        ranks[$0.label, default: .infinity] < ranks[$1.label, default: .infinity]
      }) {
        merged.append(next)
      }
    }
    guard groups.count - merged.count >= 1 else {
      return try leaveOut(variable: name, "fewer than two of its levels are shared by enough sites and rows")
    }
    design.merge(merged.map(\.label), of: name)
    let names = merged.flatMap(\.indices).sorted().compactMap { term.variable.levels?[$0] }
    design.note(
      .merged, name,
      "levels \(names.joined(separator: ", ")) are one, “\(DesignTerm.mergedLabel)”: \(labels) is \(reason)")
  }

  mutating func leaveOut(variable: String, _ reason: String) throws(AnalysisError) {
    if frame.rare == .refuse { throw Self.tooFewSites("“\(variable)”: \(reason)", Self.rareAdvice) }
    design.leaveOut(variable: variable)
    design.note(.leftOut, variable, "left out: \(reason)")
  }

  mutating func leaveOut(column: DesignColumn, _ reason: String) throws(AnalysisError) {
    if frame.rare == .refuse { throw Self.tooFewSites("“\(column.name)” \(reason)", Self.rareAdvice) }
    design.leaveOut(column: column.name)
    design.note(column.isMissingIndicator ? .notMade : .leftOut, column.name, "not made: \(reason)")
  }

  private static let rareAdvice = "leave it out of the plan, or write “rare: merge” or “rare: drop”"

  private static func tooFewSites(_ message: String, _ advice: String) -> AnalysisError {
    AnalysisError(.tooFewSites, "\(message); at least \(leastFillingSites) must share it", advice: advice)
  }
}

extension DesignTerm {
  /// Every group with its indicator, the reference's too; empty for a number.
  var indicators: [(group: LevelGroup, column: DesignColumn)] {
    guard let groups else { return [] }
    let columns = valueColumns + [referenceColumn].compactMap(\.self)
    return groups.compactMap { group in
      columns.first { $0.name == "\(variable.name)=\(group.label)" }.map { (group, $0) }
    }
  }
}
