import Foundation

/// The least-squares solution of `A x ≈ b` by Householder reflections (Golub and Van Loan, Matrix
/// Computations, 5.2.1 and 5.3.2), without forming `Aᵀ A`.
struct HouseholderQR {
  /// R, column by column: `triangle[j][i]` for i <= j.
  private let triangle: [[Double]]
  private let rotated: [Double]

  /// The first column that follows from those before it: what is left of it after the reflections
  /// is at most `tolerance` times its length. Nil where the columns are independent.
  let dependentColumn: Int?

  /// `columns` are those of A, each as long as `b`.
  init(_ columns: [[Double]], _ b: [Double], tolerance: Double) {
    var columns = columns
    var b = b
    var dependent: Int?
    for k in columns.indices {
      let length = Self.norm(columns[k], from: 0)
      let rest = Self.norm(columns[k], from: k)
      guard rest > tolerance * length else {
        dependent = k
        break
      }
      // The reflector is v = x ± |x| e, with the sign that does not cancel.
      var reflector = Array(columns[k][k...])
      let corner = reflector[0] > 0 ? -rest : rest
      reflector[0] -= corner
      let scale = 1 / (rest * (rest + abs(columns[k][k])))
      for j in columns.indices where j > k {
        Self.reflect(&columns[j], by: reflector, scale, from: k)
      }
      Self.reflect(&b, by: reflector, scale, from: k)
      columns[k][k] = corner
    }
    triangle = columns.indices.map { j in Array(columns[j].prefix(j + 1)) }
    rotated = Array(b.prefix(columns.count))
    dependentColumn = dependent
  }

  /// The x that minimises |A x - b|. The columns must be independent.
  func solution() -> [Double] {
    var x = rotated
    for i in x.indices.reversed() {
      for j in i + 1..<x.count {
        x[i] -= triangle[j][i] * x[j]
      }
      x[i] /= triangle[i][i]
    }
    return x
  }

  /// `T (Aᵀ A)⁻¹ Tᵀ`, row by row, where `transform` is the linear map T. The columns must be
  /// independent.
  func inverseGram(_ transform: ([Double]) -> [Double] = { $0 }) -> [[Double]] {
    let factor = inverseTriangle().map(transform)
    return triangle.indices.map { a in
      triangle.indices.map { b in CompensatedSum.of(factor.lazy.map { $0[a] * $0[b] }) }
    }
  }

  /// `½ log det(Aᵀ A)`. The columns must be independent.
  var halfLogDeterminant: Double {
    CompensatedSum.of(triangle.indices.lazy.map { log(abs(triangle[$0][$0])) })
  }

  /// The diagonal of `A (Aᵀ A)⁻¹ Aᵀ`, row by row: the squared lengths of the rows of `A R⁻¹`.
  /// `columns` are those of A, and must be independent.
  func leverages(of columns: [[Double]]) -> [Double] {
    var rotated: [[Double]] = []
    for (j, column) in columns.enumerated() {
      var rest = column
      for (i, earlier) in rotated.enumerated() {
        for row in rest.indices { rest[row] -= triangle[j][i] * earlier[row] }
      }
      rotated.append(rest.map { $0 / triangle[j][j] })
    }
    return (columns.first ?? []).indices.map { row in
      CompensatedSum.of(rotated.lazy.map { $0[row] * $0[row] })
    }
  }

  /// The columns of R⁻¹.
  private func inverseTriangle() -> [[Double]] {
    triangle.indices.map { column in
      var x = [Double](repeating: 0, count: triangle.count)
      for i in (0...column).reversed() {
        var sum = i == column ? 1.0 : 0.0
        for j in i + 1..<column + 1 {
          sum -= triangle[j][i] * x[j]
        }
        x[i] = sum / triangle[i][i]
      }
      return x
    }
  }

  private static func norm(_ column: [Double], from first: Int) -> Double {
    let entries = column.dropFirst(first)
    let largest = entries.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return 0 }
    return largest
      * CompensatedSum.of(entries.lazy.map { ($0 / largest) * ($0 / largest) }).squareRoot()
  }

  private static func reflect(
    _ column: inout [Double], by reflector: [Double], _ scale: Double, from first: Int
  ) {
    var product = CompensatedSum()
    for (offset, entry) in reflector.enumerated() {
      product.add(entry * column[first + offset])
    }
    let factor = product.value * scale
    for (offset, entry) in reflector.enumerated() {
      column[first + offset] -= factor * entry
    }
  }
}
