/// Why records cannot be simulated.
package enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The effects have no entry for this variable of the dictionary, or more than one.
  case effectMissing(variable: String)
  /// The entry's distribution or effect does not go with the variable's type.
  case effectDoesNotFit(variable: String)
  /// A thousand draws in a row fell outside of the dictionary's range.
  case outsideRange(variable: String)
  /// The variable's distribution hangs on its own value, through others.
  case needsItself(variable: String)
  /// The dictionary does not have the effects' outcome.
  case unknownOutcome(String)
  /// The prevalence is not between 0 and 1.
  case prevalence
  /// No site, a site without rows, or two sites of one name.
  case sites

  package var description: String {
    switch self {
    case .effectMissing(let variable):
      "variable “\(variable)” has no effect or several; give each variable of the dictionary one"
    case .effectDoesNotFit(let variable):
      "the effect of “\(variable)” does not fit its type; choose a distribution and an effect for that type"
    case .outsideRange(let variable):
      "the distribution of “\(variable)” lies outside of its range; change one of them"
    case .needsItself(let variable):
      "the distribution of “\(variable)” hangs on a variable that hangs on it; take one of the two away"
    case .unknownOutcome(let outcome):
      "outcome “\(outcome)” is not in the dictionary; name one that is"
    case .prevalence:
      "the prevalence is not between 0 and 1; correct it"
    case .sites:
      "the sites are not distinct, or one has no rows; name each once, with 1 row or more"
    }
  }
}
