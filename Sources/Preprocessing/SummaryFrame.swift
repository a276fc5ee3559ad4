import Cohorts

/// What the rules of a summary rest on before any sum.
package struct SummaryFrame: Hashable, Sendable, Codable {
  package let specification: SummarySpecification
  package let dictionary: StudyDictionary
  /// Number of sites `N`.
  package let sites: Int
  package let leastRows: Int
  /// Least rows of a count that is published.
  package let leastCount: Int
  package let mostRowsPerSite: Int

  package init(
    specification: SummarySpecification, dictionary: StudyDictionary, sites: Int, leastRows: Int,
    leastCount: Int, mostRowsPerSite: Int
  ) {
    self.specification = specification
    self.dictionary = dictionary
    self.sites = sites
    self.leastRows = leastRows
    self.leastCount = leastCount
    self.mostRowsPerSite = mostRowsPerSite
  }

  /// In the order of the table; an unknown name is left out, for a plan that was checked names none.
  var tabled: [Variable] { specification.variables.compactMap(dictionary.variable(named:)) }

  /// Those of the table, then those that tell where others apply, which are counted but not shown.
  var variables: [Variable] {
    tabled.compactMap(\.appliesWhen?.variable).reduce(into: tabled) { all, name in
      if !all.contains(where: { $0.name == name }), let other = dictionary.variable(named: name) {
        all.append(other)
      }
    }
  }
}

/// The states that a row can be in for a variable, by number: its levels, then missing, then not applicable. A
/// number has one level, that it is there.
struct SummaryStates: Hashable, Sendable, Codable {
  let levels: [String]

  init(_ variable: Variable) {
    levels =
      switch variable.kind {
      case .continuous, .count: ["present"]
      // What is marked comes first: where one of two must be merged away, it is the later one.
      case .binary: ["1", "0"]
      case .categorical(let levels), .ordinal(let levels): levels
      }
  }

  var missing: Int { levels.count }
  var notApplicable: Int { levels.count + 1 }
  var count: Int { levels.count + 2 }

  /// Where a variable is not applicable: the place of the variable that tells, and those of its levels.
  ///
  /// - Returns: nil where it is not told by levels alone, or hangs on one that does not always apply itself.
  static func outside(of variable: Variable, among variables: [Variable]) -> (variable: Int, states: [Int])? {
    guard let condition = variable.appliesWhen,
      let place = variables.firstIndex(where: { $0.name == condition.variable }),
      variables[place].appliesWhen == nil
    else { return nil }
    let levels = SummaryStates(variables[place]).levels
    switch (variables[place].kind, condition.test) {
    case (.categorical, .oneOf(let wanted)), (.ordinal, .oneOf(let wanted)):
      return (place, levels.indices.filter { !wanted.contains(levels[$0]) })
    case (.binary, .between(let lower, let upper)):
      let values = [1.0, 0]
      return (
        place, values.indices.filter { values[$0] < lower ?? 0 || values[$0] > upper ?? 1 }
      )
    default:
      return nil
    }
  }
}

extension Variable {
  /// Of a variable whose mean and quantiles mean something; nil for the others.
  var summarisedRange: ValueRange? {
    switch kind {
    case .continuous(let range), .count(let range): range
    case .binary, .categorical, .ordinal: nil
    }
  }
}
