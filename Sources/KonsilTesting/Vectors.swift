import Foundation
import Queries
import SecureAggregation

/// The protocol's known answers, `protocols/vectors/v1`, which `scripts/check-vectors` makes without this code.
package enum Vectors {
  package static func read<Content: Decodable>(_ name: String) throws -> Content {
    let text = try Checkout.text("protocols/vectors/v1/\(name).json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Content.self, from: Data(text.utf8))
  }

  /// Bytes as hexadecimal digits.
  package struct Hex: Decodable, Sendable, Hashable {
    package let bytes: [UInt8]

    package init(from decoder: any Decoder) throws {
      guard let bytes = [UInt8](hexadecimal: try decoder.singleValueContainer().decode(String.self)) else {
        throw FixtureError()
      }
      self.bytes = bytes
    }
  }

  /// A ring element, or a real's bit pattern, as 16 hexadecimal digits.
  package struct Word: Decodable, Sendable, Hashable {
    package let value: UInt64
    package var real: Double { Double(bitPattern: value) }

    package init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { throw FixtureError() }
      self.value = value
    }
  }

  package struct VectorQuery: Decodable, Sendable {
    private struct Part: Decodable, Sendable {
      let name: String
      let kind: String
      let length: Int
      let bound: Word
      let sites: Int
      let fractionBits: Int
      let width: Int?

      func segment() throws -> Segment {
        guard let width = RingWidth(bits: width ?? 64) else { throw FixtureError() }
        switch kind {
        case "counts": return .counts(name, length: length, bound: Int(bound.real), width: width)
        case "reals": return try .reals(name, length: length, bound: bound.real, sites: sites, width: width)
        case "words": return .words(name, length: length, width: width)
        default: throw FixtureError()
        }
      }
    }

    private let name: String
    private let parameters: [Word]
    private let segments: [Part]
    private let isVerified: Bool

    /// - Throws: `FixtureError` where the rule gives another scale than the vector.
    package func query() throws -> Query {
      Query(
        name: name, parameters: parameters.map(\.real),
        segments: try segments.map { part in
          let segment = try part.segment()
          guard segment.scale.fractionBits == part.fractionBits else { throw FixtureError() }
          return segment
        }, isVerified: isVerified)
    }
  }
}
