import Federation
import FoundationEssentials
import SecureAggregation

extension Konsil_V1_Dealing {
  init(_ dealing: Dealing) {
    self.init()
    secret = Data(dealing.secret.bytes)
    shares = dealing.shares.map { Data($0.bytes) }
    sealed = dealing.sealed.map { Data($0) }
  }
}

extension Dealing {
  /// Bytes of its digests and sealed shares.
  var byteCount: Int {
    Digest.byteCount * (1 + shares.count) + sealed.reduce(0) { $0 + $1.count }
  }

  init(_ message: Konsil_V1_Dealing) throws(WireError) {
    self.init(
      secret: try Field.digest(message.secret, "secret"),
      shares: try Field.list(message.shares, "shares") { digest throws(WireError) in
        try Field.digest(digest, "")
      },
      sealed: try Field.list(message.sealed, "sealed") { sealed throws(WireError) in
        sealed.isEmpty ? [] : try Field.bytes(sealed, exactly: Dealing.sealedByteCount, "")
      })
  }
}

extension Konsil_V1_ShareDeliveries {
  init(run: String, epoch: Int, step: Int, attempt: Digest, _ deliveries: [ShareDelivery]) {
    self.init()
    self.run = run
    self.epoch = UInt64(bitPattern: Int64(epoch))
    self.step = UInt64(bitPattern: Int64(step))
    self.attempt = Data(attempt.bytes)
    self.deliveries = deliveries.map { delivery in
      var message = Konsil_V1_ShareDelivery()
      message.site = delivery.site
      message.digest = Data(delivery.digest.bytes)
      message.sealed = Data(delivery.sealed)
      return message
    }
  }

  func decoded() throws(WireError) -> CoordinatorEvent {
    .message(
      run: try Field.run(run),
      .shares(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        step: try Field.number(step, in: Field.ordinal, "step"),
        attempt: try Field.digest(attempt, "attempt"),
        try Field.list(deliveries, "deliveries") { delivery throws(WireError) in
          ShareDelivery(
            site: try Field.name(delivery.site, "site"), digest: try Field.digest(delivery.digest, "digest"),
            sealed: try Field.bytes(delivery.sealed, exactly: Dealing.sealedByteCount, "sealed"))
        }))
  }
}

extension Konsil_V1_Opening {
  init(run: String, epoch: Int, step: Int, _ opening: OpenedShares) {
    self.init()
    self.run = run
    self.epoch = UInt64(bitPattern: Int64(epoch))
    self.step = UInt64(bitPattern: Int64(step))
    site = opening.site
    attempt = Data(opening.attempt.bytes)
    shares = opening.shares.map { Data($0) }
  }

  func decoded() throws(WireError) -> SiteEvent {
    .message(
      run: try Field.run(run),
      .opening(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        step: try Field.number(step, in: Field.ordinal, "step"),
        .opening(
          OpenedShares(
            site: try Field.name(site, "site"), attempt: try Field.digest(attempt, "attempt"),
            shares: try Field.list(shares, "shares") { share throws(WireError) in
              try Field.bytes(share, exactly: OpenedShares.shareByteCount, "")
            }))))
  }
}

extension Konsil_V1_Complaint {
  init(run: String, epoch: Int, step: Int, _ complaint: SignedComplaint) {
    self.init()
    self.run = run
    self.epoch = UInt64(bitPattern: Int64(epoch))
    self.step = UInt64(bitPattern: Int64(step))
    site = complaint.site
    attempt = Data(complaint.attempt.bytes)
    dealer = complaint.dealer
    signature = Data(complaint.signature.bytes)
  }

  func decoded() throws(WireError) -> SiteEvent {
    .message(
      run: try Field.run(run),
      .opening(
        epoch: try Field.number(epoch, in: Field.ordinal, "epoch"),
        step: try Field.number(step, in: Field.ordinal, "step"),
        .complaint(
          SignedComplaint(
            site: try Field.name(site, "site"), attempt: try Field.digest(attempt, "attempt"),
            dealer: try Field.name(dealer, "dealer"),
            signature: try Field.signature(signature, "signature")))))
  }
}
