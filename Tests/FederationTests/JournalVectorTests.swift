import Cohorts
import Federation
import KonsilTesting
import Regression
import SecureAggregation
import Testing

@Suite("As the vectors say")
struct JournalVectorTests {
  @Test("is every kind of line of a journal, and the chain of all")
  func lines() throws {
    let known: JournalVectors = try Vectors.read("journal")
    var journal = Journal()
    for line in known.lines {
      let record = journal.append(try line.event.event())
      #expect(record.number == line.number)
      #expect(record.previous.bytes == line.previous.bytes, "line \(line.number)")
      #expect(record.digest.bytes == line.digest.bytes, "line \(line.number)")
    }
    #expect(
      Set(known.lines.map(\.event.kind)) == ["roster", "decision", "epoch", "peer", "step", "verified"])
  }

  @Test("is what a plan is about: its filter, its groups of sites, its sites")
  func rosterEntry() throws {
    let known: RosterEntryVectors = try Vectors.read("roster-entry")
    let review = try Review(sites: 4)
    func entry(_ plan: Plan) throws -> RosterEntry {
      try #require(plan.rosterEntry(study: review.study, snapshot: Review.snapshot))
    }
    for filter in known.filters {
      let plan = review.plan(filter: CohortFilter(filter.conditions.map(\.condition)))
      #expect(try entry(plan).filter.bytes == filter.digest.bytes, "\(filter)")
    }
    for groups in known.groups {
      var specification = LogisticSpecification(
        outcome: SmallTable.outcome, predictors: ["age", "smoker"], penalty: .none)
      specification.validation = .groups(groups.groups)
      let plan = review.plan(algorithm: .logistic(specification))
      #expect(try entry(plan).groups?.bytes == groups.digest.bytes, "\(groups)")
    }
    let parties = try known.sites.map {
      Party(name: $0.name, key: try #require(IdentityKey(bytes: $0.identityKey.bytes)))
    }
    let study = Study(
      dictionary: review.study.dictionary, sites: parties, researchers: [], limits: review.study.limits,
      recordKey: review.study.recordKey)
    let plan = review.plan(sites: parties.map(\.name))
    #expect(plan.rosterEntry(study: study, snapshot: Review.snapshot)?.sites == known.sites.map(\.entry))
  }

  @Test("are the signatures of a study, a plan and an order to run")
  func orders() throws {
    let known: OrderVectors = try Vectors.read("orders")
    let statement = RunOffer.statement(run: known.run, plan: Digest(of: known.plan.bytes))
    #expect(known.runSignature.message.bytes == statement)
    #expect(known.planSignature.message.bytes == known.plan.bytes)
    let signed: [(SignatureLabel, OrderVectors.Signed)] = [
      (.study, known.studySignature), (.plan, known.planSignature), (.run, known.runSignature),
    ]
    for (label, signed) in signed {
      let signer = try #require(SigningKey(seed: signed.identitySeed.bytes))
      let signature = try #require(Signature(bytes: signed.signature.bytes))
      #expect(signer.identity.bytes == signed.identityKey.bytes)
      for other in SignatureLabel.allCases {
        #expect(signer.identity.verifies(signature, other, signed.message.bytes) == (other == label))
      }
    }
  }
}
