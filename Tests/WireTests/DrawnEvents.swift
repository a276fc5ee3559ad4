import Federation
import SecureAggregation
import Wire

/// One event of every kind that a stream carries, drawn anew for each seed.
extension SeededNumbers {
  mutating func siteEvents(vector: Int = 5) throws -> [SiteEvent] {
    let run = run()
    let live = list(4) { ($0.run(), $0.ordinal()) }
    return [
      .hello(
        version: UInt32(ordinal()), software: label(),
        live: Dictionary(live, uniquingKeysWith: { first, _ in first })),
      .message(
        run: run,
        .answer(.accepted(SiteReadiness(highestEpoch: number(0...9), verifiedThrough: number(0...9))))),
      .message(run: run, .answer(.waiting(list(3) { $0.freeText() }))),
      .message(run: run, .answer(.refused(refusal()))),
      .message(run: run, .setupKey(epoch: ordinal(), try setupKey())),
      .message(run: run, .ciphertexts(epoch: ordinal(), try ciphertexts())),
      .message(
        run: run,
        .contribution(epoch: ordinal(), step: ordinal(), try contribution(elements: vector))),
      .message(
        run: run,
        .contribution(epoch: ordinal(), step: ordinal(), try ringedContribution(rings: number(0...4)))),
      .message(run: run, .opening(epoch: ordinal(), step: ordinal(), .opening(opening()))),
      .message(run: run, .opening(epoch: ordinal(), step: ordinal(), .complaint(try complaint()))),
      .message(run: run, .refusal(refusal())),
    ]
  }

  mutating func coordinatorEvents(vector: Int = 5) throws -> [CoordinatorEvent] {
    let run = run()
    return [
      .welcome(version: UInt32(ordinal()), time: instant()),
      .offer(try offer()),
      .message(run: run, .openEpoch(ordinal())),
      .message(run: run, .openEpoch(ordinal(), sites: list(5) { $0.name() })),
      .message(run: run, .setupKeys(epoch: ordinal(), try list(3) { try $0.setupKey() })),
      .message(run: run, .ciphertexts(epoch: ordinal(), try list(3) { try $0.delivery() })),
      .message(run: run, .earlier(epoch: ordinal(), step: ordinal(), try stepRequest().query)),
      .message(run: run, .step(try stepRequest())),
      .message(
        run: run,
        .contributions(
          epoch: ordinal(), step: ordinal(),
          try list(3) { try $0.contribution(elements: $0.coin() ? vector : 0) })),
      .message(
        run: run,
        .contributions(
          epoch: ordinal(), step: ordinal(),
          try list(3) { try $0.ringedContribution(rings: $0.number(0...3)) },
          secrets: list(5) { $0.bytes(OpenedShares.shareByteCount) })),
      .message(
        run: run,
        .shares(epoch: ordinal(), step: ordinal(), attempt: digest(), list(5) { $0.shareDelivery() })),
      .message(run: run, .ended(.finished)),
      .message(run: run, .ended(.failed(failure()))),
      .message(run: run, .ended(.cancelled)),
    ]
  }
}
