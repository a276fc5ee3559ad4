import Cohorts
import Console
import Federation
import Foundation
import Preprocessing

extension ModelFile {
  static let mostBytes = 16 << 20

  /// - Throws: a complaint that names the file and the key.
  package static func read(_ path: String) throws(Complaint) -> ModelFile {
    try decode(LocalFiles.read(path, limit: mostBytes), file: path)
  }

  /// - Parameters:
  ///   - bytes: the whole document.
  ///   - file: its name, for errors.
  package static func decode(_ bytes: [UInt8], file: String) throws(Complaint) -> ModelFile {
    let model: ModelFile
    do {
      model = try JSONDecoder().decode(ModelFile.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw problem(error, file: file)
    } catch {
      throw problem(file, "", "cannot be read as JSON")
    }
    if let key = try unknownKey(in: bytes, model: model, file: file) {
      throw problem(file, key, "is not a key of “konsil: \(format)”")
    }
    if let (key, what) = model.flaw { throw problem(file, key, what) }
    return model
  }

  /// The document; `decode` gives the model back bit for bit.
  package func text() throws -> String { try JSONText.of(self) }

  private static func problem(_ file: String, _ key: String, _ what: String) -> Complaint {
    let place = key.isEmpty ? file : "\(file): \(key)"
    return Complaint(
      .badInput, code: "model-file", "\(place): \(what)",
      advice: "give a model file as konsil writes it, unchanged")
  }

  private static func problem(_ error: DecodingError, file: String) -> Complaint {
    switch error {
    case .keyNotFound(let key, let context):
      problem(file, path(context.codingPath + [key]), "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      problem(file, path(context.codingPath), "has a value of another type")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      problem(file, path(context.codingPath), "has a value that is not allowed")
    default: problem(file, "", "cannot be read as JSON")
    }
  }

  /// Entries of a list are counted from 1.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index + 1)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  /// The first key of the document that writing the model would not give.
  private static func unknownKey(
    in bytes: [UInt8], model: ModelFile, file: String
  ) throws(Complaint) -> String? {
    do {
      let given = try JSONSerialization.jsonObject(with: Data(bytes))
      let known = try JSONSerialization.jsonObject(with: Data(model.text().utf8))
      return unknownKey(given, known, at: "")
    } catch {
      throw problem(file, "", "cannot be read as JSON")
    }
  }

  private static func unknownKey(_ given: Any, _ known: Any, at path: String) -> String? {
    if let given = given as? [String: Any] {
      let known = known as? [String: Any] ?? [:]
      for key in given.keys.sorted() {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let value = given[key], let knownValue = known[key] else { return place }
        if let found = unknownKey(value, knownValue, at: place) { return found }
      }
    } else if let given = given as? [Any], let known = known as? [Any] {
      for (index, pair) in zip(given, known).enumerated() {
        if let found = unknownKey(pair.0, pair.1, at: "\(path)[\(index + 1)]") { return found }
      }
    }
    return nil
  }
}

extension ModelFile {
  /// The key of the first part that does not agree with the others, and what is wrong.
  private var flaw: (key: String, what: String)? {
    if konsil != Self.format { return ("konsil", "is not “\(Self.format)”") }
    if !Algorithm.names.contains(algorithm) { return ("algorithm", "is not one that this program knows") }
    return designFlaw ?? covarianceFlaw ?? countFlaw
  }

  private var designFlaw: (key: String, what: String)? {
    var columns: [(column: DesignColumn, levels: [String]?)] = []
    for (index, entry) in variables.enumerated() {
      guard let variable = entry.variable else {
        return ("variables[\(index + 1)]", "has a range or levels that do not fit its type")
      }
      if variables[..<index].contains(where: { $0.name == entry.name }) {
        return ("variables[\(index + 1)]", "stands there twice")
      }
      columns += DesignColumn.columns(of: variable).map { ($0, variable.levels) }
    }
    guard terms.count == columns.count else {
      return ("terms", "does not have one term for each column of the variables")
    }
    for (index, term) in terms.enumerated() {
      if !term.isOf(columns[index].column, levels: columns[index].levels) {
        return ("terms[\(index + 1)]", "does not agree with its variable")
      }
      if !term.coefficient.isFinite { return ("terms[\(index + 1)].coefficient", "is not finite") }
    }
    return intercept.coefficient.isFinite ? nil : ("intercept.coefficient", "is not finite")
  }

  private var covarianceFlaw: (key: String, what: String)? {
    let names = [Self.interceptName] + terms.map(\.name)
    if covariance.names != names { return ("covariance.names", "are not the intercept and the terms") }
    let rows = covariance.rows
    guard rows.count == names.count, rows.allSatisfy({ $0.count == names.count }) else {
      return ("covariance.rows", "is not a square of one row for each name")
    }
    for row in rows.indices {
      guard rows[row].allSatisfy(\.isFinite), rows[row][row] > 0 else {
        return ("covariance.rows[\(row + 1)]", "is not finite with a positive variance")
      }
      if rows.indices.contains(where: { rows[row][$0] != rows[$0][row] }) {
        return ("covariance.rows[\(row + 1)]", "is not symmetric")
      }
      let (error, key) =
        row == 0
        ? (intercept.standardError, "intercept") : (terms[row - 1].standardError, "terms[\(row)]")
      if error != rows[row][row].squareRoot() {
        return ("\(key).standard_error", "is not the root of its variance")
      }
    }
    return nil
  }

  private var countFlaw: (key: String, what: String)? {
    if rows < 1 { return ("rows", "is not a positive number") }
    if events < 1 || events >= rows { return ("events", "is not between 0 and the rows") }
    if sites < 1 { return ("sites", "is not a positive number") }
    if newtonSteps < 1 { return ("newton_steps", "is not a positive number") }
    if !(lambda >= 0 && lambda.isFinite) { return ("lambda", "is not a number from 0") }
    return logLikelihood <= 0 && logLikelihood.isFinite
      ? nil : ("log_likelihood", "is not a negative number")
  }
}
