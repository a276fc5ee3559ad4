import ArgumentParser
import Boosting
import Cohorts
import Foundation

struct MatrixOptions: ParsableArguments {
  @Option(help: "Doubles of this machine: the outcome, 0 or 1, then column after column.")
  var matrix: String
  @Option var rows: Int
  @Option(help: "Without the outcome.")
  var columns: Int
}

/// Records from a file of plain numbers.
struct Matrix {
  static let outcome = "outcome"

  let names: [String]
  let dictionary: StudyDictionary
  private let columns: [[Double]]
  private let outcomes: [Double]

  init(_ options: MatrixOptions) throws {
    let (rows, count) = (options.rows, options.columns)
    guard rows > 0, count > 0, let file = FileHandle(forReadingAtPath: options.matrix) else {
      throw BenchFault("there is no such file, or nothing in it")
    }
    defer { try? file.close() }
    // Column by column, so that the memory of reading is no part of the peak.
    let all = try (0...count).map { _ in
      let data = try file.read(upToCount: 8 * rows) ?? Data()
      guard data.count == 8 * rows else {
        throw BenchFault("the file has not \(count + 1) columns of \(rows) doubles")
      }
      return data.withUnsafeBytes { bytes in
        (0..<rows).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
    }
    outcomes = all[0]
    columns = Array(all.dropFirst())
    names = (0..<count).map { "x\($0)" }
    let variables = try zip(names, columns).map { name, column in
      guard let least = column.min(), let most = column.max(),
        let range = ValueRange(lower: least - 1, upper: most + 1)
      else { throw BenchFault("column \(name) has no range") }
      return Variable(
        name: name, label: name, kind: .continuous(range), unit: "1", codes: [:], missing: [])
    }
    dictionary = StudyDictionary(
      name: "bench", title: "Benchmark", purpose: "Measuring.", variables: variables,
      outcomes: [Outcome(name: Self.outcome, label: "Event", definition: "Given.")])
  }

  /// Every `sites`-th row.
  func cohort(of site: Int, sites: Int) throws -> Cohort {
    let isAll = sites == 1
    let rows = Array(stride(from: site, to: outcomes.count, by: sites))
    var own: [String: Column] = [
      Self.outcome: .numbers(isAll ? outcomes : rows.map { outcomes[$0] })
    ]
    for (name, column) in zip(names, columns) {
      own[name] = .numbers(isAll ? column : rows.map { column[$0] })
    }
    guard let cohort = Cohort(rowCount: rows.count, columns: own) else { throw BenchFault("no cohort") }
    return cohort
  }

  /// The mean logarithmic loss of a model over some of the rows it was trained on.
  func loss(of model: TreeModel) -> Double {
    let most = min(outcomes.count, 20_000)
    let sum = (0..<most).reduce(0.0) { sum, row in
      let score = model.real(model.score(columns.map { Float($0[row]) })[0])
      return sum + PortableMath.softplus(score) - outcomes[row] * score
    }
    return sum / Double(most)
  }
}
