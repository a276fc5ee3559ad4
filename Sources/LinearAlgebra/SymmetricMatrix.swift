/// A symmetric matrix of doubles, kept as its upper triangle.
package struct SymmetricMatrix: Sendable, Hashable {
  /// The number of rows, which is that of columns.
  package let order: Int

  /// The entries (i, j) with i <= j, row by row: `order * (order + 1) / 2` of them.
  package private(set) var upperTriangle: [Double]

  /// Zero, with `order >= 0` rows and columns.
  package init(order: Int) {
    self.order = order
    upperTriangle = Array(repeating: 0, count: order * (order + 1) / 2)
  }

  /// Nil unless `upperTriangle` has exactly `order * (order + 1) / 2` entries.
  package init?(order: Int, upperTriangle: [Double]) {
    guard order >= 0, order <= Int32.max,
      upperTriangle.count == order * (order + 1) / 2
    else { return nil }
    self.order = order
    self.upperTriangle = upperTriangle
  }

  /// The entry at (i, j), which is that at (j, i), counted from 0; outside is a programming error.
  package subscript(i: Int, j: Int) -> Double {
    get { upperTriangle[index(i, j)] }
    set { upperTriangle[index(i, j)] = newValue }
  }

  package var diagonal: [Double] {
    (0..<order).map { self[$0, $0] }
  }

  /// The matrix with `values[i]` added at (i, i). `values` must have `order` entries.
  package func addingToDiagonal(_ values: [Double]) -> SymmetricMatrix {
    precondition(values.count == order, "the diagonal needs one number a row")
    var result = self
    for (i, value) in values.enumerated() {
      result[i, i] += value
    }
    return result
  }

  /// The product with `v`, which must have `order` entries.
  package func multiply(_ v: [Double]) -> [Double] {
    precondition(v.count == order, "a vector needs one number a column")
    return (0..<order).map { i in
      var sum = 0.0
      for j in 0..<order {
        sum += self[i, j] * v[j]
      }
      return sum
    }
  }

  private func index(_ i: Int, _ j: Int) -> Int {
    let (row, column) = i <= j ? (i, j) : (j, i)
    precondition(row >= 0 && column < order, "index outside the matrix")
    return row * (2 * order - row - 1) / 2 + column
  }
}

extension SymmetricMatrix: Codable {
  private enum CodingKeys: String, CodingKey {
    case order, upperTriangle
  }

  /// Throws `DecodingError.dataCorrupted` where the number of entries is not that of the order.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let order = try container.decode(Int.self, forKey: .order)
    let upperTriangle = try container.decode([Double].self, forKey: .upperTriangle)
    guard let matrix = SymmetricMatrix(order: order, upperTriangle: upperTriangle) else {
      throw DecodingError.dataCorruptedError(
        forKey: .upperTriangle, in: container,
        debugDescription: "\(upperTriangle.count) entries are not a triangle of order \(order)")
    }
    self = matrix
  }
}

extension SymmetricMatrix {
  /// Reads the upper triangle of a column-major matrix whose columns are aligned.
  init(order: Int, denseUpper buffer: borrowing AlignedBuffer) {
    self.init(order: order)
    let stride = AlignedBuffer.leadingDimension(rows: order)
    var position = 0
    for i in 0..<order {
      for j in i..<order {
        upperTriangle[position] = buffer.start[j * stride + i]
        position += 1
      }
    }
  }

  /// The upper triangle of a column-major matrix with aligned columns; zero below the diagonal.
  func denseUpper() -> AlignedBuffer {
    let stride = AlignedBuffer.leadingDimension(rows: order)
    let buffer = AlignedBuffer(count: stride * order)
    var position = 0
    for i in 0..<order {
      for j in i..<order {
        buffer.start[j * stride + i] = upperTriangle[position]
        position += 1
      }
    }
    return buffer
  }

  /// The first entry that is infinite or not a number, in the order of `upperTriangle`.
  var firstNotFinite: (row: Int, column: Int)? {
    for i in 0..<order {
      for j in i..<order where !self[i, j].isFinite {
        return (i, j)
      }
    }
    return nil
  }
}
