import Cohorts

/// The `mess` of an effects document: what messy records of the study are made of.
enum MessFields {
  static func read(
    _ value: DocumentValue, dictionary: StudyDictionary
  ) throws(DocumentError) -> MessDetails {
    let fields = try value.fields([
      "rare_level", "constant", "constant_everywhere", "separating", "unknown_level", "absent_level",
      "accented", "other_units",
    ])
    let recorded = dictionary.variables.filter { $0.formula == nil }.map(\.name)
    func entry(_ key: String, _ check: Check) throws(DocumentError) -> MessDetails.Value? {
      guard let value = fields.optional(key) else { return nil }
      let (name, text) = try value.only(recorded, "variable")
      let entry = MessDetails.Value(variable: name, text: try text.text())
      guard let variable = dictionary.variable(named: name), check.accepts(entry.text, of: variable) else {
        throw text.error("is not \(check.words)", "name another value")
      }
      return entry
    }
    return MessDetails(
      rareLevel: try entry("rare_level", .level), constant: try entry("constant", .value),
      constantEverywhere: try entry("constant_everywhere", .value),
      separating: try entry("separating", .value), unknownLevel: try entry("unknown_level", .noLevel),
      absentLevel: try entry("absent_level", .level), accented: try entry("accented", .accented),
      otherUnits: try fields.optional("other_units").map { (value) throws(DocumentError) in
        try otherUnits(value, dictionary: dictionary)
      } ?? [])
  }

  private static func otherUnits(
    _ value: DocumentValue, dictionary: StudyDictionary
  ) throws(DocumentError) -> [MessDetails.OtherUnit] {
    let measured = dictionary.variables.filter { $0.unit != nil && $0.formula == nil }
    _ = try value.fields(measured.map(\.name))
    return try value.entries().map { (entry) throws(DocumentError) in
      MessDetails.OtherUnit(variable: entry.key, factor: try entry.value.positive())
    }
  }

  /// What a value has to be to its variable.
  private enum Check {
    case level, noLevel, value, accented

    var words: String {
      switch self {
      case .level: "a level of the variable"
      case .noLevel: "a level that the variable lacks"
      case .value: "a value of the variable"
      case .accented: "one of the variable's texts for a missing value with a letter of Latin-1 beyond ASCII"
      }
    }

    func accepts(_ text: String, of variable: Variable) -> Bool {
      switch self {
      case .level: return variable.levels?.contains(text) ?? false
      case .noLevel: return variable.levels.map { !$0.contains(text) } ?? false
      case .accented:
        let scalars = text.unicodeScalars
        return variable.missing.contains(text) && scalars.contains { $0.value >= 0xA0 }
          && scalars.allSatisfy { $0.value < 0x80 || (0xA0...0xFF).contains($0.value) }
      case .value:
        switch variable.kind {
        case .binary: return ["0", "1"].contains(text)
        case .categorical(let levels), .ordinal(let levels): return levels.contains(text)
        case .continuous(let range), .count(let range): return Double(text).map(range.contains) ?? false
        }
      }
    }
  }
}
