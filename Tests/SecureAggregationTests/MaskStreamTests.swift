import KonsilTesting
import Queries
import SecureAggregation
import Testing

private struct File: Decodable {
  struct Stream: Decodable {
    struct Place: Decodable {
      let index: Int
      let word: Vectors.Word
    }
    let key: Vectors.Hex
    let count: Int
    let first: [Vectors.Word]
    let words: [Place]
    let digest: Vectors.Hex
  }
  struct Check: Decodable {
    let attempt: Vectors.Hex
    let elementsFrom: Vectors.Hex
    let count: Int
    let value: Vectors.Word
  }
  let streams: [Stream]
  let checks: [Check]
}

@Suite("The mask generator")
struct MaskStreamTests {
  @Test("gives the vectors' words, across its blocks")
  func knownAnswers() throws {
    let file: File = try Vectors.read("mask-stream")
    for known in file.streams {
      let words = try StepValues.stream(SecretBytes(copying: known.key.bytes), known.count)
      #expect(Array(words.prefix(known.first.count)) == known.first.map(\.value))
      for place in known.words { #expect(words[place.index] == place.word.value, "word \(place.index)") }
      #expect(VectorDigest.digest(of: words).bytes == known.digest.bytes)
    }
  }

  @Test("subtracts what it adds", arguments: [0, 1, 2, 2047, 2048, 2049, 5000])
  func subtracts(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let elements = (0..<count).map { _ in random.next() }
    let key = random.bytes(32)
    var vector = elements
    var adding = try MaskGenerator(key: SecretBytes(copying: key))
    try adding.add(to: &vector)
    #expect(zip(vector, elements).allSatisfy { $0 != $1 })
    var subtracting = try MaskGenerator(key: SecretBytes(copying: key))
    try subtracting.subtract(from: &vector)
    #expect(vector == elements)
  }

  @Test("gives the same words by the processor's wide instructions as by libcrypto's cipher, from any place")
  func wide() throws {
    for seed in UInt64(1)...200 {
      var random = SeededRandom(seed: seed)
      let key = random.bytes(32)
      var one = try MaskGenerator(key: SecretBytes(copying: key))
      var other = try MaskGenerator(key: SecretBytes(copying: key), isWide: false)
      for _ in 0..<6 {
        let elements = (0..<Int(random.next() % 1500)).map { _ in random.next() }
        var (here, there) = (elements, elements)
        switch random.next() % 4 {
        case 0:
          try one.add(to: &here)
          try other.add(to: &there)
        case 1:
          try one.subtract(from: &here)
          try other.subtract(from: &there)
        case 2:
          let kept = random.next()
          try one.replace(&here, keeping: kept)
          try other.replace(&there, keeping: kept)
        default:
          #expect(
            try one.innerProduct(with: here[...]) == other.innerProduct(with: there[...]), "seed \(seed)")
        }
        #expect(here == there, "seed \(seed)")
      }
    }
  }

  @Test("refuses a key that is not 256 bits", arguments: [0, 16, 31, 33])
  func keyLength(count: Int) {
    #expect(throws: LibcryptoFailure.self) {
      var generator = try MaskGenerator(key: SecretBytes(count: count))
      var nothing: [UInt64] = [0]
      try generator.add(to: &nothing)
    }
  }

  @Test("gives the check elements of the vectors")
  func checks() throws {
    let file: File = try Vectors.read("mask-stream")
    for known in file.checks {
      let elements = try StepValues.stream(SecretBytes(copying: known.elementsFrom.bytes), known.count)
      let attempt = try #require(Digest(bytes: known.attempt.bytes))
      let query = Query(
        name: "any", parameters: [], segments: [.counts("x", length: known.count, bound: 1)],
        isVerified: false)
      #expect(
        try MaskCheck.values(elements[...], of: query, attempt: attempt) == [known.value.value],
        "\(known.count)")
    }
  }
}
