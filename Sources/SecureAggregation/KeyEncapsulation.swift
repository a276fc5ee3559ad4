import Crypto
import FoundationEssentials

/// The key encapsulation that set-up uses: X-Wing (X25519 with ML-KEM-768), entering as a value so that
/// pure code makes no randomness of its own.
package struct KeyEncapsulation: Sendable {
  package let makePrivateKey: @Sendable () throws -> EncapsulationPrivateKey
  /// Makes a fresh secret for the holder of a public key.
  package let encapsulate: @Sendable (_ publicKey: [UInt8]) throws -> Encapsulation

  package init(
    makePrivateKey: @escaping @Sendable () throws -> EncapsulationPrivateKey,
    encapsulate: @escaping @Sendable (_ publicKey: [UInt8]) throws -> Encapsulation
  ) {
    self.makePrivateKey = makePrivateKey
    self.encapsulate = encapsulate
  }

  /// X-Wing with the library's randomness.
  package static let system = KeyEncapsulation(
    makePrivateKey: { EncapsulationPrivateKey(try XWingMLKEM768X25519.PrivateKey()) },
    encapsulate: { publicKey in
      let key = try XWingMLKEM768X25519.PublicKey(rawRepresentation: publicKey)
      let result = try key.encapsulate()
      return Encapsulation(
        ciphertext: Array(result.encapsulated), secret: SecretBytes(result.sharedSecret))
    })
}

/// A site's X-Wing private key of one epoch, cleared when this value goes.
package struct EncapsulationPrivateKey: ~Copyable, Sendable {
  private let key: XWingMLKEM768X25519.PrivateKey

  init(_ key: XWingMLKEM768X25519.PrivateKey) { self.key = key }

  /// From the 32-byte seed of the X-Wing draft.
  package init(seed: [UInt8]) throws {
    key = try XWingMLKEM768X25519.PrivateKey(seedRepresentation: seed, publicKey: nil)
  }

  deinit { LibraryObject.clear(key) }

  package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

  func decapsulate(_ ciphertext: [UInt8]) throws -> SecretBytes {
    SecretBytes(try key.decapsulate(Data(ciphertext)))
  }
}

/// A fresh secret and the ciphertext that carries it.
package struct Encapsulation: ~Copyable, Sendable {
  package let ciphertext: [UInt8]
  let secret: SecretBytes

  package init(ciphertext: [UInt8], secret: consuming SecretBytes) {
    self.ciphertext = ciphertext
    self.secret = secret
  }
}
