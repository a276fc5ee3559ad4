import Federation
import Queries
import SecureAggregation
import Testing

/// Native values that a seed repeats, within all that the wire allows.
extension SeededNumbers {
  mutating func ordinal() -> Int { coin() ? number(1...9) : number(1...Int(Int32.max)) }

  mutating func name() -> String {
    text(1, from: "z") == "z"
      ? "z" : "s" + text(62, from: "abcdefghijklmnopqrstuvwxyz0123456789-")
  }

  mutating func run() -> String { bytes(16).hexadecimal }

  mutating func digest() -> Digest { Digest(of: bytes(4)) }

  mutating func signature() throws -> Signature { try #require(Signature(bytes: bytes(64))) }

  mutating func key() throws -> IdentityKey {
    try #require(SigningKey(seed: bytes(32))).identity
  }

  mutating func label() -> String { "x" + text(40, from: "abc-–ü ") }

  mutating func freeText() -> String { text(200, from: "abc “ü”\n\t.,0€😀") }

  mutating func instant() -> Instant {
    Instant(milliseconds: Int64(number(0...253_402_300_799_999)))
  }

  mutating func refusal() -> Refusal { Refusal(rule: label(), detail: freeText()) }

  mutating func failure() -> RunFailure {
    RunFailure(code: label(), message: freeText(), advice: freeText())
  }

  mutating func setupKey() throws -> SignedSetupKey {
    SignedSetupKey(
      site: name(), publicKey: bytes(1_216),
      journal: JournalMark(count: number(0...1 << 53), head: digest()), signature: try signature())
  }

  mutating func ciphertexts() throws -> SignedCiphertexts {
    SignedCiphertexts(
      site: name(), ciphertexts: list(4) { $0.bytes(1_120) }, signature: try signature())
  }

  mutating func delivery() throws -> CiphertextDelivery {
    CiphertextDelivery(
      site: name(), digests: list(4) { $0.digest() }, ciphertext: bytes(1_120),
      signature: try signature())
  }

  mutating func contribution(elements: Int) throws -> SignedContribution {
    SignedContribution(
      site: name(), attempt: digest(), vector: words(elements), signature: try signature())
  }

  mutating func dealing() -> Dealing {
    let sites = number(1...6)
    let own = number(0...sites - 1)
    return Dealing(
      secret: digest(), shares: (0..<sites).map { _ in digest() },
      sealed: (0..<sites).map { $0 == own ? [] : bytes(Dealing.sealedByteCount) })
  }

  /// A contribution under `membership: tolerant`, of elements in rings of any width.
  mutating func ringedContribution(rings: Int) throws -> SignedContribution {
    let layout = VectorLayout(
      try (0..<rings).map { _ in
        VectorLayout.Stretch(width: try #require(RingWidth(bits: 8 * number(1...8))), count: number(1...4))
      })
    let vector = layout.stretches.flatMap { stretch in
      (0..<stretch.count).map { _ in stretch.width.element(next()) }
    }
    return SignedContribution(
      site: name(), attempt: digest(), layout: layout, vector: vector, dealing: dealing(),
      signature: try signature())
  }

  mutating func opening() -> OpenedShares {
    OpenedShares(site: name(), attempt: digest(), shares: list(6) { $0.bytes(OpenedShares.shareByteCount) })
  }

  mutating func complaint() throws -> SignedComplaint {
    SignedComplaint(site: name(), attempt: digest(), dealer: name(), signature: try signature())
  }

  mutating func shareDelivery() -> ShareDelivery {
    ShareDelivery(site: name(), digest: digest(), sealed: bytes(Dealing.sealedByteCount))
  }

  mutating func offer() throws -> RunOffer {
    RunOffer(
      run: run(), plan: bytes(number(1...400)), researcher: try key(),
      planSignature: try signature(), runSignature: try signature())
  }

  mutating func parameter() -> Double {
    switch number(0...5) {
    case 0: -0.0
    case 1: .greatestFiniteMagnitude
    case 2: .leastNonzeroMagnitude
    default: Double.random(in: -1e3...1e3, using: &self)
    }
  }

  mutating func segment(sites: Int) throws -> Segment {
    guard coin() else { return .counts(name(), length: number(0...999), bound: number(0...1 << 53)) }
    let bound = Double(
      sign: .plus, exponent: number(-300...300), significand: Double.random(in: 1..<2, using: &self))
    return try .reals(name(), length: number(0...999), bound: bound, sites: sites)
  }

  mutating func stepRequest() throws -> StepRequest {
    let sites = [name()] + list(5) { $0.name() }
    return StepRequest(
      epoch: ordinal(), step: ordinal(), attempt: coin() ? 0 : ordinal(), sites: sites,
      query: Query(
        name: name(), parameters: list(12) { $0.parameter() },
        segments: try list(5) { try $0.segment(sites: sites.count) }, isVerified: coin()))
  }
}
