import Cohorts

/// Another unit in which a hospital may have written a variable.
struct UnitConversion {
  /// In UCUM; nil for a power of ten that no usual unit stands for.
  let unit: String?
  /// What a value in it is multiplied by to be in the dictionary's unit.
  let factor: Double

  /// The usual units of a variable first.
  static func all(for variable: Variable) -> [UnitConversion] {
    guard let unit = variable.unit else { return [] }
    var found = substances.filter { $0.unit == unit && variable.name.contains($0.name) }
      .map { UnitConversion(unit: $0.other, factor: $0.factor) }
    found += (others[unit] ?? []).map { UnitConversion(unit: $0.unit, factor: $0.factor) }
    found += concentrations(unit)
    for factor in [10, 100, 1000, 0.1, 0.01, 0.001]
    where !found.contains(where: { abs($0.factor / factor - 1) < 1e-9 }) {
      found.append(UnitConversion(unit: nil, factor: factor))
    }
    return found
  }

  /// Such as `in g/dL (times 10)`.
  var words: String {
    let times = factor >= 1 ? "times \(Self.text(factor))" : "divided by \(Self.text(1 / factor))"
    return unit.map { "in \($0) (\(times))" } ?? times
  }

  private static func text(_ value: Double) -> String {
    let rounded = (value * 10_000).rounded() / 10_000
    return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
  }

  /// Amounts by volume or mass, such as g/L: the others of the same kind.
  private static func concentrations(_ unit: String) -> [UnitConversion] {
    let amounts: [(String, Double)] = [("g", 1), ("mg", 1e-3), ("ug", 1e-6), ("ng", 1e-9), ("pg", 1e-12)]
    let moles: [(String, Double)] = [
      ("mmol", 1e-3), ("umol", 1e-6), ("nmol", 1e-9), ("pmol", 1e-12),
    ]
    let volumes: [(String, Double)] = [("dL", 0.1), ("L", 1), ("mL", 1e-3)]
    let masses: [(String, Double)] = [("kg", 1e3), ("g", 1), ("mg", 1e-3)]
    for (above, below) in [(amounts, volumes), (moles, volumes), (amounts, masses), (moles, masses)] {
      let units = below.flatMap { lower in above.map { ("\($0.0)/\(lower.0)", $0.1 / lower.1) } }
      guard let own = units.first(where: { $0.0 == unit })?.1 else { continue }
      return units.map { UnitConversion(unit: $0.0, factor: $0.1 / own) }
        .filter { abs($0.factor - 1) > 1e-9 }
    }
    return []
  }

  private static let others: [String: [(unit: String, factor: Double)]] = [
    "a": [("mo", 1 / 12.0), ("wk", 7 / 365.25), ("d", 1 / 365.25)],
    "mo": [("a", 12), ("d", 12 / 365.25)],
    "d": [("wk", 7), ("h", 1 / 24.0)],
    "s": [("ms", 1e-3), ("min", 60)],
    "kg": [("[lb_av]", 0.453_592_37), ("g", 1e-3)],
    "m": [("cm", 0.01), ("[in_i]", 0.0254)],
    "cm": [("m", 100), ("mm", 0.1), ("[in_i]", 2.54)],
    "mm": [("cm", 10)],
    "mL": [("L", 1000), ("uL", 1e-3)],
    "10*9/L": [("10*6/L", 1e-3)],
    "10*12/L": [("10*9/L", 1e-3)],
    "mm[Hg]": [("kPa", 7.500_617)],
    "%": [("1", 100)],
    "1": [("%", 0.01)],
  ]

  /// From molar masses: haemoglobin's monomer 16 114 g/mol, albumin 66 500, glucose 180.16, creatinine 113.12,
  /// bilirubin 584.7, cholesterol 386.7, urea 60.06, calcidiol 400.6.
  private static let substances: [(name: String, unit: String, other: String, factor: Double)] = [
    ("haemoglobin", "g/L", "mmol/L", 16.114), ("hemoglobin", "g/L", "mmol/L", 16.114),
    ("albumin", "g/L", "umol/L", 0.0665), ("glucose", "mmol/L", "mg/dL", 1 / 18.016),
    ("creatinine", "umol/L", "mg/dL", 88.4), ("bilirubin", "umol/L", "mg/dL", 17.1),
    ("cholesterol", "mmol/L", "mg/dL", 1 / 38.67), ("urea", "mmol/L", "mg/dL", 1 / 6.006),
    ("vitamin_d", "nmol/L", "ng/mL", 2.496),
  ]
}
