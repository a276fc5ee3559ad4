import Federation
import Queries

extension Konsil_V1_StepRequest {
  init(run: String, _ request: StepRequest) {
    self.init()
    self.run = run
    epoch = UInt64(bitPattern: Int64(request.epoch))
    step = UInt64(bitPattern: Int64(request.step))
    attempt = UInt64(bitPattern: Int64(request.attempt))
    sites = request.sites
    query = Konsil_V1_Query(request.query)
  }
}

extension StepRequest {
  init(_ message: Konsil_V1_StepRequest) throws(WireError) {
    let sites = try Field.list(message.sites, "sites") { site throws(WireError) in
      try Field.name(site, "")
    }
    guard !sites.isEmpty else { throw WireError(field: "sites", what: "missing") }
    self.init(
      epoch: try Field.number(message.epoch, in: Field.ordinal, "epoch"),
      step: try Field.number(message.step, in: Field.ordinal, "step"),
      attempt: try Field.number(
        message.hasAttempt ? message.attempt : nil, in: Field.count, "attempt"),
      sites: sites,
      query: try Field.message(message.hasQuery ? message.query : nil, "query") {
        query throws(WireError) in try Query(query)
      })
  }
}

extension Konsil_V1_Query {
  init(_ query: Query) {
    self.init()
    name = query.name
    parameters = query.parameters
    segments = query.segments.map { Konsil_V1_Segment($0) }
    isVerified = query.isVerified
  }
}

extension Query {
  /// Most elements that aggregation appends to a query's: `withheld` and the checks.
  private static let appended = Contribution.spareCapacity

  init(_ message: Konsil_V1_Query) throws(WireError) {
    self.init(
      name: try Field.name(message.name, "name"),
      parameters: try Field.list(
        message.parameters, most: WireLimits.parameters, "parameters"
      ) { value throws(WireError) in
        guard value.isFinite else { throw WireError(field: "", what: "not a finite number") }
        return value
      },
      segments: try Field.list(message.segments, "segments") { segment throws(WireError) in
        try Segment(segment)
      },
      isVerified: try Field.present(
        message.hasIsVerified ? message.isVerified : nil, "is_verified"))
    guard length <= WireLimits.vectorElements - Self.appended else {
      throw WireError(
        field: "segments",
        what: "\(length) elements, more than \(WireLimits.vectorElements - Self.appended)")
    }
  }
}

extension Konsil_V1_Segment {
  init(_ segment: Segment) {
    self.init()
    name = segment.name
    length = UInt64(bitPattern: Int64(segment.length))
    bound = segment.bound
    fractionBits = Int32(clamping: segment.scale.fractionBits)
    width = UInt32(segment.width.bits)
    isWords = segment.isWords
  }
}

extension Segment {
  init(_ message: Konsil_V1_Segment) throws(WireError) {
    let name = try Field.name(message.name, "name")
    let length = try Field.number(
      message.hasLength ? message.length : nil, in: 0...WireLimits.vectorElements, "length")
    let bound = try Field.present(message.hasBound ? message.bound : nil, "bound")
    let fractionBits = Int(
      try Field.present(message.hasFractionBits ? message.fractionBits : nil, "fraction_bits"))
    guard bound.isFinite, bound >= 0 else {
      throw WireError(field: "bound", what: "not a finite number of at least 0")
    }
    guard (-1_100...1_100).contains(fractionBits) else {
      throw WireError(field: "fraction_bits", what: "no scale of a double")
    }
    guard let width = RingWidth(bits: Int(message.width)) else {
      throw WireError(field: "width", what: "not a multiple of 8 from 8 to 64")
    }
    self.init(
      described: name, length: length, bound: bound, fractionBits: fractionBits, width: width,
      isWords: message.isWords)
  }
}
