/// The columns of terms over chosen rows of a table, NaN where a value is missing.
struct TermColumns {
  struct Column {
    let name: String
    var values: [Double]
  }

  let table: PooledTable
  /// Rows of the table.
  let rows: [Int]

  func columns(of term: PooledDesign.Term) throws(PooledReferenceError) -> [Column] {
    switch term {
    case .numeric(let name):
      return [Column(name: name, values: try numbers(name))]
    case .categorical(let name, let levels):
      let places = try self.places(name, levels)
      return levels.indices.dropFirst().map { level in
        let values = places.map { $0.isNaN ? $0 : $0 == Double(level) ? 1 : 0 }
        return Column(name: "\(name)=\(levels[level])", values: values)
      }
    case .ordinal(let name, let levels):
      return [Column(name: name, values: try places(name, levels))]
    case .transformed(let name, let transformation, let per):
      return try transformed(name, transformation, per)
    case .product(let first, let second):
      let (first, second) = (try columns(of: first), try columns(of: second))
      return first.flatMap { a in
        second.map { b in
          // Nothing times what is missing is nothing.
          Column(
            name: "\(a.name)*\(b.name)",
            values: zip(a.values, b.values).map { $0 == 0 || $1 == 0 ? 0 : $0 * $1 })
        }
      }
    case .sites:
      let files = rows.map { table.origins[$0].file }
      var distinct: [String] = []
      for file in files where !distinct.contains(file) { distinct.append(file) }
      return distinct.dropFirst().map { site in
        Column(name: "site=\(site)", values: files.map { $0 == site ? 1 : 0 })
      }
    }
  }

  /// NaN for what is missing.
  func numbers(_ column: String) throws(PooledReferenceError) -> [Double] {
    let texts = try table.column(column)
    var numbers: [Double] = []
    for row in rows {
      if PooledTable.isMissing(texts[row]) {
        numbers.append(.nan)
        continue
      }
      guard let number = Double(texts[row]), number.isFinite else {
        let origin = table.origins[row]
        throw .notANumber(file: origin.file, row: origin.row, column: column)
      }
      numbers.append(number)
    }
    return numbers
  }

  private func places(
    _ column: String, _ levels: [String]
  ) throws(PooledReferenceError) -> [Double] {
    guard !levels.isEmpty else { throw .noReferenceLevel(column: column) }
    let texts = try table.column(column)
    var places: [Double] = []
    for row in rows {
      let place = levels.firstIndex(of: texts[row])
      guard place != nil || PooledTable.isMissing(texts[row]) else {
        let origin = table.origins[row]
        throw .unknownLevel(file: origin.file, row: origin.row, column: column)
      }
      places.append(place.map(Double.init) ?? .nan)
    }
    return places
  }

  private func transformed(
    _ column: String, _ transformation: PooledDesign.Transformation, _ per: Double
  ) throws(PooledReferenceError) -> [Column] {
    guard transformation.isValid else { throw .invalidKnots(column: column) }
    var columns = transformation.names(column).map { Column(name: $0, values: []) }
    for (number, row) in zip(try numbers(column), rows) {
      guard let values = transformation(number) else {
        let origin = table.origins[row]
        throw .notPositive(file: origin.file, row: origin.row, column: column)
      }
      for index in columns.indices { columns[index].values.append(values[index] / per) }
    }
    return columns
  }
}
