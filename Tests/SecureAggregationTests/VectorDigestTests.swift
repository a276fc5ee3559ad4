import KonsilTesting
import SecureAggregation
import Testing

private struct File: Decodable {
  struct Case: Decodable {
    let count: Int
    let digest: Vectors.Hex
  }
  let elementsFrom: Vectors.Hex
  let cases: [Case]
}

@Suite("A vector's digest")
struct VectorDigestTests {
  @Test("is the vectors' in registers of every size")
  func knownAnswers() throws {
    let file: File = try Vectors.read("vector-digest")
    for known in file.cases {
      let vector = try StepValues.stream(SecretBytes(copying: file.elementsFrom.bytes), known.count)
      for registers in [16, 32, 64] where registers <= VectorDigest.registerByteCount {
        #expect(
          VectorDigest.digest(of: vector, registerByteCount: registers).bytes == known.digest.bytes,
          "\(known.count) elements in registers of \(registers) bytes")
      }
    }
  }

  @Test("changes with a bit of any element, with the order and with zeros behind the last")
  func sensitive() {
    var random = SeededRandom(seed: 7)
    let vector = (0..<400).map { _ in random.next() }
    var found: Set<Digest> = [VectorDigest.digest(of: vector)]
    for index in vector.indices {
      var other = vector
      other[index] ^= 1 << UInt64(index % 64)
      found.insert(VectorDigest.digest(of: other))
    }
    for index in vector.indices.dropFirst() {
      var other = vector
      other.swapAt(index - 1, index)
      found.insert(VectorDigest.digest(of: other))
    }
    for zeros in 1...20 { found.insert(VectorDigest.digest(of: vector + Array(repeating: 0, count: zeros))) }
    #expect(found.count == 1 + 400 + 399 + 20)
  }
}
