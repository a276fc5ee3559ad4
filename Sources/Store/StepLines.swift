import Federation
import Queries

/// What stays of a query's segment when its run has ended: how much was summed, and no number of it.
struct SegmentLine: Codable {
  let name: String
  /// Number of elements.
  let length: Int

  init(_ segment: Segment) {
    name = segment.name
    length = segment.length
  }
}

extension StepLine {
  /// - Parameter time: when the step is saved.
  package init(_ record: StepRecord, at time: Instant) {
    self.init(
      step: record.step, query: record.query.name, elements: record.query.length,
      isVoid: record.isVoid, at: time)
  }
}
