import Federation
import Foundation

/// A run's model as the answer to a researcher carries it: JSON, numbers that are not finite as text.
package enum ModelJSON {
  private static let words = (positive: "inf", negative: "-inf", none: "nan")

  package static func encode(_ model: ReleasedModel) throws -> Data {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: words.positive, negativeInfinity: words.negative, nan: words.none)
    return try encoder.encode(model)
  }

  package static func decode(_ data: Data) throws -> ReleasedModel {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: words.positive, negativeInfinity: words.negative, nan: words.none)
    return try decoder.decode(ReleasedModel.self, from: data)
  }
}
