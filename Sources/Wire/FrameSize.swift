import SwiftProtobuf

/// Refuses to send what the other side would refuse to read.
///
/// - Throws: `WireError` when `message` has more than `WireLimits.streamMessage` bytes.
func checkSize(of message: some SwiftProtobuf.Message) throws(WireError) {
  let bytes: [UInt8]
  do {
    bytes = try message.serializedBytes()
  } catch {
    throw WireError(field: "content", what: "cannot be serialised")
  }
  guard bytes.count <= WireLimits.streamMessage else {
    throw WireError(
      field: "content",
      what: "\(bytes.count) bytes, more than the \(WireLimits.streamMessage) of one message")
  }
}
