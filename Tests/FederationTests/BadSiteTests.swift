import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// What one site of five sends in place of what its agent does.
struct Forgery: Sendable, CustomTestStringConvertible {
  let name: String
  /// What the coordinator's log says of it.
  let note: String
  let forge: @Sendable (Bench, MessageToCoordinator) throws -> [MessageToCoordinator]?

  var testDescription: String { name }

  /// In place of the vector of step 5, the first that is not verified.
  static func vector(
    _ name: String, _ note: String,
    _ forge: @escaping @Sendable (Bench, SignedContribution) throws -> [SignedContribution]
  ) -> Forgery {
    Forgery(name: name, note: note) { bench, message in
      guard case .contribution(let epoch, step: 5, let sent) = message else { return nil }
      return try forge(bench, sent).map { .contribution(epoch: epoch, step: 5, $0) }
    }
  }

  static func shares(
    _ name: String, _ note: String,
    _ forge: @escaping @Sendable (Bench, OpenedShares) throws -> [OpenedShares]
  ) -> Forgery {
    Forgery(name: name, note: note) { bench, message in
      guard case .opening(let epoch, step: 5, .opening(let sent)) = message else { return nil }
      return try forge(bench, sent).map { .opening(epoch: epoch, step: 5, .opening($0)) }
    }
  }
}

extension SignedContribution {
  /// The same with something else in it, under the same signature.
  func with(
    site: String? = nil, attempt: Digest? = nil, vector: [UInt64]? = nil, dealing: Dealing?? = nil
  ) -> SignedContribution {
    SignedContribution(
      site: site ?? self.site, attempt: attempt ?? self.attempt, layout: vector == nil ? layout : nil,
      vector: vector ?? self.vector, dealing: dealing ?? self.dealing, signature: signature)
  }
}

extension OpenedShares {
  func with(site: String? = nil, attempt: Digest? = nil, shares: [[UInt8]]? = nil) -> OpenedShares {
    OpenedShares(site: site ?? self.site, attempt: attempt ?? self.attempt, shares: shares ?? self.shares)
  }
}

@Suite("A bad site under membership: tolerant")
struct BadSiteTests {
  private static let bad = 4

  static let fatal: [Forgery] = [
    .vector("a vector one element short", "its contribution has not the length or the rings of the step") {
      [$1.with(vector: $1.vector.dropLast())]
    },
    .vector("a vector one element long", "its contribution has not the length or the rings of the step") {
      [$1.with(vector: $1.vector + [0])]
    },
    .vector("a flipped bit", "its contribution is not signed by it") { _, sent in
      var vector = sent.vector
      vector[0] ^= 1
      return [sent.with(vector: vector)]
    },
    .vector("another's name", "the message names another site") { [$1.with(site: $0.names[0])] },
    .vector("no shares", "its contribution does not fit the plan's membership") {
      [$1.with(dealing: .some(nil))]
    },
    .vector("one share fewer", "it has not dealt a share to every site of the attempt") { _, sent in
      guard let dealing = sent.dealing else { return [sent] }
      let fewer = Dealing(
        secret: dealing.secret, shares: dealing.shares.dropLast(), sealed: dealing.sealed.dropLast())
      return [sent.with(dealing: .some(fewer))]
    },
    .vector("swapped receivers", "its contribution is not signed by it") { _, sent in
      guard let dealing = sent.dealing else { return [sent] }
      var sealed = dealing.sealed
      sealed.swapAt(0, 1)
      return [
        sent.with(dealing: .some(Dealing(secret: dealing.secret, shares: dealing.shares, sealed: sealed)))
      ]
    },
    .vector(
      "an attempt that was never asked", "answered step 5 after other queries or sums than the coordinator's"
    ) {
      [$1.with(attempt: Digest(of: [1]))]
    },
    .shares("a false share", "a share of its answer is not the one it was dealt") { _, sent in
      var shares = sent.shares
      shares[0][0] ^= 1
      return [sent.with(shares: shares)]
    },
    .shares("one share fewer in its answer", "its shares are not those of all sites") {
      [$1.with(shares: $1.shares.dropLast())]
    },
    .shares("another's name in its answer", "the shares name another site") { [$1.with(site: $0.names[0])] },
    Forgery(name: "a key that it did not sign", note: "the set-up key of nancy is not signed as it must be") {
      bench, message in
      guard case .setupKey(let epoch, let key) = message else { return nil }
      return [
        .setupKey(
          epoch: epoch,
          SignedSetupKey(
            site: key.site, publicKey: key.publicKey.reversed(), journal: key.journal,
            signature: key.signature))
      ]
    },
    Forgery(
      name: "ciphertexts too many", note: "the list of ciphertexts of nancy is not signed as it must be"
    ) {
      bench, message in
      guard case .ciphertexts(let epoch, let list) = message else { return nil }
      return [
        .ciphertexts(
          epoch: epoch,
          SignedCiphertexts(
            site: list.site, ciphertexts: list.ciphertexts + [Array(repeating: 0, count: 1_120)],
            signature: list.signature))
      ]
    },
  ]

