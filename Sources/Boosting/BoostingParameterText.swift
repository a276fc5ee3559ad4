extension BoostingParameter {
  /// The parameter's value as a plan would have it; where it is left to the rows or the objective, in words.
  package func text(in specification: BoostingSpecification) -> String {
    switch kind {
    case .whole(let path, _): "\(specification[keyPath: path])"
    case .optionalWhole(let path, _, let absent): specification[keyPath: path].map { "\($0)" } ?? absent
    case .seed(let path): "\(specification[keyPath: path])"
    case .real(let path, _, _): Self.shortest(specification[keyPath: path])
    case .optionalReal(let path, _, let absent): specification[keyPath: path].map(Self.shortest) ?? absent
    case .growth(let path): specification[keyPath: path].rawValue
    case .leaves(let path): specification[keyPath: path].rawValue
    case .flag(let path): "\(specification[keyPath: path])"
    case .constraints(let path): Self.words(specification[keyPath: path])
    }
  }

  private static func words(_ constraints: [String: Int]) -> String {
    let named = constraints.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return named.isEmpty ? "none" : named.joined(separator: ", ")
  }

  /// Without the point of a whole number.
  private static func shortest(_ value: Double) -> String {
    if value.magnitude < 1e15, let whole = Int(exactly: value) { "\(whole)" } else { "\(value)" }
  }
}
