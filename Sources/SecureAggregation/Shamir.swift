/// Shamir's sharing of a secret byte string over GF(2^8) (Shamir 1979), each byte by a polynomial of its own.
///
/// The field is that of AES, x^8 + x^4 + x^3 + x + 1. The share of place p, from 1 to 255, is the polynomial at p;
/// the secret is the polynomial at 0. Secret bytes meet only shifts, masks and exclusive ors, so that time tells
/// nothing of them; places are public.
package enum Shamir {
  package static let secretByteCount = KeySchedule.keyByteCount
  package static let mostShares = 255

  /// The share of one place.
  ///
  /// - Parameters:
  ///   - coefficients: those of x, x², …, `secretByteCount` bytes each.
  ///   - place: from 1 to 255.
  package static func share(
    of secret: borrowing SecretBytes, coefficients: borrowing SecretBytes, place: UInt8
  ) -> SecretBytes {
    var share = SecretBytes(count: secretByteCount)
    share.withUnsafeMutableBytes { share in
      let share = share.assumingMemoryBound(to: UInt64.self)
      let degree = coefficients.count / secretByteCount
      coefficients.withUnsafeBytes { coefficients in
        // Horner's rule from the highest coefficient down.
        for power in stride(from: degree - 1, through: 0, by: -1) {
          for index in share.indices {
            let coefficient = coefficients.loadUnaligned(
              fromByteOffset: power * secretByteCount + 8 * index, as: UInt64.self)
            share[index] = multiply(share[index] ^ coefficient, by: place)
          }
        }
      }
      secret.withUnsafeBytes { secret in
        for index in share.indices {
          share[index] ^= secret.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        }
      }
    }
    return share
  }

  /// What each share is multiplied by so that their sum is the secret: Lagrange's coefficients at 0.
  ///
  /// - Returns: nil for no place, a repeated one or 0.
  package static func weights(of places: [UInt8]) -> [UInt8]? {
    guard !places.isEmpty, Set(places).count == places.count, !places.contains(0) else { return nil }
    return places.map { place in
      // The product of q / (q - p) over the other places q.
      var numerator: UInt8 = 1
      var denominator: UInt8 = 1
      for other in places where other != place {
        numerator = multiply(numerator, other)
        denominator = multiply(denominator, other ^ place)
      }
      return multiply(numerator, inverse(denominator))
    }
  }

  /// The secret of which these are shares.
  ///
  /// - Parameters:
  ///   - shares: as many as the polynomials have coefficients.
  ///   - weights: those of the shares' places, in the same order.
  /// - Returns: nil unless there is one share of the right length for each weight.
  package static func secret(from shares: [[UInt8]], weights: [UInt8]) -> SecretBytes? {
    guard shares.count == weights.count, shares.allSatisfy({ $0.count == secretByteCount }) else {
      return nil
    }
    var secret = SecretBytes(count: secretByteCount)
    secret.withUnsafeMutableBytes { secret in
      let secret = secret.assumingMemoryBound(to: UInt64.self)
      for (share, weight) in zip(shares, weights) {
        share.withUnsafeBytes { share in
          for index in secret.indices {
            secret[index] ^= multiply(
              share.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self), by: weight)
          }
        }
      }
    }
    return secret
  }

  /// Multiplies eight elements by a public one.
  @inline(__always)
  private static func multiply(_ elements: UInt64, by factor: UInt8) -> UInt64 {
    var product: UInt64 = 0
    var power = elements
    for bit in 0..<8 {
      if factor >> UInt8(bit) & 1 == 1 { product ^= power }
      let carry = power >> 7 & 0x0101_0101_0101_0101
      power = (power & 0x7f7f_7f7f_7f7f_7f7f) << 1 ^ carry &* 0x1b
    }
    return product
  }

  private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: multiply(UInt64(left), by: right))
  }

  /// x^254, which is 1/x for x ≠ 0.
  private static func inverse(_ element: UInt8) -> UInt8 {
    var result: UInt8 = 1
    var power = element
    for _ in 1..<8 {
      power = multiply(power, power)
      result = multiply(result, power)
    }
    return result
  }
}