  @Test("is named and left out, and the others go on", arguments: fatal)
  func leftOut(forgery: Forgery) throws {
    let bench = try Bench.tolerant(sites: 5)
    var carrier = try Carrier(bench)
    carrier.urgent = "nancy"
    #expect(run(&carrier, bench, forgery))
    #expect(carrier.outcome == .finished, "\(carrier.notes.suffix(5))")
    #expect(
      carrier.notes.contains { $0.hasPrefix("nancy: ") && $0.contains(forgery.note) }, "\(carrier.notes)")
    let four = bench.named([0, 1, 2, 3])
    #expect(carrier.saved.last?.sites == four)
    #expect(carrier.coordinator.members == four)
    // Nothing of a vector that does not fit is in the sum: its step is over the others.
    if forgery.note.contains("contribution") { #expect(carrier.saved[4].sites == four) }
  }

  static let harmless: [Forgery] = [
    .vector("its vector twice", "") { [$1, $1] },
    .shares("its shares twice", "") { [$1, $1] },
    Forgery(name: "a vector of an epoch before", note: "") { _, message in
      guard case .contribution(_, step: 5, let sent) = message else { return nil }
      return [.contribution(epoch: 0, step: 5, sent), message]
    },
    Forgery(name: "a vector of a step before and of one to come", note: "") { _, message in
      guard case .contribution(let epoch, step: 5, let sent) = message else { return nil }
      return [
        .contribution(epoch: epoch, step: 4, sent), .contribution(epoch: epoch, step: 6, sent), message,
      ]
    },
    Forgery(name: "shares of another step", note: "") { _, message in
      guard case .opening(let epoch, step: 5, let sent) = message else { return nil }
      return [.opening(epoch: epoch, step: 4, sent), message]
    },
    Forgery(name: "keys and ciphertexts after set-up", note: "") { bench, message in
      guard case .contribution(let epoch, step: 5, _) = message else { return nil }
      return [
        .setupKey(epoch: epoch, try bench.lateKey()),
        .ciphertexts(
          epoch: epoch,
          SignedCiphertexts(site: "nancy", ciphertexts: [], signature: try bench.lateKey().signature)),
        message,
      ]
    },
  ]

  @Test("that repeats itself or is late has its message dropped, and stays in", arguments: harmless)
  func dropped(forgery: Forgery) throws {
    let bench = try Bench.tolerant(sites: 5)
    var carrier = try Carrier(bench)
    #expect(run(&carrier, bench, forgery))
    #expect(carrier.outcome == .finished, "\(carrier.notes.suffix(5))")
    #expect(carrier.notes.contains { $0.hasPrefix("nancy: dropped a message: ") })
    #expect(carrier.saved.allSatisfy { $0.sites == bench.names })
  }

  @Test("is not what one is whose shares come when there are enough: nothing is noted of it")
  func lateShares() throws {
    var carrier = try Carrier(try Bench.tolerant(sites: 5))
    carrier.run()
    #expect(carrier.outcome == .finished)
    #expect(carrier.notes.allSatisfy { !$0.contains("dropped") }, "\(carrier.notes)")
  }

