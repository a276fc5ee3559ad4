import SecureAggregation

/// The messages that carry one event, made one at a time: of a vector no more than one chunk is held twice. They
/// go out together and in this order, with no other message between them.
package struct Frames<Message: Sendable>: Sequence, IteratorProtocol, Sendable {
  enum Piece: Sendable {
    case message(Message)
    case vector([UInt64], VectorLayout)
  }

  private let pieces: [Piece]
  private let wrap: @Sendable (Konsil_V1_VectorChunk) -> Message
  private var place = 0
  /// Elements of the vector at `place` that are out already.
  private var sent = 0

  init(_ pieces: [Piece], wrap: @escaping @Sendable (Konsil_V1_VectorChunk) -> Message) {
    self.pieces = pieces
    self.wrap = wrap
  }

  package mutating func next() -> Message? {
    while place < pieces.count {
      switch pieces[place] {
      case .message(let message):
        place += 1
        return message
      case .vector(let vector, let layout):
        guard sent < vector.count, let ring = layout.rest(from: sent) else {
          place += 1
          sent = 0
          continue
        }
        let range = sent..<Swift.min(sent + Swift.min(ring.count, WireLimits.chunkElements), vector.count)
        sent = range.upperBound
        return wrap(Konsil_V1_VectorChunk(vector, range, ring.width))
      }
    }
    return nil
  }
}
