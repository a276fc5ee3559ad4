import Federation
import Wire

/// What a researcher's tools and the coordinator say to each other, drawn anew for each seed.
extension SeededNumbers {
  mutating func submission() throws -> Submission {
    Submission(
      study: SignedStudy(
        text: bytes(number(1...300)), owner: try key(), signature: try signature()),
      offer: try offer())
  }

  mutating func summary() -> RunSummary {
    RunSummary(
      run: run(), study: "ibd_2", plan: name(), planDigest: digest(), algorithm: "logistic",
      researcher: name(), sites: list(5) { $0.name() },
      state: RunState.allCases[number(0...RunState.allCases.count - 1)], steps: number(0...99),
      mostSteps: number(0...Int(Int32.max)), submitted: instant(), ended: coin() ? instant() : nil,
      failure: coin() ? failure() : nil)
  }

  mutating func stepLine() -> StepLine {
    StepLine(
      step: ordinal(), query: name(), elements: number(0...1 << 27), isVoid: coin(), at: instant())
  }

  mutating func event() -> RunEvent {
    RunEvent(number: ordinal(), at: instant(), site: coin() ? name() : nil, text: freeText())
  }

  mutating func wait() -> RunWait { RunWait(site: name(), reason: freeText(), since: instant()) }

  mutating func status() -> SiteStatus {
    SiteStatus(
      site: name(), isConnected: coin(), since: instant(),
      certificateExpires: coin() ? instant() : nil)
  }

  mutating func detail() -> RunDetail {
    RunDetail(summary: summary(), steps: list(5) { $0.stepLine() }, waits: list(3) { $0.wait() })
  }

  mutating func update() -> RunUpdate {
    RunUpdate(summary: summary(), events: list(5) { $0.event() }, waits: list(3) { $0.wait() })
  }
}
