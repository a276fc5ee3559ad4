/// The largest `|a_j - b_j| / max(|b_j|, se_j)`, a coefficients and b a reference with its standard
/// errors, entry by entry: how far a fit is from the reference, in units that neither a coefficient
/// near zero nor the scale of its column distorts. 0 for none; NaN where any number is NaN.
/// Throws `unequalCounts`.
package func maxDifference(
  coefficients: [Double], reference: [Double], standardErrors: [Double]
) throws(PooledReferenceError) -> Double {
  guard coefficients.count == reference.count, reference.count == standardErrors.count else {
    throw .unequalCounts(
      coefficients: coefficients.count, reference: reference.count,
      standardErrors: standardErrors.count)
  }
  return coefficients.indices.reduce(0) { largest, j in
    let difference = abs(coefficients[j] - reference[j])
    let error = standardErrors[j]
    guard !largest.isNaN, !difference.isNaN, !error.isNaN else { return .nan }
    return difference == 0 ? largest : max(largest, difference / max(abs(reference[j]), error))
  }
}
