import Cohorts

/// How the rows of one site are drawn.
struct SiteDraw {
  let name: String
  let interceptShift: Double
  /// In the dictionary's order.
  private let variables: [DrawnVariable]
  /// The order in which the variables are drawn: what another one needs comes before it.
  private let order: [Int]

  /// - Parameter absentLevel: a level that the site does not have.
  init(
    _ name: String, dictionary: StudyDictionary, effects: CohortEffects, absentLevel: MessDetails.Value?,
    seed: UInt64
  ) throws(SimulationError) {
    self.name = name
    var shifts = SeededRandom(seed: seed, purpose: "shifts \(name)")
    interceptShift = effects.siteShift * shifts.normal()
    let places = Dictionary(dictionary.variables.enumerated().map { ($1.name, $0) }) { first, _ in first }
    variables = try dictionary.variables.map { (variable) throws(SimulationError) in
      let matching = effects.variables.filter { $0.variable == variable.name }
      guard let effect = matching.first, matching.count == 1 else {
        throw SimulationError.effectMissing(variable: variable.name)
      }
      let isMeant = absentLevel?.variable == variable.name
      return try DrawnVariable(
        variable, effect: effect, dictionary: dictionary, places: places, shift: shifts.normal(),
        absentLevel: isMeant ? variable.levels?.firstIndex { $0 == absentLevel?.text } : nil)
    }
    order = try Self.order(of: variables)
  }

  /// Always the first in the dictionary's order that needs nothing more.
  private static func order(of variables: [DrawnVariable]) throws(SimulationError) -> [Int] {
    var order: [Int] = []
    var drawn: Set<String> = []
    while order.count < variables.count {
      let waiting = variables.indices.filter { !drawn.contains(variables[$0].variable.name) }
      guard let next = waiting.first(where: { variables[$0].needs.isSubset(of: drawn) }) else {
        throw .needsItself(variable: waiting.first.map { variables[$0].variable.name } ?? "")
      }
      order.append(next)
      drawn.insert(variables[next].variable.name)
    }
    return order
  }

  /// The cells of the variables that are recorded, and the row's log odds without intercept and shift.
  func row(from random: inout SeededRandom) throws(SimulationError) -> (cells: [String], logOdds: Double) {
    var values = [SimulatedValue](repeating: .notApplicable, count: variables.count)
    var cells = [String](repeating: "", count: variables.count)
    for index in order {
      (values[index], cells[index]) = try variables[index].draw(row: values, from: &random)
    }
    var logOdds = 0.0
    for (variable, value) in zip(variables, values) { logOdds += variable.logOdds(of: value, row: values) }
    let recorded = zip(variables, cells).filter { $0.0.variable.formula == nil }
    return (recorded.map(\.1), logOdds)
  }
}
