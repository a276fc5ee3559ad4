import Testing
import KonsilTesting
import Queries
import Regression
@Suite struct Tmp {
  @Test func tmp() throws {
    var study = DrawnStudy(seed: 8, sites: [40, 30, 20])
    for row in study.rows.indices where study.rows[row].drug == 3 { study.rows[row].ill = 1 }
    var f = try ClearFederation(study.table(), penalty: .firth, predictors: ["age", "drug"])
    do { _ = try f.fit() } catch { print(error) }
    for s in f.newton { print("TMP", s.query.parameters.prefix(7), s.sum.values[0].prefix(1)) }
  }
}
