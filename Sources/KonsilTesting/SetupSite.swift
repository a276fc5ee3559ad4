import Queries
import SecureAggregation

/// One site of a `SetupFixture`, in whichever phase it is.
package final class SetupSite {
  package let index: Int
  package let name: String
  package let signer: SigningKey
  private let encapsulation: KeyEncapsulation
  private var keyPhase: SiteKeyPhase?
  private var ciphertextPhase: SiteCiphertextPhase?
  /// Once set-up is done.
  package var maskPhase: SiteMaskPhase?

  init(
    _ index: Int, in fixture: SetupFixture, _ phase: consuming SiteKeyPhase,
    _ encapsulation: KeyEncapsulation
  ) {
    self.index = index
    name = fixture.roster.sites[index]
    signer = fixture.signers[index]
    self.encapsulation = encapsulation
    keyPhase = consume phase
  }

  init(_ index: Int, in fixture: SetupFixture, _ phase: consuming SiteMaskPhase) {
    self.index = index
    name = fixture.roster.sites[index]
    signer = fixture.signers[index]
    encapsulation = .system
    maskPhase = consume phase
  }

  package var signedKey: SignedSetupKey {
    get throws {
      guard let key = keyPhase?.signedKey else { throw FixtureError() }
      return key
    }
  }

  /// `D`, once the keys are accepted.
  package var setup: Digest {
    get throws {
      guard let setup = ciphertextPhase?.setup ?? maskPhase?.setup else { throw FixtureError() }
      return setup
    }
  }

  /// The roots with every site, 32 bytes each, as they stand in this site's memory.
  package var roots: [[UInt8]] {
    get throws {
      let bytes = maskPhase?.withUnsafeRoots { Array($0) }
      guard let bytes else { throw FixtureError() }
      return stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<$0 + 32]) }
    }
  }

  package func accept(
    _ keys: [SignedSetupKey], highestMarks: [String: JournalMark] = [:]
  ) throws -> SignedCiphertexts {
    guard let phase = keyPhase.take() else { throw FixtureError() }
    let next = try phase.accept(
      keys, highestMarks: highestMarks, signer: signer, encapsulation: encapsulation)
    let sent = next.signedCiphertexts
    ciphertextPhase = consume next
    return sent
  }

  package func accept(_ deliveries: [CiphertextDelivery]) throws {
    guard let phase = ciphertextPhase.take() else { throw FixtureError() }
    maskPhase = try phase.accept(deliveries)
  }

  /// Masks an answer.
  package func mask(_ values: [[Double]], _ attempt: Attempt) throws -> SignedContribution {
    guard let contribution = Contribution(values, for: attempt.query) else { throw FixtureError() }
    return try send(contribution, attempt)
  }

  /// Masks noise, and says so.
  package func withhold(
    _ attempt: Attempt, withheld: UInt64, noise: () -> UInt64
  ) throws -> SignedContribution {
    try send(Contribution(noise: noise, for: attempt.query), attempt, withheld: withheld)
  }

  /// Masks ring elements as they are.
  package func mask(elements: [UInt64], _ attempt: Attempt, withheld: UInt64) throws -> SignedContribution {
    guard let contribution = Contribution(elements: elements, for: attempt.query) else {
      throw FixtureError()
    }
    return try send(contribution, attempt, withheld: withheld)
  }

  private func send(
    _ contribution: consuming Contribution, _ attempt: Attempt, withheld: UInt64 = 0
  ) throws -> SignedContribution {
    guard let sent = try maskPhase?.mask(contribution, attempt, withheld: withheld, signer: signer) else {
      throw FixtureError()
    }
    return sent
  }

  /// Signs `vector` as this site, whatever it is.
  package func sign(_ vector: [UInt64], _ attempt: Digest) throws -> SignedContribution {
    SignedContribution(
      site: name, attempt: attempt, vector: vector,
      signature: try signer.sign(
        .contribution, SignedContribution.statement(attempt: attempt, site: name, vector: vector)))
  }
}
