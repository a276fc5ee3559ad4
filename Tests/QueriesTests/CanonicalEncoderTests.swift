import KonsilTesting
import Queries
import Testing

/// A value as `canonical-encoding.json` shows it.
private indirect enum Value: Decodable {
  case integer(Int)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case list([Value])

  private enum Key: CodingKey { case kind, value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .kind) {
    case "integer": self = .integer(try container.decode(Int.self, forKey: .value))
    case "real": self = .real(try container.decode(Vectors.Word.self, forKey: .value).real)
    case "text": self = .text(try container.decode(String.self, forKey: .value))
    case "bytes": self = .bytes(try container.decode(Vectors.Hex.self, forKey: .value).bytes)
    case "list": self = .list(try container.decode([Value].self, forKey: .value))
    default: throw FixtureError()
    }
  }

  func append(to encoder: inout CanonicalEncoder) {
    switch self {
    case .integer(let value): encoder.append(value)
    case .real(let value): encoder.append(value)
    case .text(let value): encoder.append(value)
    case .bytes(let value): encoder.append(value)
    case .list(let values): encoder.append(list: values) { $1.append(to: &$0) }
    }
  }
}

private struct Case: Decodable {
  let label: String
  let values: [Value]
  let bytes: Vectors.Hex

  var encoded: [UInt8] {
    var encoder = CanonicalEncoder(label: label)
    for value in values { value.append(to: &encoder) }
    return encoder.bytes
  }
}

private struct File: Decodable {
  let cases: [Case]
  let distinct: [[Case]]
}

@Suite("Canonical encoding")
struct CanonicalEncoderTests {
  @Test("gives the bytes of the vectors")
  func knownAnswers() throws {
    let file: File = try Vectors.read("canonical-encoding")
    #expect(file.cases.count >= 5)
    for known in file.cases + file.distinct.joined() {
      #expect(known.encoded == known.bytes.bytes, "\(known.label) \(known.values)")
    }
  }

  @Test("tells apart what only looks alike")
  func distinct() throws {
    let file: File = try Vectors.read("canonical-encoding")
    #expect(!file.distinct.isEmpty)
    for group in file.distinct {
      #expect(Set(group.map(\.encoded)).count == group.count)
    }
  }
}
