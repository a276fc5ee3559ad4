import Cohorts
import Queries

/// At how many sites each column varies, and what becomes of those that too few share.
extension Preparation {
  mutating func absorbSupport(_ sum: QuerySum) throws(AnalysisError) {
    let before = design
    var values = sum.values[...]
    let varying = design.columns.map(\.name) + design.references.map(\.name) + [design.outcome]
    var sites = Dictionary(zip(varying, values.removeFirst())) { first, _ in first }
    for reference in design.references where design.isAboveOneHinge(reference) { sites[reference.name] = nil }
    if let outcome = sites[design.outcome], outcome < Double(Self.leastFillingSites) {
      throw Self.tooFewSites(
        "“\(design.outcome)” varies at \(Int(outcome)) of \(frame.sites) sites",
        "choose another outcome or filter")
    }
    let occurring =
      design.levelColumns.isEmpty
      ? [:] : Dictionary(zip(design.levelColumns.map(\.name), values.removeFirst())) { first, _ in first }
    try leaveOutEmptyLevels(occurring)
    if frame.hasSiteIntercepts, let outcome = sites[design.outcome] {
      try checkNoSiteLeft(outcome: Int(outcome))
    }
    if !before.imputed.isEmpty { try absorbMissing(values.removeFirst(), imputed: before.imputed) }
    let several = frame.mostRowsPerPatient == nil ? 0 : values.removeFirst().first ?? 0
    let weighted = try values.first.flatMap { (flags) throws(AnalysisError) in
      try RowNumbers.support(flags.map { Int($0) }, named: design.weight ?? "", sitesInAll: frame.sites)
    }
    // Which levels are rare is asked again among those that are left.
    if design.terms.map(\.groups) == before.terms.map(\.groups) { try leaveOutUnshared(sites, occurring) }
    guard !design.columns.isEmpty else {
      throw Self.tooFewSites("no predictor varies at enough sites", "see the plan's “rare:”, or name others")
    }
    guard design == before else { return }
    countsPatients = several >= Double(Self.leastFillingSites)
    if several > 0, !countsPatients, !design.notes.contains(where: { $0.subject == "patients" }) {
      design.note(
        .method, "patients", "counted as rows: under \(Self.leastFillingSites) sites have several rows of one"
      )
    }
    countedOutcomeSites = sites[design.outcome].map { Int($0) }
    let shared = varying.compactMap { sites[$0] } + (countsPatients ? [several] : [])
    leastSupport = (shared.map { Int($0) } + [weighted].compactMap(\.self)).min()
    stage = .counts
  }

  /// With an intercept of its own a site with one class has no rows. Where rows were left out once all were counted, one or
  /// two sites that have one class since then would be the difference of the two counts.
  private func checkNoSiteLeft(outcome: Int) throws(AnalysisError) {
    guard let before = countedOutcomeSites, outcome < before, before - outcome < Self.leastFillingSites else {
      return
    }
    throw Self.tooFewSites(
      "without rows that lack a variable, \(before - outcome) sites have one class of “\(design.outcome)”",
      "demand these variables in the plan's filter, or leave them out")
  }

  /// A level that the filter or a condition excludes, or that nobody has, is no rare one: it goes by itself.
  private mutating func leaveOutEmptyLevels(_ sites: [String: Double]) throws(AnalysisError) {
    let empty = Set(sites.filter { $0.value == 0 }.keys)
    for term in design.terms {
      let (name, all) = (term.variable.name, term.indicators)
      let gone = all.filter { empty.contains($0.column.name) }.map(\.group)
      guard !gone.isEmpty else { continue }
      // Of two levels without the other the variable is the same in all rows.
      if all.count - gone.count < 2 {
        try leaveOut(variable: name, "all rows have the same level, or none")
      } else {
        design.leaveOut(levels: gone.map(\.label), of: name)
        let levels = gone.flatMap(\.indices).sorted().compactMap { term.variable.levels?[$0] }
        design.note(.leftOut, name, "no row has \(levels.joined(separator: ", "))")
      }
    }
  }

