import KonsilTesting
import Queries
import SecureAggregation
import Testing

private struct BadFile: Decodable {
  struct Change: Decodable {
    let attempt: Vectors.Hex?
    let vector: [Vectors.Word]?
    let dealing: TolerantStepVectors.Dealt?
    let signature: Vectors.Hex?

    func applied(to good: SignedContribution) throws -> SignedContribution {
      SignedContribution(
        site: good.site, attempt: try #require(Digest(bytes: attempt?.bytes ?? good.attempt.bytes)),
        layout: good.layout, vector: vector?.map(\.value) ?? good.vector,
        dealing: try dealing?.dealing() ?? good.dealing,
        signature: try #require(Signature(bytes: signature?.bytes ?? good.signature.bytes)))
    }
  }
  struct BadContribution: Decodable {
    let why: String
    let change: Change
    let code: ProtocolFault.Code
  }
  struct BadOpening: Decodable {
    let why: String
    let opening: TolerantStepVectors.Opened
    let code: ProtocolFault.Code
  }
  struct BadComplaint: Decodable {
    let why: String
    let complaint: TolerantStepVectors.Complaint
    let code: ProtocolFault.Code
  }
  struct Dealer: Decodable {
    let why: String
    let dealing: TolerantStepVectors.Dealt
    let signature: Vectors.Hex
    let openings: [TolerantStepVectors.Opened]
    let code: ProtocolFault.Code
  }
  struct BadAttempt: Decodable {
    let why: String
    let number: Int
    let sites: [String]
    let code: ProtocolFault.Code
  }
  struct Attempts: Decodable {
    let site: String
    let after: Int
    let cases: [BadAttempt]
  }
  let contributions: [BadContribution]
  let openings: [BadOpening]
  let complaints: [BadComplaint]
  let dealers: [Dealer]
  let attempts: Attempts
}

extension ProtocolFault.Code: Decodable {}

@Suite("A tolerant step made in Python")
struct TolerantStepVectorTests {
  @Test("has the same names, masks, shares, seals and signatures here, in both attempts", arguments: 0..<3)
  func contributions(index: Int) throws {
    let known = try TolerantStepVectors.read()
    let roster = try known.roster()
    var phase = try known.begun(index)
    #expect(known.attempts.count == 2)
    for step in known.attempts {
      let attempt = try known.attempt(step)
      let expected = step.contributions[index]
      #expect(attempt.digest.bytes == step.attempt.bytes)
      let sent = try phase.maskAttempt(
        attempt, secret: SecretBytes(copying: expected.secret.bytes), threshold: known.threshold,
        signer: try known.signer(index))
      #expect(sent == (try known.message(expected, attempt)))
      #expect(sent.dealing?.digest.bytes == expected.dealingDigest.bytes)
      #expect(
        SignedContribution.statement(
          attempt: sent.attempt, site: sent.site, vector: sent.vector, dealing: sent.dealing)
          == expected.statement.bytes)
      #expect(
        roster.key(of: sent.site)?.verifies(sent.signature, .contribution, expected.statement.bytes) == true)
    }
  }

  @Test("has the same keys under every label, and shares that follow from the secret", arguments: 0..<3)
  func derivations(index: Int) throws {
    let known = try TolerantStepVectors.read()
    for step in known.attempts {
      let name = try #require(Digest(bytes: step.attempt.bytes))
      let expected = step.contributions[index]
      func secret() -> SecretBytes { SecretBytes(copying: expected.secret.bytes) }
      let ownMaskKey = try exposed(KeySchedule.ownMaskKey(secret: secret(), attempt: name))
      #expect(ownMaskKey == expected.ownMaskKey.bytes)
      let coefficientKey = try exposed(KeySchedule.coefficientKey(secret: secret(), attempt: name))
      #expect(coefficientKey == expected.coefficientKey.bytes)
      #expect(
        Dealing.digest(of: secret(), attempt: name, from: expected.site).bytes
          == expected.dealing.secretDigest.bytes)
      for (place, receiver) in step.sites.enumerated() {
        let share = exposed(
          Shamir.share(
            of: secret(), coefficients: SecretBytes(copying: expected.coefficients.bytes),
            place: UInt8(place + 1)))
        #expect(share == expected.shares[place].bytes)
        let digest = Dealing.digest(
          of: SecretBytes(copying: share), attempt: name, from: expected.site, to: receiver)
        #expect(digest.bytes == expected.dealing.shareDigests[place].bytes)
        guard receiver != expected.site else { continue }
        let key = try exposed(
          KeySchedule.shareKey(
            root: SecretBytes(copying: try known.pair(index, place).seal.bytes), attempt: name,
            from: expected.site,
            to: receiver))
        #expect(key == expected.shareKeys[place].bytes)
        let sealed = try Sealing.seal(SecretBytes(copying: share), key: SecretBytes(copying: key))
        #expect(sealed == expected.dealing.sealed[place].bytes)
      }
      for pair in step.maskKeys where pair.lower == index || pair.higher == index {
        let root = SecretBytes(copying: try known.pair(pair.lower, pair.higher).root.bytes)
        let key = try exposed(KeySchedule.maskKey(root: root, attempt: name))
        #expect(key == pair.key.bytes)
      }
    }
  }

  @Test(
    "opens to the vectors' sum with the vectors' answers, which sites here give as well", arguments: 0..<3)
  func opens(index: Int) throws {
    let known = try TolerantStepVectors.read()
    let name = try #require(Digest(bytes: known.attempts[1].attempt.bytes))
    var sum = try known.sum()
    var phase = try known.begun(index)
    for step in known.attempts {
      _ = try phase.maskAttempt(
        try known.attempt(step), secret: SecretBytes(copying: step.contributions[index].secret.bytes),
        threshold: known.threshold, signer: try known.signer(index))
    }
    let answer = try phase.open(
      try sum.deliveries(to: known.sites[index].name), attempt: name, signer: try known.signer(index))
    #expect(answer == .opening(try known.openings[index].opening(name)))
    for opening in known.openings { try sum.add(try opening.opening(name)) }
    #expect(try sum.outcome() == .sum(known.sum.map(\.value)))
    let roots = phase.withUnsafeRoots { Array($0) }
    for peer in 0..<4 where peer != index {
      #expect(Array(roots[32 * peer..<32 * peer + 32]) == (try known.pair(index, peer).nextRoot.bytes))
    }
    let nextSeal = try exposed(
      KeySchedule.nextRoot(SecretBytes(copying: try known.pair(0, 1).seal.bytes), step: known.step + 1))
    #expect(nextSeal == (try known.pair(0, 1).nextSeal.bytes))
  }

  @Test("does not open with the vector of the site that is lost missing")
  func lost() throws {
    let known = try TolerantStepVectors.read()
    let attempt = try known.attempt(known.attempts[0])
    var sum = MaskedSum(attempt, roster: try known.roster(), threshold: known.threshold)
    for contribution in known.attempts[0].contributions {
      try sum.add(try known.message(contribution, attempt))
    }
    #expect(sum.missing == ["basel"])
    expectFault(.outOfOrder) { _ = try sum.deliveries(to: "freiburg") }
  }

  @Test("has the vectors' complaint")
  func complaint() throws {
    let known = try TolerantStepVectors.read()
    let name = try #require(Digest(bytes: known.attempts[1].attempt.bytes))
    var sum = try known.sum()
    let complaint = try known.complaint.complaint(name)
    #expect(
      SignedComplaint.statement(attempt: name, site: complaint.site, dealer: complaint.dealer)
        == known.complaint.statement.bytes)
    _ = try sum.deliveries(to: "freiburg")
    try #require(sum.opening).accept(complaint)
  }

  @Test("refuses every bad contribution of the vectors, and adds nothing of it")
  func badContributions() throws {
    let known = try TolerantStepVectors.read()
    let bad: BadFile = try Vectors.read("tolerant-bad")
    let attempt = try known.attempt(known.attempts[1])
    let messages = try known.attempts[1].contributions.map { try known.message($0, attempt) }
    var sum = MaskedSum(attempt, roster: try known.roster(), threshold: known.threshold)
    try sum.add(messages[0])
    try sum.add(messages[2])
    #expect(bad.contributions.count > 12)
    for test in bad.contributions {
      expectFault(test.code, site: "strasbourg", test.why) {
        try sum.add(try test.change.applied(to: messages[1]))
      }
      #expect(sum.missing == ["strasbourg"])
    }
    try sum.add(messages[1])
    for opening in known.openings { try sum.add(try opening.opening(attempt.digest)) }
    #expect(try sum.outcome() == .sum(known.sum.map(\.value)))
  }

  @Test("refuses every bad answer and complaint of the vectors")
  func badAnswers() throws {
    let known = try TolerantStepVectors.read()
    let bad: BadFile = try Vectors.read("tolerant-bad")
    let name = try #require(Digest(bytes: known.attempts[1].attempt.bytes))
    var sum = try known.sum()
    #expect(bad.openings.count > 7 && bad.complaints.count > 4)
    for test in bad.openings {
      expectFault(test.code, site: test.opening.site, test.why) {
        try sum.add(try test.opening.opening(name))
      }
    }
    _ = try sum.deliveries(to: "freiburg")
    let opening = try #require(sum.opening)
    for test in bad.complaints {
      expectFault(test.code, site: test.complaint.site, test.why) {
        try opening.accept(try test.complaint.complaint(name))
      }
    }
    for opening in known.openings { try sum.add(try opening.opening(name)) }
    #expect(try sum.outcome() == .sum(known.sum.map(\.value)))
  }

  @Test("names the dealer of every bad dealing of the vectors")
  func badDealers() throws {
    let known = try TolerantStepVectors.read()
    let bad: BadFile = try Vectors.read("tolerant-bad")
    let attempt = try known.attempt(known.attempts[1])
    let good = try known.message(known.attempts[1].contributions[1], attempt)
    #expect(bad.dealers.count == 3)
    for test in bad.dealers {
      let contribution = SignedContribution(
        site: good.site, attempt: good.attempt, layout: good.layout, vector: good.vector,
        dealing: try test.dealing.dealing(), signature: try #require(Signature(bytes: test.signature.bytes)))
      var sum = try known.sum(replacing: ["strasbourg": contribution])
      for opening in test.openings { try sum.add(try opening.opening(attempt.digest)) }
      expectFault(test.code, site: "strasbourg", test.why) { _ = try sum.outcome() }
    }
  }

  @Test("refuses every bad attempt of the vectors")
  func badAttempts() throws {
    let known = try TolerantStepVectors.read()
    let bad = try (Vectors.read("tolerant-bad") as BadFile).attempts
    let index = try #require(known.sites.firstIndex { $0.name == bad.site })
    var phase = try known.begun(index)
    func send(_ attempt: Attempt, _ phase: inout SiteMaskPhase) throws {
      _ = try phase.maskAttempt(
        attempt, secret: SecretBytes(copying: [UInt8](repeating: 1, count: 32)), threshold: known.threshold,
        signer: try known.signer(index))
    }
    try send(try known.attempt(known.attempts[bad.after]), &phase)
    #expect(bad.cases.count == 10)
    for test in bad.cases {
      var code: ProtocolFault.Code?
      do {
        try send(try known.attempt(number: test.number, sites: test.sites), &phase)
      } catch let fault as ProtocolFault { code = fault.code }
      #expect(code == test.code, "\(test.why)")
    }
    try send(try known.attempt(known.attempts[1]), &phase)
  }
}
