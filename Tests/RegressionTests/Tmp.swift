import Testing
import KonsilTesting
import Queries
import Regression
@Suite struct Tmp {
  @Test func tmp() throws {
    var f = try ProgramPlan.folds.federation(seed: 1)
    let q = try f.advance(to: "performance")
    let s = try f.answer(q).sum
    print("TMP", q.segments.map { ($0.name, $0.length) }, q.parameters.prefix(2).map { [$0.bitPattern >> 32, $0.bitPattern & 0xffff_ffff] }, s.values[6].prefix(4).map { $0 / 4 })
    try f.absorb(q, s)
    let r = f.query!
    print("TMP", r.name, r.parameters == q.parameters, f.rule(r) as Any, r.segments)
  }
}
