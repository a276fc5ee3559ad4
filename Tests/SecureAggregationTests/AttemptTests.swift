import KonsilTesting
import Queries
import SecureAggregation
import Testing

private struct File: Decodable {
  struct Sum: Decodable {
    let step: Int
    let values: [[Vectors.Word]]

    /// These values by way of ring elements, which hold them exactly.
    func sum() throws -> QuerySum {
      let query = Query(
        name: "", parameters: [],
        segments: try values.map { try .reals("", length: $0.count, bound: 0x1p30, sites: 1) },
        isVerified: true)
      let elements = try zip(values, query.segments).flatMap { values, segment in
        try values.map { try #require(segment.scale.encode($0.real)) }
      }
      return try #require(QuerySum(elements: elements, for: query))
    }
  }
  struct Case: Decodable {
    let why: String
    let setup: Vectors.Hex
    let step: Int
    let number: Int
    let sites: [String]
    let query: Vectors.VectorQuery
    let sums: [Sum]
    let followed: [Vectors.Hex]?
    let basis: Vectors.Hex
    let queryDigest: Vectors.Hex
    let attempt: Vectors.Hex

    func value() throws -> Attempt {
      let basis = Attempt.basis(of: try sums.map { ($0.step, try $0.sum()) })
      return Attempt(
        setup: try #require(Digest(bytes: setup.bytes)), step: step, number: number, query: try query.query(),
        sites: sites,
        basis: try followed.map { queries in
          Attempt.basis(basis, after: try queries.map { try #require(Digest(bytes: $0.bytes)) })
        } ?? basis)
    }
  }
  let cases: [Case]
}

@Suite("The name of an attempt")
struct AttemptTests {
  @Test("is the vectors', for every change of what it names")
  func knownAnswers() throws {
    let file: File = try Vectors.read("attempt")
    #expect(file.cases.count > 15)
    for known in file.cases {
      let attempt = try known.value()
      #expect(attempt.basis.bytes == known.basis.bytes, "\(known.why)")
      #expect(attempt.digest.bytes == known.attempt.bytes, "\(known.why)")
      #expect(Attempt.digest(of: attempt.query).bytes == known.queryDigest.bytes, "\(known.why)")
    }
  }

  @Test("changes, and with it every word of every mask, when anything that it names changes")
  func everyMask() throws {
    let file: File = try Vectors.read("attempt")
    let root = SeededRandom(seed: 1).root
    let masks = try file.cases.map { known in
      try StepValues.stream(
        KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: try known.value().digest), 64)
    }
    for (index, mask) in masks.enumerated() {
      for (other, otherMask) in masks.enumerated() where other < index {
        #expect(
          zip(mask, otherMask).allSatisfy { $0 != $1 },
          "\(file.cases[index].why) and \(file.cases[other].why)")
      }
    }
  }

  @Test("changes with any bit of the set-up's name and of what the query rests on")
  func everyBit() throws {
    let query = StepValues.query(3)
    func name(_ setup: [UInt8], _ basis: [UInt8]) throws -> Digest {
      Attempt(
        setup: try #require(Digest(bytes: setup)), step: 1, number: 0, query: query, sites: ["a", "b", "c"],
        basis: try #require(Digest(bytes: basis))
      ).digest
    }
    let zero = [UInt8](repeating: 0, count: 32)
    var names: Set<Digest> = [try name(zero, zero)]
    for bit in 0..<256 {
      var changed = zero
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      names.insert(try name(changed, zero))
      names.insert(try name(zero, changed))
    }
    #expect(names.count == 513)
  }
}

extension SeededRandom {
  /// 32 bytes of it.
  var root: [UInt8] {
    var copy = self
    return copy.bytes(32)
  }
}
