import Crypto
import SecureAggregation
import Synchronization
import Testing

/// What a set-up's sites encapsulated to each other, by the ciphertext.
final class WatchedSecrets: Sendable {
  private let secrets = Mutex<[[UInt8]: [UInt8]]>([:])

  /// X-Wing as the sites use it, each secret noted.
  var encapsulation: KeyEncapsulation {
    KeyEncapsulation(
      makePrivateKey: KeyEncapsulation.system.makePrivateKey,
      encapsulate: { publicKey in
        let sent = try XWingMLKEM768X25519.PublicKey(rawRepresentation: publicKey).encapsulate()
        let ciphertext = Array(sent.encapsulated)
        let secret = sent.sharedSecret.withUnsafeBytes { Array($0) }
        self.secrets.withLock { $0[ciphertext] = secret }
        return Encapsulation(ciphertext: ciphertext, secret: SecretBytes(copying: secret))
      })
  }

  func secret(in ciphertext: [UInt8]) throws -> [UInt8] {
    try #require(secrets.withLock { $0[ciphertext] })
  }
}
