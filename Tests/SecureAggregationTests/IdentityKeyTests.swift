import KonsilTesting
import SecureAggregation
import Testing

@Suite("Identity keys")
struct IdentityKeyTests {
  @Test("sign and verify under one label alone, and over exactly the bytes signed")
  func labels() throws {
    let signer = try #require(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
    let message = Array("message".utf8)
    for label in SignatureLabel.allCases {
      let signature = try signer.sign(label, message)
      for other in SignatureLabel.allCases {
        #expect(signer.identity.verifies(signature, other, message) == (other == label))
      }
      #expect(!signer.identity.verifies(signature, label, message + [0]))
      #expect(!signer.identity.verifies(signature, label, []))
      for place in [0, 31, 32, 63] {
        var bytes = signature.bytes
        bytes[place] ^= 1
        let changed = try #require(Signature(bytes: bytes))
        #expect(!signer.identity.verifies(changed, label, message))
      }
    }
  }

  @Test("of the vector in RFC 8032, section 7.1, test 1")
  func publicKey() throws {
    let seed = try #require(
      [UInt8](hexadecimal: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    #expect(
      SigningKey(seed: seed)?.identity.bytes.hexadecimal
        == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
  }

  @Test("have 32 bytes, signatures 64", arguments: [0, 31, 33, 64])
  func lengths(count: Int) {
    #expect(IdentityKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
    #expect(SigningKey(seed: [UInt8](repeating: 1, count: count)) == nil)
    #expect(DigestKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
    if count != 64 { #expect(Signature(bytes: [UInt8](repeating: 1, count: count)) == nil) }
  }

  /// The encodings of points of small order on edwards25519, of y modulo 2^255 - 19 and of y plus the modulus, each with both signs.
  /// Every one was confirmed by multiplying it by 8 in Python's integers.
  private static let smallOrderPoints = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ]

  @Test("are not points of small order, under which anyone can sign anything", arguments: smallOrderPoints)
  func smallOrder(hexadecimal: String) throws {
    var bytes = try #require([UInt8](hexadecimal: hexadecimal))
    #expect(IdentityKey(bytes: bytes) == nil)
    bytes[31] ^= 0x80
    #expect(IdentityKey(bytes: bytes) == nil)
  }

  @Test("have the SHA-256 of their bytes as fingerprint")
  func fingerprint() throws {
    let signer = try #require(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
    #expect(signer.identity.fingerprint == Digest(of: signer.identity.bytes).hexadecimal)
    #expect(signer.identity.fingerprint.count == 64)
  }
}

@Suite("Digests")
struct DigestTests {
  @Test("are SHA-256, as in FIPS 180-4's example")
  func knownAnswer() {
    #expect(
      Digest(of: Array("abc".utf8)).hexadecimal
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("are read from 64 hexadecimal digits and nothing else")
  func hexadecimal() {
    let digest = Digest(of: [1])
    #expect(Digest(hexadecimal: digest.hexadecimal) == digest)
    #expect(Digest(hexadecimal: digest.hexadecimal.uppercased()) == digest)
    for text in [
      "", "0", String(digest.hexadecimal.dropLast()), digest.hexadecimal + "00", digest.hexadecimal + "0",
      String(repeating: "g", count: 64), " " + digest.hexadecimal.dropFirst(),
      String(repeating: "é", count: 32),
    ] {
      #expect(Digest(hexadecimal: text) == nil, "\(text)")
    }
    #expect([UInt8](hexadecimal: "") == [])
    #expect([UInt8](hexadecimal: "00fF") == [0, 255])
    #expect([UInt8]([0, 15, 16, 255]).hexadecimal == "000f10ff")
  }
}
