import Boosting
import Regression

/// The keys of `algorithm: boosting`. Its `parameters` are those that `BoostingParameter` declares.
extension PlanDocument {
  static let boostingKeys = ["predictors", "objective", "exposure", "weight", "validation", "parameters"]

  static func boosting(_ fields: DocumentFields) throws(DocumentError) -> BoostingSpecification {
    var specification = BoostingSpecification(
      outcome: try fields.required("outcome").name(.column),
      predictors: try fields.required("predictors").distinctNames(.column),
      objective: try fields.optional("objective")?.choice() ?? .logistic)
    specification.exposure = try fields.optional("exposure")?.name(.column)
    specification.weight = try fields.optional("weight")?.name(.column)
    if let validation = fields.optional("validation") {
      switch try self.validation(validation) {
      case .folds(let folds, let repeats, let seed):
        specification.validation = .folds(folds, repeats: repeats, seed: seed)
      case .groups(let groups): specification.validation = .groups(groups)
      case nil: break
      }
    }
    guard let parameters = fields.optional("parameters") else { return specification }
    let known = try parameters.fields(BoostingParameter.all.map(\.name))
    for parameter in BoostingParameter.all {
      guard let value = known.optional(parameter.name) else { continue }
      try read(value, parameter, into: &specification)
    }
    return specification
  }

  private static func read(
    _ value: DocumentValue, _ parameter: BoostingParameter, into specification: inout BoostingSpecification
  ) throws(DocumentError) {
    switch parameter.kind {
    case .whole(let path, let range): specification[keyPath: path] = try value.wholeNumber(in: range)
    case .optionalWhole(let path, let range, absent: _):
      specification[keyPath: path] = try value.wholeNumber(in: range)
    case .seed(let path): specification[keyPath: path] = UInt64(try value.wholeNumber(in: 0...greatestSeed))
    case .real(let path, let range, let above):
      specification[keyPath: path] = try value.number(parameter.bounds) {
        range.contains($0) && !(above && $0 == range.lowerBound)
      }
    case .optionalReal(let path, let range, absent: _):
      specification[keyPath: path] = try value.number(parameter.bounds, where: range.contains)
    case .growth(let path): specification[keyPath: path] = try value.choice()
    case .leaves(let path): specification[keyPath: path] = try value.choice()
    case .flag(let path): specification[keyPath: path] = try value.word(of: ["true", "false"]) == "true"
    case .constraints(let path):
      var constraints: [String: Int] = [:]
      for (name, direction) in try value.namedEntries(.column) {
        constraints[name] = try direction.wholeNumber(in: -1...1)
      }
      specification[keyPath: path] = constraints
    }
  }
}