  @Test(
    "that deals a share which does not open is named by its receiver, left out, and the step is asked again as the next"
  )
  func badDealer() throws {
    let bench = try Bench.tolerant(sites: 5)
    var carrier = try Carrier(bench)
    carrier.run { message, _ in
      message
    } forging: { message, index in
      guard index == Self.bad, case .contribution(let epoch, step: 5, let sent) = message,
        let dealing = sent.dealing
      else { return [message] }
      var sealed = dealing.sealed
      sealed[2] = sealed[2].map { $0 ^ 1 }
      let other = Dealing(secret: dealing.secret, shares: dealing.shares, sealed: sealed)
      guard let signed = try? bench.sign(sent.vector, of: sent.with(dealing: .some(other))) else { return [] }
      return [.contribution(epoch: epoch, step: 5, signed)]
    }
    #expect(carrier.outcome == .finished, "\(carrier.notes.suffix(5))")
    let four = bench.named([0, 1, 2, 3])
    #expect(carrier.saved[4].sum == nil && carrier.saved[4].sites == four)
    #expect(carrier.saved[5].query == carrier.saved[4].query && carrier.saved[5].sum != nil)
    #expect(carrier.notes.contains { $0.contains("freiburg says that the share of nancy does not open") })
  }

  @Test("that complains falsely costs a step and a site, as often as sites may collude and no more")
  func falseComplaints() throws {
    let bench = try Bench.tolerant(sites: 7)
    var carrier = try Carrier(bench)
    let liar = bench.sites[0]
    carrier.run { message, _ in
      message
    } forging: { message, index in
      guard index == liar.index, case .opening(let epoch, let step, .opening(let sent)) = message, step >= 5
      else {
        return [message]
      }
      let victim = bench.names[step - 4]
      let statement = SignedComplaint.statement(attempt: sent.attempt, site: liar.name, dealer: victim)
      guard let signature = try? liar.signer.sign(.complaint, statement) else { return [] }
      let complaint = SignedComplaint(
        site: liar.name, attempt: sent.attempt, dealer: victim, signature: signature)
      return [.opening(epoch: epoch, step: step, .complaint(complaint))]
    }
    guard case .failed(let failure)? = carrier.outcome else {
      Issue.record("the run did not fail")
      return
    }
    #expect(failure.code == "not-opened" && carrier.model == nil)
    #expect(carrier.saved.count { $0.sum == nil } == Threshold.mostColluding(sites: 7))
    #expect(carrier.saved.last?.sites == bench.named([0, 3, 4, 5, 6]))
  }

  @Test("that sends what no records give ends the run by its name or by the sum's, and no model comes of it")
  func beyondTheBound() throws {
    let bench = try Bench.tolerant(sites: 5)
    var carrier = try Carrier(bench)
    var query: Query?
    carrier.run { message, _ in
      if case .step(let request) = message, request.step == 2 { query = request.query }
      return message
    } forging: { message, index in
      guard index == Self.bad, case .contribution(let epoch, step: 2, let sent) = message, let query,
        let lie = try? bench.resign(sent, query, element: 0, adding: 1 << 40)
      else { return [message] }
      return [.contribution(epoch: epoch, step: 2, lie)]
    }
    guard case .failed(let failure)? = carrier.outcome else {
      Issue.record("the run did not fail")
      return
    }
    #expect(failure.code == "false-sum" && carrier.model == nil)
  }

  /// Sends what the forgery gives for each of the bad site's messages.
  private func run(_ carrier: inout Carrier, _ bench: Bench, _ forgery: Forgery) -> Bool {
    var isForged = false
    carrier.run(forging: { message, index in
      guard index == Self.bad else { return [message] }
      do {
        guard let forged = try forgery.forge(bench, message) else { return [message] }
        isForged = true
        return forged
      } catch {
        Issue.record("\(error)")
        return []
      }
    })
    return isForged
  }
}

extension Bench {
  /// A key of this epoch that comes again.
  fileprivate func lateKey() throws -> SignedSetupKey {
    SignedSetupKey(
      site: names[4], publicKey: [], journal: sites[4].journal.mark,
      signature: try sites[4].signer.sign(.setupKey, []))
  }
}
