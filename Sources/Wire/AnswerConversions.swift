import Federation
import FoundationEssentials

extension Konsil_V1_ListRunsResponse {
  /// - Parameter runs: newest first; those beyond the first 1,000 do not travel.
  package init(_ runs: [RunSummary]) {
    self.init()
    self.runs = runs.prefix(WireLimits.list).map { Konsil_V1_RunSummary($0) }
  }

  package func decoded() throws(WireError) -> [RunSummary] {
    try Field.list(runs, "runs") { run throws(WireError) in try RunSummary(run) }
  }
}

extension Konsil_V1_ListSitesResponse {
  package init(_ sites: [SiteStatus]) {
    self.init()
    self.sites = sites.map { Konsil_V1_SiteStatus($0) }
  }

  package func decoded() throws(WireError) -> [SiteStatus] {
    try Field.list(sites, "sites") { site throws(WireError) in try SiteStatus(site) }
  }
}

extension Konsil_V1_GetModelResponse {
  /// - Parameter model: JSON.
  package init(model: [UInt8]) {
    self.init()
    self.model = Data(model)
  }

  /// The model's JSON, of checked size.
  package func decoded() throws(WireError) -> [UInt8] {
    try Field.document(model, most: WireLimits.model, "model")
  }
}

extension Konsil_V1_RunDetail {
  package init(_ detail: RunDetail) {
    self.init()
    summary = Konsil_V1_RunSummary(detail.summary)
    steps = detail.steps.suffix(WireLimits.list).map { Konsil_V1_StepLine($0) }
    waits = detail.waits.map { Konsil_V1_RunWait($0) }
  }
}

extension RunDetail {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_RunDetail) throws(WireError) {
    self.init(
      summary: try Field.message(message.hasSummary ? message.summary : nil, "summary") {
        summary throws(WireError) in try RunSummary(summary)
      },
      steps: try Field.list(message.steps, "steps") { step throws(WireError) in
        try StepLine(step)
      },
      waits: try Field.list(message.waits, "waits") { wait throws(WireError) in
        try RunWait(wait)
      })
  }
}

extension Konsil_V1_WatchUpdate {
  /// The messages that carry `update`: one, or more when it has more than 500 events.
  package static func messages(_ update: RunUpdate) -> [Konsil_V1_WatchUpdate] {
    stride(from: 0, to: max(1, update.events.count), by: WireLimits.events).map { first in
      var message = Konsil_V1_WatchUpdate()
      message.summary = Konsil_V1_RunSummary(update.summary)
      message.events = update.events.dropFirst(first).prefix(WireLimits.events)
        .map { Konsil_V1_RunEvent($0) }
      message.waits = update.waits.map { Konsil_V1_RunWait($0) }
      return message
    }
  }
}

extension RunUpdate {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_WatchUpdate) throws(WireError) {
    self.init(
      summary: try Field.message(message.hasSummary ? message.summary : nil, "summary") {
        summary throws(WireError) in try RunSummary(summary)
      },
      events: try Field.list(message.events, most: WireLimits.events, "events") {
        event throws(WireError) in try RunEvent(event)
      },
      waits: try Field.list(message.waits, "waits") { wait throws(WireError) in
        try RunWait(wait)
      })
  }
}
