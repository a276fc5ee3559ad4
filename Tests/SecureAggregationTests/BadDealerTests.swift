import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site that deals bad shares")
struct BadDealerTests {
  @Test(
    "is named by each site that cannot open its share, and the sum opens without their answers",
    arguments: 1...3)
  func garbage(receiver: Int) throws {
    let step = try TolerantStep()
    var sealed = try #require(step.sent[0].dealing).sealed
    sealed[receiver][5] ^= 1
    var sum = try step.sum(replacing: [0: try step.changed(0, sealed: sealed)])
    for index in 0..<4 {
      switch try step.answer(index, &sum) {
      case .complaint(let complaint):
        #expect(index == receiver)
        #expect(complaint.dealer == "luxembourg")
        try #require(sum.opening).accept(complaint)
      case .opening(let opening):
        #expect(index != receiver)
        try sum.add(opening)
      }
    }
    #expect(try sum.outcome() == step.outcome)
  }

  @Test("is named when it swapped two receivers, or sent one share to both")
  func swapped() throws {
    let step = try TolerantStep()
    let good = try #require(step.sent[3].dealing)
    for sealed in [
      [good.sealed[1], good.sealed[0], good.sealed[2], []],
      [good.sealed[1], good.sealed[1], good.sealed[2], []],
    ] {
      let step = try TolerantStep()
      var sum = try step.sum(replacing: [3: try step.changed(3, sealed: sealed)])
      let answers = try (0..<3).map { try step.answer($0, &sum) }
      for (index, answer) in answers.enumerated() {
        guard case .complaint(let complaint) = answer else {
          #expect(index == 2 || sealed[index] == good.sealed[index])
          continue
        }
        #expect(complaint.dealer == "basel")
      }
    }
  }

  @Test("is named when the digest it signed is not of the share it sealed")
  func otherDigest() throws {
    let step = try TolerantStep()
    var shares = try #require(step.sent[1].dealing).shares
    shares[2] = Digest(of: [1])
    var sum = try step.sum(replacing: [1: try step.changed(1, shares: shares)])
    guard case .complaint(let complaint) = try step.answer(2, &sum) else {
      Issue.record("no complaint")
      return
    }
    #expect(complaint.dealer == "strasbourg")
    #expect(complaint.site == "freiburg")
  }

