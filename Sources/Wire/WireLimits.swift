import Queries

/// The version of the stream between agent and coordinator that this code speaks.
package enum WireProtocol {
  package static let version: UInt32 = 1
}

/// The greatest sizes on the wire, as the files in `protocols/wire` state them. Transports are to be
/// configured with the three first, so that nothing larger is even read.
package enum WireLimits {
  /// Bytes of a serialised `FromSite` or `ToSite`.
  package static let streamMessage = 1 << 20 + 64 << 10
  /// Bytes of a serialised request of a researcher.
  package static let request = 2 << 20 + 64 << 10
  /// Bytes of a serialised answer to a researcher.
  package static let answer = model + 64 << 10

  /// Elements in a vector's chunk: 1 MiB.
  package static let chunkElements = 131_072
  package static let vectorElements = 1 << 27
  /// Bytes of a vector that travels in its header.
  package static let vectorInHeader = 64 << 10
  /// Entries in a list.
  package static let list = 1_000
  /// Rings in a vector, and its chunks in a header: of a query's segments, of `withheld` and of the checks of all widths.
  package static let rings = list + 1 + RingWidth.full.bytes
  /// Numbers that a query is asked at: 512 KiB.
  package static let parameters = Query.mostParameters
  /// Bytes of a signed study or plan.
  package static let document = 1 << 20
  /// Bytes of a model's JSON.
  package static let model = 64 << 20
  /// Events in one update to a watching researcher.
  package static let events = 500

  /// Bytes of a free text: a refusal's detail, an event.
  static let text = 16_384
  /// Bytes of a rule's, failure's or program's name.
  static let label = 256
  /// Bytes of a complaint's message and of its advice, which travel in HTTP trailers.
  static let trailerText = 2_048
  /// Bytes of the message in an RPC status.
  static let statusMessage = 512
  /// Epochs, steps, attempts and event numbers.
  static let ordinal = Int(Int32.max)
  static let journalEntries = 1 << 53
  /// 9999-12-31 23:59:59.999 UTC in milliseconds since 1970.
  static let time = 253_402_300_799_999
}
