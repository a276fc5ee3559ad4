import Federation

extension Konsil_V1_StepLine {
  package init(_ line: StepLine) {
    self.init()
    step = UInt64(bitPattern: Int64(line.step))
    query = line.query
    elements = UInt64(bitPattern: Int64(line.elements))
    isVoid = line.isVoid
    atMs = UInt64(bitPattern: line.at.milliseconds)
  }
}

extension StepLine {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_StepLine) throws(WireError) {
    self.init(
      step: try Field.number(message.step, in: Field.ordinal, "step"),
      query: try Field.name(message.query, "query"),
      elements: try Field.number(
        message.hasElements ? message.elements : nil, in: 0...WireLimits.vectorElements, "elements"),
      isVoid: try Field.present(message.hasIsVoid ? message.isVoid : nil, "is_void"),
      at: try Field.instant(message.hasAtMs ? message.atMs : nil, "at_ms"))
  }
}

extension Konsil_V1_RunEvent {
  package init(_ event: RunEvent) {
    self.init()
    number = UInt64(bitPattern: Int64(event.number))
    atMs = UInt64(bitPattern: event.at.milliseconds)
    if let site = event.site { self.site = site }
    text = FreeText.sendable(event.text, most: WireLimits.text)
  }
}

extension RunEvent {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_RunEvent) throws(WireError) {
    self.init(
      number: try Field.number(message.number, in: Field.ordinal, "number"),
      at: try Field.instant(message.hasAtMs ? message.atMs : nil, "at_ms"),
      site: message.hasSite ? try Field.name(message.site, "site") : nil,
      text: try Field.text(message.text, "text"))
  }
}

extension Konsil_V1_RunWait {
  package init(_ wait: RunWait) {
    self.init()
    site = wait.site
    reason = FreeText.sendable(wait.reason, most: WireLimits.text)
    sinceMs = UInt64(bitPattern: wait.since.milliseconds)
  }
}

extension RunWait {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_RunWait) throws(WireError) {
    self.init(
      site: try Field.name(message.site, "site"), reason: try Field.text(message.reason, "reason"),
      since: try Field.instant(message.hasSinceMs ? message.sinceMs : nil, "since_ms"))
  }
}

extension Konsil_V1_SiteStatus {
  package init(_ status: SiteStatus) {
    self.init()
    site = status.site
    isConnected = status.isConnected
    sinceMs = UInt64(bitPattern: status.since.milliseconds)
    if let expires = status.certificateExpires {
      certificateExpiresMs = UInt64(bitPattern: expires.milliseconds)
    }
  }
}

extension SiteStatus {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_SiteStatus) throws(WireError) {
    self.init(
      site: try Field.name(message.site, "site"),
      isConnected: try Field.present(
        message.hasIsConnected ? message.isConnected : nil, "is_connected"),
      since: try Field.instant(message.hasSinceMs ? message.sinceMs : nil, "since_ms"),
      certificateExpires: message.hasCertificateExpiresMs
        ? try Field.instant(message.certificateExpiresMs, "certificate_expires_ms") : nil)
  }
}