  @Test(
    "is named when the sum is opened, whichever share is not the one that follows from its secret",
    arguments: 0..<4)
  func oneFalseShare(place: Int) throws {
    let step = try TolerantStep()
    let secret = TolerantStep.secret(2)
    var shares = try step.shares(of: secret)
    #expect(
      try step.dealing(of: shares, from: 2, secret: step.digest(secret, from: 2)) == step.sent[2].dealing)
    shares[place][0] ^= 1
    let dealing = try step.dealing(of: shares, from: 2, secret: step.digest(secret, from: 2))
    // The dealer answers with what it dealt to itself.
    for answering in [[0, 1, 2], [0, 1, 3], [1, 2, 3]] {
      let step = try TolerantStep()
      var sum = try step.sum(replacing: [2: try step.changed(2, dealing: dealing)])
      for index in answering {
        var opening = try step.opening(index, &sum)
        if index == 2 {
          var own = opening.shares
          own[2] = shares[2]
          opening = step.opening(2, shares: own)
        }
        try sum.add(opening)
      }
      expectFault(.falseShare, site: "freiburg") { _ = try sum.outcome() }
    }
  }

  @Test("is named when its shares are of another secret, or of a polynomial of its own choice")
  func otherSecret() throws {
    let step = try TolerantStep()
    let secret = TolerantStep.secret(0)
    var random = SeededRandom(seed: 4)
    let free = random.bytes(64)
    let chosen = (1...4).map { place in
      exposed(
        Shamir.share(
          of: SecretBytes(copying: secret), coefficients: SecretBytes(copying: free), place: UInt8(place)))
    }
    let digest = step.digest(secret, from: 0)
    for dealing in [
      try step.dealing(of: step.shares(of: random.bytes(32)), from: 0, secret: digest),
      try step.dealing(of: chosen, from: 0, secret: digest),
      try step.dealing(of: step.shares(of: secret), from: 0, secret: Digest(of: [2])),
    ] {
      let step = try TolerantStep()
      var sum = try step.sum(replacing: [0: try step.changed(0, dealing: dealing)])
      for index in 1...3 { try sum.add(try step.opening(index, &sum)) }
      expectFault(.falseShare, site: "luxembourg") { _ = try sum.outcome() }
    }
  }

  @Test("whose own mask is another than its shares give voids the sum: the masks do not cancel")
  func otherMask() throws {
    let step = try TolerantStep()
    let other = [UInt8](repeating: 9, count: 32)
    let dealing = try step.dealing(of: step.shares(of: other), from: 1, secret: step.digest(other, from: 1))
    var sum = try step.sum(replacing: [1: try step.changed(1, dealing: dealing)])
    for index in [0, 2, 3] { try sum.add(try step.opening(index, &sum)) }
    expectFault(.masksDoNotCancel) { _ = try sum.outcome() }
  }

  @Test("is not in the sum unless it dealt to every site, sealed and signed")
  func malformed() throws {
    let step = try TolerantStep()
    let good = try #require(step.sent[1].dealing)
    let short = [UInt8](repeating: 0, count: Dealing.sealedByteCount - 1)
    var flipped = good.sealed
    flipped[0][0] ^= 1
    func unsigned(_ dealing: Dealing?, vector: [UInt64]? = nil, layout: VectorLayout? = nil)
      -> SignedContribution
    {
      SignedContribution(
        site: step.sent[1].site, attempt: step.sent[1].attempt, layout: layout ?? step.sent[1].layout,
        vector: vector ?? step.sent[1].vector, dealing: dealing, signature: step.sent[1].signature)
    }
    var outside = step.sent[1].vector
    outside[1] = 256
    var bit = step.sent[1].vector
    bit[0] ^= 1
    let refused: [(ProtocolFault.Code, SignedContribution)] = [
      (.wrongLength, try step.changed(1, dealing: .some(nil))),
      (.wrongLength, try step.changed(1, shares: Array(good.shares.dropLast()))),
      (.wrongLength, try step.changed(1, shares: good.shares + [good.secret])),
      (.wrongLength, try step.changed(1, sealed: Array(good.sealed.dropLast()))),
      (.wrongLength, try step.changed(1, sealed: good.sealed + [[]])),
      (.wrongLength, try step.changed(1, sealed: [short] + good.sealed.dropFirst())),
      (.wrongLength, try step.changed(1, sealed: [[]] + good.sealed.dropFirst())),
      (.wrongLength, try step.changed(1, sealed: [good.sealed[0], good.sealed[0]] + good.sealed.suffix(2))),
      (.wrongLength, try step.changed(1, vector: outside)),
      (.wrongLength, unsigned(good, layout: VectorLayout([.init(width: .full, count: outside.count)]))),
      (.badSignature, unsigned(good, vector: bit)),
      (.badSignature, unsigned(Dealing(secret: good.secret, shares: good.shares, sealed: flipped))),
      (.badSignature, unsigned(Dealing(secret: good.shares[0], shares: good.shares, sealed: good.sealed))),
      (
        .badSignature,
        unsigned(Dealing(secret: good.secret, shares: good.shares.reversed(), sealed: good.sealed))
      ),
    ]
    var sum = MaskedSum(step.attempt, roster: step.fixture.roster, threshold: step.threshold)
    for index in [0, 2, 3] { try sum.add(step.sent[index]) }
    for (place, (code, contribution)) in refused.enumerated() {
      expectFault(code, site: "strasbourg", "case \(place)") { try sum.add(contribution) }
      #expect(sum.missing == ["strasbourg"])
    }
    try sum.add(step.sent[1])
    for index in 1...3 { try sum.add(try step.opening(index, &sum)) }
    #expect(try sum.outcome() == step.outcome)
  }

  @Test("has no place under fixed membership")
  func fixed() throws {
    let step = try TolerantStep()
    var sum = Summation(step.attempt, roster: step.fixture.roster)
    expectFault(.wrongLength, site: "luxembourg") { try sum.add(step.sent[0]) }
    #expect(sum.missing.count == 4)
  }

  @Test("does not hide a wrong mask with another site: the check finds it")
  func wrongPairMask() throws {
    let step = try TolerantStep()
    let strangers = try step.fixture.masking(seed: 41)
    var vector = step.sent[2].vector
    let right = try StepValues.mask(SetupFixture.root(TolerantStep.seed, 2, 3), step.attempt)
    let wrong = try StepValues.mask(try strangers[2].roots[3], step.attempt)
    for place in vector.indices { vector[place] = vector[place] &- right[place] &+ wrong[place] }
    var start = 0
    for stretch in step.attempt.layout.stretches {
      for place in start..<start + stretch.count { vector[place] &= stretch.width.mask }
      start += stretch.count
    }
    var sum = try step.sum(replacing: [2: try step.changed(2, vector: vector)])
    for index in 0..<3 { try sum.add(try step.opening(index, &sum)) }
    expectFault(.masksDoNotCancel) { _ = try sum.outcome() }
  }
}
