import Federation
import SecureAggregation

/// A list of contributions that is arriving, one vector after the other.
struct IncomingContributions: Sendable {
  private let run: String
  private let epoch: Int
  private let step: Int
  private let count: Int
  private let secrets: [[UInt8]]
  /// Bytes that vectors and their dealings may still have.
  private var room: Int
  private var whole: [SignedContribution] = []
  private var vector: IncomingVector?

  /// - Parameter room: bytes that all vectors and their dealings may have together.
  init(_ start: Konsil_V1_ContributionsStart, room: Int) throws(WireError) {
    run = try Field.run(start.run)
    epoch = try Field.number(start.epoch, in: Field.ordinal, "epoch")
    step = try Field.number(start.step, in: Field.ordinal, "step")
    count = try Field.number(
      start.hasCount ? start.count : nil, in: 0...WireLimits.list, "count")
    secrets = try Field.list(start.secrets, "secrets") { secret throws(WireError) in
      try Field.bytes(secret, exactly: OpenedShares.shareByteCount, "")
    }
    self.room = room
  }

  var isComplete: Bool { whole.count == count }

  var event: CoordinatorEvent {
    .message(run: run, .contributions(epoch: epoch, step: step, whole, secrets: secrets))
  }

  /// The error of anything that should not come now.
  var unfinished: WireError {
    if let vector { return .unfinished(vector) }
    return WireError(
      field: "content", what: "a list is unfinished: \(whole.count) of \(count) contributions have come")
  }

  mutating func begin(_ header: Konsil_V1_ContributionHeader) throws(WireError) {
    if let vector { throw .unfinished(vector) }
    vector = try within("contribution") { () throws(WireError) in
      try IncomingVector(header, room: room)
    }
    takeIfComplete()
  }

  mutating func append(_ chunk: Konsil_V1_VectorChunk) throws(WireError) {
    guard vector != nil else { throw .strayChunk }
    try within("chunk") { () throws(WireError) in try vector?.append(chunk) }
    takeIfComplete()
  }

  private mutating func takeIfComplete() {
    guard let vector, vector.isComplete else { return }
    self.vector = nil
    room -= vector.byteCount
    whole.append(vector.contribution())
  }
}
