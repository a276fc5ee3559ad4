import Federation
import Preprocessing

/// The `predictors` of a plan: variables, variables with options, and interactions.
extension PlanDocument {
  private static let form = "write “- age”, “- age: {per: 10}” or “- interaction: [age, sex]”"

  static func terms(_ value: DocumentValue) throws(DocumentError) -> [PlannedTerm] {
    var terms: [PlannedTerm] = []
    for item in try value.list() {
      let term = try term(item)
      guard !terms.contains(term) else {
        throw item.error(
          "repeats “\(term.variables.joined(separator: " × "))”", "keep each entry of the list once")
      }
      terms.append(term)
    }
    guard !terms.isEmpty else { throw value.error("is an empty list", "name at least one entry") }
    return terms
  }

  private static func term(_ item: DocumentValue) throws(DocumentError) -> PlannedTerm {
    if case .scalar = item.node.content { return .predictor(PlannedPredictor(try item.name(.column))) }
    guard case .mapping(let entries) = item.node.content else {
      throw item.error("is not a predictor", form)
    }
    // “- age:” with “per: 10” on the next line at the dash's indentation is one mapping of two keys.
    guard entries.count == 1 else {
      throw item.error(
        "has \(entries.count) keys, and an entry is of one variable", "\(form), options in braces")
    }
    let (key, value) = try item.namedEntries(.column)[0]
    return key == "interaction" ? try interaction(value) : .predictor(try predictor(key, value))
  }

  private static func interaction(_ value: DocumentValue) throws(DocumentError) -> PlannedTerm {
    let names = try value.distinctNames(.column)
    guard names.count == 2 else {
      throw value.error("names \(names.count) variables", "name two: “[age, sex]”")
    }
    return .interaction(names[0], names[1])
  }

  private static func predictor(
    _ variable: String, _ value: DocumentValue
  ) throws(DocumentError) -> PlannedPredictor {
    let fields = try value.fields(["reference", "transform", "hinge", "spline", "per", "coding"])
    guard ["transform", "hinge", "spline"].count(where: fields.has) < 2 else {
      throw value.error("mixes transform, hinge and spline", "keep one of them, or name the variable twice")
    }
    return PlannedPredictor(
      variable, transformation: try transformation(fields),
      per: try fields.optional("per")?.number("a number above 0") { $0 > 0 } ?? 1,
      coding: try fields.optional("coding")?.choice() ?? .linear,
      reference: try fields.optional("reference")?.text())
  }

  private static func transformation(
    _ fields: DocumentFields
  ) throws(DocumentError) -> PlannedPredictor.Transformation {
    if let word = try fields.optional("transform")?.word(of: ["log", "log1p"]) {
      return word == "log" ? .log : .log1p
    }
    if let knot = try fields.optional("hinge")?.number() { return .hinge(knot) }
    if let knots = try fields.optional("spline")?.wholeNumber(in: PlannedPredictor.knotRange) {
      return .spline(knots: knots)
    }
    return .none
  }
}
