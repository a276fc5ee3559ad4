import KonsilTesting
import Queries
import SecureAggregation
import Testing

private struct BadFile: Decodable {
  struct Change: Decodable {
    let site: String?
    let attempt: Vectors.Hex?
    let vector: [Vectors.Word]?
    let signature: Vectors.Hex?

    func applied(to contribution: SignedContribution) throws -> SignedContribution {
      SignedContribution(
        site: site ?? contribution.site,
        attempt: try #require(Digest(bytes: attempt?.bytes ?? contribution.attempt.bytes)),
        vector: vector?.map(\.value) ?? contribution.vector,
        signature: try #require(Signature(bytes: signature?.bytes ?? contribution.signature.bytes)))
    }
  }
  struct Case: Decodable {
    let why: String
    let change: Change
    let code: String
  }
  let cases: [Case]
  let cancelsNot: Case
}

@Suite("Steps made in Python")
struct FixedStepVectorTests {
  @Test(
    "have the same names, elements, masked vectors and signatures here, step after step",
    arguments: ["fixed-step", "rings"], 0..<4)
  func site(file: String, index: Int) throws {
    let known = try FixedStepVectors.read(file)
    var phase = try known.maskPhase(index)
    let signer = try known.sites[index].signer()
    #expect(known.steps.count == (file == "rings" ? 2 : 3))
    for step in known.steps {
      let attempt = try known.attempt(step)
      let expected = step.contributions[index]
      #expect(attempt.digest.bytes == step.attempt.bytes)
      if let elements = expected.elements {
        let own = try known.contribution(step, index).take()
        #expect(own == elements.map(\.value))
      }
      for pair in step.maskKeys where pair.lower == index || pair.higher == index {
        let peer = pair.lower == index ? pair.higher : pair.lower
        let root = phase.withUnsafeRoots { Array($0[32 * peer..<32 * peer + 32]) }
        let key = try exposed(
          KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: attempt.digest))
        #expect(key == pair.key.bytes)
      }
      let sent = try phase.mask(
        try known.contribution(step, index), attempt, withheld: expected.withheld.value, signer: signer)
      #expect(sent.site == expected.site)
      #expect(sent.attempt.bytes == step.attempt.bytes)
      if let vector = expected.vector { #expect(sent.vector == vector.map(\.value)) }
      #expect(VectorDigest.digest(of: sent.vector).bytes == expected.vectorDigest.bytes)
      #expect(
        SignedContribution.statement(attempt: sent.attempt, site: sent.site, vector: sent.vector)
          == expected.statement.bytes)
      #expect(sent.signature.bytes == expected.signature.bytes)
    }
    let roots = phase.withUnsafeRoots { Array($0) }
    for peer in 0..<4 where peer != index {
      #expect(
        Array(roots[32 * peer..<32 * peer + 32])
          == FixedStepVectors.root(known.lastRoots, index, peer))
    }
  }

  @Test(
    "sum to the vectors' sums, or are void",
    arguments: [("fixed-step", ["sum", "void"]), ("rings", ["sum"])])
  func sums(file: String, outcomes: [String]) throws {
    let known = try FixedStepVectors.read(file)
    let roster = try known.roster()
    for step in known.steps where step.sum != nil {
      let outcome = try Summation.outcome(
        of: try known.messages(step), try known.attempt(step), roster)
      switch outcome {
      case .sum(let elements):
        #expect(step.outcome == "sum")
        #expect(elements == step.sum?.map(\.value))
        #expect(VectorDigest.digest(of: elements).bytes == step.sumDigest.bytes)
      case .void: #expect(step.outcome == "void")
      }
    }
    #expect(Set(known.steps.map(\.outcome)) == Set(outcomes))
  }

  @Test("refuse every bad contribution of the vectors, and add nothing of it")
  func bad() throws {
    let known = try FixedStepVectors.read()
    let step = known.steps[0]
    let good = try known.messages(step)
    let file: BadFile = try Vectors.read("contribution-bad")
    var summation = Summation(try known.attempt(step), roster: try known.roster())
    for message in good where message.site != "strasbourg" { try summation.add(message) }
    #expect(file.cases.count >= 10)
    for test in file.cases {
      let changed = try test.change.applied(to: good[1])
      let code = try #require(ProtocolFault.Code(rawValue: test.code))
      expectFault(code, site: changed.site, test.why) { try summation.add(changed) }
      #expect(summation.missing == ["strasbourg"])
    }
    try summation.add(good[1])
    #expect(try summation.outcome() == .sum(try #require(step.sum).map(\.value)))
  }

  @Test("do not stand when a mask is changed, though it is signed")
  func masksDoNotCancel() throws {
    let known = try FixedStepVectors.read()
    let file: BadFile = try Vectors.read("contribution-bad")
    var messages = try known.messages(known.steps[0])
    messages[1] = try file.cancelsNot.change.applied(to: messages[1])
    expectFault(try #require(ProtocolFault.Code(rawValue: file.cancelsNot.code))) {
      _ = try Summation.outcome(of: messages, try known.attempt(known.steps[0]), try known.roster())
    }
  }
}
