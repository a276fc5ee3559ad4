/// A running sum that carries its rounding errors along (A. Neumaier, ZAMM 54, 1974), so that its
/// relative error does not grow with the number of terms unless they cancel.
struct CompensatedSum {
  private var sum = 0.0
  private var correction = 0.0

  var value: Double { sum + correction }

  mutating func add(_ term: Double) {
    let next = sum + term
    correction += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  static func of(_ terms: some Sequence<Double>) -> Double {
    var sum = CompensatedSum()
    for term in terms {
      sum.add(term)
    }
    return sum.value
  }
}
