import Cohorts

/// What a variable may say about the other variables of its dictionary.
enum VariableReferences {
  /// A variable may hang on one that always applies, by a test that fits its type.
  ///
  /// - Parameter place: of the condition, for errors.
  static func check(
    _ condition: FilterCondition, of variable: Variable, among variables: [Variable], at place: DocumentValue
  ) throws(DocumentError) {
    let other = try find(condition.variable, among: variables, at: place)
    guard other.name != variable.name, other.appliesWhen == nil else {
      throw place.error(
        "hangs on “\(other.name)”, which does not always apply itself", "name a variable that always applies")
    }
    switch (other.levels, condition.test) {
    case (let levels?, .oneOf(let wanted)):
      if let unknown = wanted.first(where: { !levels.contains($0) }) {
        throw place.error(
          "names a level that “\(other.name)” does not have", Nearest.advice(for: unknown, among: levels))
      }
    case (.some, .between):
      throw place.error("does not fit the type of “\(other.name)”", "write one_of with some of its levels")
    case (nil, .oneOf):
      throw place.error("does not fit the type of “\(other.name)”", "write at_least or at_most")
    case (nil, .between): break
    }
  }

  /// The parts of a computed variable are recorded numbers that apply wherever it does.
  ///
  /// - Parameter place: of the formula, for errors.
  static func check(
    _ formula: Formula, of variable: Variable, among variables: [Variable], at place: DocumentValue
  ) throws(DocumentError) {
    for part in formula.parts {
      let other = try find(part.variable, among: variables, at: place)
      guard other.formula == nil else {
        throw place.error("has the part “\(other.name)”, which is computed itself", "name recorded variables")
      }
      guard other.levels == nil else {
        throw place.error("has the part “\(other.name)”, which is no number", "name numbers only")
      }
      guard other.appliesWhen == nil || other.appliesWhen == variable.appliesWhen else {
        throw place.error(
          "has the part “\(other.name)”, which does not always apply",
          "let the computed variable apply under the same condition")
      }
    }
  }

  private static func find(
    _ name: String, among variables: [Variable], at place: DocumentValue
  ) throws(DocumentError) -> Variable {
    guard let variable = variables.first(where: { $0.name == name }) else {
      throw place.error(
        "names “\(name)”, which is no variable here", Nearest.advice(for: name, among: variables.map(\.name)))
    }
    return variable
  }
}
