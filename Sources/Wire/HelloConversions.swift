import Federation

extension Konsil_V1_Hello {
  init(version: UInt32, software: String, live: [String: Int]) {
    self.init()
    protocolVersion = version
    self.software = FreeText.sendable(software, most: WireLimits.label)
    // A longer list would be refused as a whole; those with secrets come first.
    let most = live.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(WireLimits.list)
    self.live = most.map { run, epoch in
      var live = Konsil_V1_LiveRun()
      live.run = run
      live.epoch = UInt64(bitPattern: Int64(epoch))
      return live
    }
  }

  func decoded() throws(WireError) -> SiteEvent {
    let software = try Field.label(software, "software")
    var live: [String: Int] = [:]
    let entries = try Field.list(self.live, "live") { entry throws(WireError) in
      (try Field.run(entry.run), try Field.number(entry.epoch, in: Field.count, "epoch"))
    }
    for (run, epoch) in entries {
      guard live.updateValue(epoch, forKey: run) == nil else {
        throw WireError(field: "live", what: "names a run twice")
      }
    }
    return .hello(version: try version(protocolVersion), software: software, live: live)
  }
}

extension Konsil_V1_Welcome {
  package init(version: UInt32, time: Instant) {
    self.init()
    protocolVersion = version
    timeMs = UInt64(bitPattern: time.milliseconds)
  }

  func decoded() throws(WireError) -> CoordinatorEvent {
    .welcome(version: try version(protocolVersion), time: try checkedTime())
  }

  /// The coordinator's clock.
  package func checkedTime() throws(WireError) -> Instant {
    try Field.instant(hasTimeMs ? timeMs : nil, "time_ms")
  }
}

/// Any version passes but 0, so that a peer of another version can be told so.
private func version(_ number: UInt32) throws(WireError) -> UInt32 {
  guard number > 0 else { throw WireError(field: "protocol_version", what: "missing") }
  return number
}
