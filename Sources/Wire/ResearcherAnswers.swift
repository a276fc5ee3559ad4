import Federation

/// A run with its steps and whom it waits for.
package struct RunDetail: Hashable, Sendable, Codable {
  package let summary: RunSummary
  /// In their order; the last 1,000 when they come over the wire.
  package let steps: [StepLine]
  package let waits: [RunWait]

  package init(summary: RunSummary, steps: [StepLine], waits: [RunWait]) {
    self.summary = summary
    self.steps = steps
    self.waits = waits
  }
}

/// What a researcher who watches a run is told.
package struct RunUpdate: Hashable, Sendable, Codable {
  package let summary: RunSummary
  /// Those not told before, in their order.
  package let events: [RunEvent]
  package let waits: [RunWait]

  package init(summary: RunSummary, events: [RunEvent], waits: [RunWait]) {
    self.summary = summary
    self.events = events
    self.waits = waits
  }
}
