import PooledReference
import Testing

// The reference numbers come from this script (Python 3.11, statsmodels 0.15.0, scikit-learn 1.9.1):
//
//   import numpy as np, statsmodels.api as sm
//   from sklearn.linear_model import LogisticRegression
//   state = 20240607
//   def draw(bound):
//     global state
//     state = (state * 1103515245 + 12345) % 2**31
//     return state // 65536 % bound
//   x, y = [], []
//   for _ in range(150):
//     age, dose, site = 20 + draw(60), draw(1000) / 8, "abc"[draw(3)]
//     risk = 2 * age + dose + (40 if site == "b" else 0)
//     x.append([1, age, dose, site == "b", site == "c"]); y.append(draw(300) < risk)
//   x, y = np.array(x, float), np.array(y, float)
//   fit = sm.Logit(y, x).fit(tol=1e-15, maxiter=50, disp=0)
//   print(list(fit.params), list(fit.bse), fit.llf, fit.cov_params()[1, 2])
//   mean, deviation = x[:, 1:].mean(0), x[:, 1:].std(0)
//   z = (x[:, 1:] - mean) / deviation
//   ridge = LogisticRegression(C=1 / 3, solver="newton-cholesky", tol=1e-14).fit(z, y)
//   b = ridge.coef_[0] / deviation
//   print(list(ridge.intercept_ - b @ mean) + list(b))
//   p = ridge.predict_proba(z)[:, 1]
//   z = np.column_stack([np.ones(150), z])
//   covariance = np.linalg.inv(z.T @ (z.T * p * (1 - p)).T + 3 * np.diag([0, 1, 1, 1, 1]))
//   t = np.diag([1, *1 / deviation]); t[0, 1:] = -mean / deviation
//   print(list(np.sqrt(np.diag(t @ covariance @ t.T))))
//
// Newton's method in 40 digits (mpmath 1.4.1) agrees with all of them to 14 digits.

@Suite("The pooled logistic fit against other programs")
struct LogisticReferenceTests {
  @Test("equals statsmodels without a penalty")
  func unpenalised() throws {
    let fit = try LogisticFit(DrawnRecords.design())
    #expect(fit.names == ["(intercept)", "age", "dose", "site=b", "site=c"])
    expectClose(
      fit.coefficients,
      [
        -1.0326920135393742, 0.02163865125148846, 0.008846929797716584, 0.2839281993047737,
        0.11120987915792134,
      ], within: 1e-12)
    expectClose(
      fit.standardErrors,
      [
        0.6805855607885871, 0.011003452466917004, 0.005051375453111202, 0.4347797227969413,
        0.44837626865310376,
      ], within: 1e-12)
    expectClose([fit.logLikelihood], [-91.97817532037676], within: 1e-13)
    expectClose([fit.covariance[1][2]], [-4.788845276113505e-06], within: 1e-11)
    #expect(fit.iterations <= 10)
  }

  @Test("equals scikit-learn with a ridge penalty")
  func ridge() throws {
    let fit = try LogisticFit(DrawnRecords.design(), ridge: 3)
    expectClose(
      fit.coefficients,
      [
        -0.8690752341347506, 0.019737621513174517, 0.008075241164233709, 0.2355786401542745,
        0.07076016424505013,
      ], within: 1e-12)
    expectClose(
      fit.standardErrors,
      [
        0.63884166688035529, 0.010413453116599298, 0.0047743693831752844, 0.40166734937792661,
        0.41415140671436007,
      ], within: 1e-12)
  }
}
