import Foundation
import PooledReference
import Testing

// The reference numbers come from this script (Python 3.11, statsmodels 0.15.0), after the one in
// LogisticReferenceTests.swift has drawn x and y and made z, the ridge fit's p and mean:
//
//   row = np.arange(150)
//   w, patient = 1.0 + row % 3, row // 3
//   cluster = {"cov_type": "cluster", "cov_kwds": {"groups": patient}}
//   print(list(sm.Logit(y, x).fit(tol=1e-15, maxiter=50, disp=0, **cluster).bse))
//   rep = np.repeat(row, w.astype(int))
//   frequency = sm.Logit(y[rep], x[rep]).fit(tol=1e-15, maxiter=50, disp=0)
//   print(list(frequency.params), list(frequency.bse), frequency.llf)
//   sampling = sm.GLM(y, x, family=sm.families.Binomial(), var_weights=w)
//   print(list(sampling.fit(tol=1e-15, maxiter=50, cov_type="HC0").bse))
//   print(list(sampling.fit(tol=1e-15, maxiter=50, **cluster).bse))
//   information = z.T @ (z.T * p * (1 - p)).T
//   print(np.trace(np.linalg.solve(information + 3 * np.diag([0, 1, 1, 1, 1]), information)))

@Suite("Weights, clusters and degrees of freedom of the pooled fit")
struct RobustErrorsTests {
  @Test("standard errors by cluster are statsmodels'")
  func clusters() throws {
    let fit = try LogisticFit(DrawnRecords.design(clusters: "patient"), errors: .clusters)
    expectClose(
      fit.standardErrors,
      [
        0.658517574224558, 0.011441401678178155, 0.005369678655506089, 0.44160073349612217,
        0.378091252937073,
      ], within: 1e-11)
  }

  @Test("a frequency weight is so many equal rows, as statsmodels fits them")
  func frequencies() throws {
    let fit = try LogisticFit(DrawnRecords.design(weights: "weight"))
    expectClose(
      fit.coefficients,
      [
        -1.131841594026266, 0.02469333427273379, 0.006985102512590877, 0.27612050775925107,
        -0.011612426394542625,
      ], within: 1e-11)
    expectClose(
      fit.standardErrors,
      [
        0.46474878324587343, 0.0076833426836138774, 0.0035436411122642883, 0.3004619351767486,
        0.32096669751972373,
      ], within: 1e-11)
    expectClose([fit.logLikelihood], [-187.66095817089155], within: 1e-13)
  }

  @Test("standard errors with sampling weights are statsmodels', by row and by cluster")
  func sampling() throws {
    let design = try DrawnRecords.design(weights: "weight", clusters: "patient")
    expectClose(
      try LogisticFit(design, errors: .rows).standardErrors,
      [
        0.7270114097239526, 0.012397810346355212, 0.0050217796387564285, 0.4764080826846938,
        0.46418324361149776,
      ], within: 1e-11)
    expectClose(
      try LogisticFit(design, errors: .clusters).standardErrors,
      [
        0.7526418421004194, 0.013262637105999099, 0.005278672419595428, 0.4872531926145841,
        0.4089192577131134,
      ], within: 1e-11)
  }

  @Test("standard errors by cluster of an intercept alone follow from the sums of the clusters")
  func interceptAlone() throws {
    // Two of three, none of two and one of one are ill, so p is a half.
    let text = "ill,patient\n1,a\n1,a\n0,a\n0,b\n0,b\n1,c\n"
    let design = try PooledDesign(
      PooledTable(texts: [("a.csv", text)]), terms: [], outcome: "ill", clusters: "patient")
    let fit = try LogisticFit(design, errors: .clusters)
    // Scores ½, -1 and ½ over the squared information 6/4, times 3/2 · 5/5.
    let variance = (0.25 + 1 + 0.25) / (1.5 * 1.5) * 1.5
    #expect(abs(fit.standardErrors[0] - variance.squareRoot()) < 1e-14)
    #expect(throws: PooledReferenceError.noClusters) {
      try LogisticFit(DrawnRecords.design(), errors: .clusters)
    }
  }

  @Test("degrees of freedom are the coefficients, less what the penalty shrinks away")
  func degreesOfFreedom() throws {
    let design = try DrawnRecords.design()
    #expect(abs(try LogisticFit(design).effectiveDegreesOfFreedom - 5) < 1e-12)
    let ridge = try LogisticFit(design, ridge: 3).effectiveDegreesOfFreedom
    #expect(abs(ridge - 4.597464521312867) < 1e-11)
    #expect(abs(try LogisticFit(design, ridge: 1e12).effectiveDegreesOfFreedom - 1) < 1e-9)
  }

  @Test("refuses a weight that is not above 0")
  func weights() {
    #expect(throws: PooledReferenceError.notPositive(file: "a.csv", row: 3, column: "w")) {
      try PooledDesign(
        PooledTable(texts: [("a.csv", "ill,w\n1,2\n0,0\n")]), terms: [], outcome: "ill", weights: "w")
    }
  }
}
