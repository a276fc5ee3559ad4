import Cohorts
import Foundation

/// Makes simulated records messy. All but the missing values and the dates, which come from a stream of the site's own,
/// follows from the records alone.
struct MessMaker {
  let dictionary: StudyDictionary
  let effects: CohortEffects
  let seed: UInt64

  private var details: MessDetails { effects.mess }

  /// - Parameter kinds: of these, what the effects have details for is done.
  func apply(_ kinds: Set<Mess>, to tables: inout [SimulatedTable]) {
    // Later ones, such as decimal commas, work on what earlier ones wrote.
    for kind in Self.order where kinds.contains(kind) {
      if kind == .sharedPatients {
        share(&tables)
        continue
      }
      let place = kind.place(among: tables.count)
      for index in tables.indices where place == nil || place == index {
        if apply(kind, to: &tables[index]) { tables[index].mess.append(kind) }
      }
    }
  }

  private static let order: [Mess] = [
    .absentLevel, .separating, .constantEverywhere, .constant, .rareLevel, .unknownLevel, .missing,
    .otherUnits,
    .sharedPatients, .duplicates, .latin1, .dateFormats, .decimalComma,
  ]

  /// - Returns: whether there was something to do.
  private func apply(_ kind: Mess, to table: inout SimulatedTable) -> Bool {
    switch kind {
    case .absentLevel: details.absentLevel != nil
    case .separating: separate(&table)
    case .constantEverywhere: set(details.constantEverywhere, in: &table) { Array($0) }
    case .constant: set(details.constant, in: &table) { Array($0) }
    case .rareLevel: set(details.rareLevel, in: &table) { Self.few($0, share: 30, least: 2) }
    case .unknownLevel: set(details.unknownLevel, in: &table) { Self.few($0, share: 40) }
    case .missing: removeValues(&table)
    case .otherUnits: changeUnits(&table)
    case .duplicates: duplicate(&table)
    case .latin1: writeLatin1(&table)
    case .dateFormats: addDates(&table)
    case .decimalComma: writeDecimalCommas(&table)
    case .sharedPatients: false
    }
  }

  /// Writes a value into those of the rows in which the variable applies that `choose` names.
  private func set(
    _ value: MessDetails.Value?, in table: inout SimulatedTable, _ choose: ([Int]) -> [Int]
  ) -> Bool {
    guard let value, let column = table.header.firstIndex(of: value.variable) else { return false }
    for row in choose(Self.filled(column, of: table)) { table.rows[row][column] = value.text }
    return true
  }

  private func separate(_ table: inout SimulatedTable) -> Bool {
    guard let value = details.separating, let column = table.header.firstIndex(of: value.variable) else {
      return false
    }
    for row in table.rows.indices where table.rows[row][column] == value.text {
      table.rows[row][table.outcomeColumn] = "1"
    }
    return true
  }

  private func removeValues(_ table: inout SimulatedTable) -> Bool {
    var random = SeededRandom(seed: seed, purpose: "missing \(table.site)")
    let shares = table.header.map { name in effects.variables.first { $0.variable == name }?.missing ?? 0 }
    for row in table.rows.indices {
      for (column, share) in shares.enumerated() where share > 0 && random.uniform() < share {
        table.rows[row][column] = ""
      }
    }
    return true
  }

  private func changeUnits(_ table: inout SimulatedTable) -> Bool {
    for unit in details.otherUnits {
      guard let column = table.header.firstIndex(of: unit.variable) else { continue }
      for row in stride(from: 0, to: table.rows.count, by: 3) {
        let text = table.rows[row][column]
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        let places = decimals + Int(max(0, -log10(unit.factor)).rounded(.up))
        let written = Double(text).flatMap { DecimalText($0 * unit.factor, decimals: min(places, 9)) }
        if let written { table.rows[row][column] = written.text }
      }
    }
    return !details.otherUnits.isEmpty
  }

  private func duplicate(_ table: inout SimulatedTable) -> Bool {
    table.rows += Self.few(Array(table.rows.indices), share: 40).map { table.rows[$0] }
    return true
  }

  /// Gives a site some patients of the one before it.
  private func share(_ tables: inout [SimulatedTable]) {
    guard tables.count > 1, let to = Mess.sharedPatients.place(among: tables.count) else { return }
    let from = tables[(to + tables.count - 1) % tables.count]
    for row in Self.few(Array(from.rows.indices), share: 40) {
      let key = SimulatedTable.key(site: tables[to].site, number: tables[to].rows.count + 1)
      tables[to].rows.append([key] + from.rows[row].dropFirst())
    }
    tables[to].mess.append(.sharedPatients)
  }

  private func writeLatin1(_ table: inout SimulatedTable) -> Bool {
    guard set(details.accented, in: &table, { Self.few($0, share: 20, least: 2) }) else { return false }
    table.encoding = .latin1
    return true
  }

  private func addDates(_ table: inout SimulatedTable) -> Bool {
    var random = SeededRandom(seed: seed, purpose: "dates \(table.site)")
    table.header.insert("index_date", at: 1)
    for row in table.rows.indices {
      let year = "\(2015 + random.next() % 9)"
      let month = padded(1 + Int(random.next() % 12), width: 2)
      let day = padded(1 + Int(random.next() % 28), width: 2)
      let forms = ["\(year)-\(month)-\(day)", "\(day).\(month).\(year)", "\(month)/\(day)/\(year)"]
      table.rows[row].insert(forms[row % 3], at: 1)
    }
    return true
  }

  private func writeDecimalCommas(_ table: inout SimulatedTable) -> Bool {
    table.separator = ";"
    for variable in dictionary.variables where variable.levels == nil {
      guard let column = table.header.firstIndex(of: variable.name) else { continue }
      for row in table.rows.indices where Double(table.rows[row][column]) != nil {
        table.rows[row][column] = String(table.rows[row][column].map { $0 == "." ? "," : $0 })
      }
    }
    return true
  }

  /// The rows with something in a column.
  private static func filled(_ column: Int, of table: SimulatedTable) -> [Int] {
    table.rows.indices.filter { !table.rows[$0][column].isEmpty }
  }

  /// One in so many of the rows, at least `least` of them where there are so many, evenly among them.
  private static func few(_ rows: [Int], share: Int, least: Int = 1) -> [Int] {
    let count = min(rows.count, max(least, rows.count / share))
    return (0..<count).map { rows[$0 * rows.count / count] }
  }
}
