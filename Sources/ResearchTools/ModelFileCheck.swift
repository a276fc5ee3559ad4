import Cohorts
import Federation
import Preprocessing

/// Whether the parts of a model file agree with each other.
extension ModelFile {
  typealias Flaw = (key: String, what: String)

  /// The key of the first part that does not agree with the others, and what is wrong.
  package var flaw: (key: String, what: String)? {
    if konsil != Self.format { return ("konsil", "is not “\(Self.format)”") }
    if algorithm != "logistic" { return ("algorithm", "is not one that this program knows") }
    return variableFlaw ?? termFlaw ?? estimateFlaw ?? covarianceFlaw ?? penaltyFlaw ?? countFlaw
      ?? validation?.flaw.map { ("validation.\($0)", $1) }
  }

  private var variableFlaw: Flaw? {
    for (index, entry) in variables.enumerated() {
      let key = "variables[\(index + 1)]"
      guard entry.required != nil else { return ("\(key).required", "is missing") }
      guard (entry.unseen ?? []).allSatisfy((entry.levels ?? []).contains) else {
        return ("\(key).unseen", "are not levels of it")
      }
      guard entry.variable != nil else { return (key, "has a range or levels that do not fit its type") }
      if variables[..<index].contains(where: { $0.name == entry.name }) { return (key, "stands there twice") }
      if let unknown = entry.foundations.first(where: { name in !variables.contains { $0.name == name } }) {
        return (key, "rests on “\(unknown)”, which is not among the variables")
      }
    }
    let dictionary = dictionary
    if let problem = CohortFilter(dictionary.variables.compactMap(\.appliesWhen)).problem(in: dictionary) {
      return ("variables", problem)
    }
    return nil
  }

  private var termFlaw: Flaw? {
    if terms.isEmpty { return ("terms", "is empty") }
    for (index, term) in terms.enumerated() {
      let key = "terms[\(index + 1)]"
      guard term.range.count == 2, ValueRange(lower: term.range[0], upper: term.range[1]) != nil else {
        return ("\(key).range", "is not a least and a greatest value")
      }
      guard column(of: term) != nil else { return ("\(key).factors", "do not agree with the variables") }
      if term.name == Self.interceptName || terms[..<index].contains(where: { $0.name == term.name }) {
        return ("\(key).name", "stands there twice")
      }
      let isDemanded = term.factors.contains { factor in
        variables.contains { $0.name == factor.variable && $0.required == true }
      }
      guard missing == .meanAndIndicator || isDemanded else {
        return ("\(key).factors", "rest on a variable that must be “required”")
      }
      guard (term.fill == nil) == isDemanded, term.fill?.isFinite != false else {
        return ("\(key).fill", "does not agree with what is required of the variables")
      }
    }
    return nil
  }

  private var estimateFlaw: Flaw? {
    let given = intercept.map { [("intercept", $0.coefficient, $0.profile)] } ?? []
    let all =
      given + terms.enumerated().map { ("terms[\($0 + 1)]", $1.coefficient, $1.profile) }
    for (key, coefficient, profile) in all {
      if !coefficient.isFinite { return ("\(key).coefficient", "is not finite") }
      guard (profile != nil) == (penalty.kind == .firth) else {
        return ("\(key).profile", "does not agree with the penalty")
      }
      guard let profile else { continue }
      guard profile.lower ?? -.infinity <= coefficient, coefficient <= profile.upper ?? .infinity,
        (0...1).contains(profile.p ?? 0)
      else { return ("\(key).profile", "is not an interval about the coefficient and a probability") }
    }
    return nil
  }

  private var covarianceFlaw: Flaw? {
    let names = (intercept == nil ? [] : [Self.interceptName]) + terms.map(\.name)
    if covariance.names != names { return ("covariance.names", "are not the intercept and the terms") }
    let rows = covariance.rows
    guard rows.count == names.count, rows.allSatisfy({ $0.count == names.count }) else {
      return ("covariance.rows", "is not a square of one row for each name")
    }
    let errors =
      (intercept.map { [("intercept", $0.standardError)] } ?? [])
      + terms.enumerated().map { ("terms[\($0 + 1)]", $1.standardError) }
    for row in rows.indices {
      guard rows[row].allSatisfy(\.isFinite), rows[row][row] > 0 else {
        return ("covariance.rows[\(row + 1)]", "is not finite with a positive variance")
      }
      if rows.indices.contains(where: { rows[row][$0] != rows[$0][row] }) {
        return ("covariance.rows[\(row + 1)]", "is not symmetric")
      }
      if errors[row].1 != rows[row][row].squareRoot() {
        return ("\(errors[row].0).standard_error", "is not the root of its variance")
      }
    }
    guard (covariance.patients != nil) == (covariance.kind == .cluster), covariance.patients ?? 1 >= 1 else {
      return ("covariance.patients", "does not agree with the kind")
    }
    return nil
  }

  private var penaltyFlaw: Flaw? {
    switch (penalty.kind, penalty.lambda) {
    case (.ridge, let lambda?) where lambda > 0 && lambda.isFinite: nil
    case (.none, nil), (.firth, nil): nil
    default: ("penalty.lambda", "does not agree with the kind")
    }
  }

  private var countFlaw: Flaw? {
    if rows < 1 { return ("rows", "is not a positive number") }
    if events < 1 || events >= rows { return ("events", "is not between 0 and the rows") }
    if sites < 1 { return ("sites", "is not a positive number") }
    if newtonSteps < 1 { return ("newton_steps", "is not a positive number") }
    // Rounding may lift it a little over the number of coefficients.
    guard effectiveDegrees > 0, effectiveDegrees <= Double(covariance.names.count) + 1e-6 else {
      return ("effective_degrees", "is not between 0 and the number of coefficients")
    }
    return logLikelihood <= 0 && logLikelihood.isFinite
      ? nil : ("log_likelihood", "is not a negative number")
  }
}

extension ModelFile {
  /// Of the variables that the terms rest on, and no others.
  var dictionary: StudyDictionary {
    StudyDictionary(
      name: study.name, title: "", purpose: "", variables: variables.compactMap(\.variable), outcomes: [])
  }

  /// The design column of a term; nil when its factors do not fit the variables.
  func column(of term: Term) -> DesignColumn? {
    let known = variables.compactMap(\.variable)
    let factors = term.factors.compactMap { $0.factor(of: known) }
    guard !factors.isEmpty, factors.count == term.factors.count, term.range.count == 2,
      let range = ValueRange(lower: term.range[0], upper: term.range[1])
    else { return nil }
    return DesignColumn(name: term.name, factors: factors, range: range, isIndicator: false)
  }
}
