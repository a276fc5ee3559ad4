import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) under a key that is used once, so with a zero nonce.
package enum Sealing {
  package static let tagByteCount = 16

  /// - Returns: the encrypted bytes, then the tag.
  package static func seal(
    _ plain: borrowing SecretBytes, key: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> [UInt8] {
    let context = try Context(key: key, encrypts: true)
    var sealed = [UInt8](repeating: 0, count: plain.count + tagByteCount)
    var written: Int32 = 0
    let count = plain.count
    let isDone = plain.withUnsafeBytes { plain in
      sealed.withUnsafeMutableBufferPointer { sealed in
        guard let out = sealed.baseAddress else { return false }
        return EVP_EncryptUpdate(
          context.pointer, out, &written, plain.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(count))
          == 1
          && EVP_EncryptFinal_ex(context.pointer, out + count, &written) == 1
          && EVP_CIPHER_CTX_ctrl(
            context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), out + count) == 1
      }
    }
    guard isDone else { throw LibcryptoFailure() }
    return sealed
  }

  /// - Returns: nil when the tag does not fit.
  package static func open(
    _ sealed: [UInt8], key: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> SecretBytes? {
    guard sealed.count >= tagByteCount else { return nil }
    let context = try Context(key: key, encrypts: false)
    let count = sealed.count - tagByteCount
    var plain = SecretBytes(count: count)
    var tag = Array(sealed[count...])
    var written: Int32 = 0
    let isDone = plain.withUnsafeMutableBytes { plain in
      let out = plain.assumingMemoryBound(to: UInt8.self).baseAddress
      return EVP_DecryptUpdate(context.pointer, out, &written, sealed, Int32(count)) == 1
        && EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
        && EVP_DecryptFinal_ex(context.pointer, out.map { $0 + count }, &written) == 1
    }
    guard isDone else { return nil }
    return plain
  }

  private struct Context: ~Copyable {
    let pointer: OpaquePointer

    init(key: borrowing SecretBytes, encrypts: Bool) throws(LibcryptoFailure) {
      guard key.count == KeySchedule.keyByteCount, let pointer = EVP_CIPHER_CTX_new() else {
        throw LibcryptoFailure()
      }
      let nonce = [UInt8](repeating: 0, count: 12)
      let status = key.withUnsafeBytes {
        EVP_CipherInit_ex(
          pointer, EVP_aes_256_gcm(), nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, nonce,
          encrypts ? 1 : 0)
      }
      guard status == 1 else {
        EVP_CIPHER_CTX_free(pointer)
        throw LibcryptoFailure()
      }
      self.pointer = pointer
    }

    deinit { EVP_CIPHER_CTX_free(pointer) }
  }
}