  /// Who lacks a variable at one or two sites alone would stand alone in an indicator, and in what is left over.
  private mutating func absorbMissing(_ sites: [Double], imputed: [String]) throws(AnalysisError) {
    for (variable, sites) in zip(imputed, sites) where sites > 0 && design.imputed.contains(variable) {
      if design.missing == .refuse {
        throw AnalysisError(
          .tooFewRows, "“\(variable)” is missing in some rows at \(Int(sites)) of \(frame.sites) sites",
          advice: "say what becomes of them: “missing: complete-case” or “mean+indicator”")
      }
      if sites < Double(Self.leastFillingSites) {
        try leaveOutRows(without: variable, "are at \(Int(sites)) of \(frame.sites) sites")
      } else {
        design.setMissingIndicator(of: variable, true)
      }
    }
  }

  /// Demands a value of a variable that too few rows lack for an indicator.
  mutating func leaveOutRows(without variable: String, _ reason: String) throws(AnalysisError) {
    if frame.rare == .refuse {
      throw AnalysisError(
        .tooFewRows, "“\(variable)”: the rows that lack it \(reason), too few for a missing indicator",
        advice:
          "demand it in the plan's filter, leave it out, or write “rare: merge”, which leaves those rows out")
    }
    design.require(variable)
    design.note(.rowsLeftOut, variable, "rows that lack it are left out: they \(reason)")
  }

  /// - Parameter occurring: of levels, the sites at which they occur.
  private mutating func leaveOutUnshared(
    _ sites: [String: Double], _ occurring: [String: Double]
  ) throws(AnalysisError) {
    for term in design.terms {
      let name = term.variable.name
      let all = Double(frame.sites)
      func shared(_ column: DesignColumn) -> Double { sites[column.name] ?? all }
      if term.groups != nil {
        let rare = term.indicators.filter { shared($0.column) < Double(Self.leastFillingSites) }
        guard !rare.isEmpty else { continue }
        let ranks = term.indicators.map { ($0.group.label, occurring[$0.column.name] ?? all) }
        try treatRare(
          term, rare.map(\.group), ranks: Dictionary(ranks) { first, _ in first },
          because: "at under \(Self.leastFillingSites) sites")
      } else if !term.isHinge,
        let column = term.valueColumns.first(where: { shared($0) < Double(Self.leastFillingSites) })
      {
        try leaveOut(
          variable: name, "“\(column.name)” varies at \(Int(shared(column))) of \(frame.sites) sites")
      }
    }
    for column in design.columns
    where column.factors.count > 1 || column.isMissingIndicator || column.factors[0].knot != nil {
      guard let shared = sites[column.name], shared < Double(Self.leastFillingSites) else { continue }
      try leaveOut(column: column, "varies at \(Int(shared)) of \(frame.sites) sites")
    }
    try joinReferences("vary at under \(Self.leastFillingSites) sites") { reference in
      sites[reference.name].map { $0 < Double(Self.leastFillingSites) } ?? false
    }
  }

  /// Takes a hinge out where rows between hinges are rare, for each variable one at a time, since its going joins them
  /// with others; and whatever else singles rare rows out.
  mutating func joinReferences(
    _ reason: String, where isRare: (DesignColumn) -> Bool
  ) throws(AnalysisError) {
    var changed: Set<String> = []
    for reference in design.references where !reference.isLevel && isRare(reference) {
      let variable = reference.variables[0]
      guard changed.insert(variable).inserted else { continue }
      let reason = "rows with “\(reference.name)” \(reason)"
      let hinge = design.hinge(beside: reference)
      let names = reference.factors.count > 1 ? design.columns(around: reference).map(\.name) : hinge
      guard !names.isEmpty else {
        try leaveOut(variable: variable, reason)
        continue
      }
      for column in design.columns where names.contains(column.name) { try leaveOut(column: column, reason) }
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
      // One rare level alone would follow from the others and the total. Of equals the later one joins it, as in trees:
      // joined with two levels in two plans it would follow from both.
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
