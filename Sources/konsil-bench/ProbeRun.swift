import ArgumentParser
import Federation
import Identity
import Queries
import SecureAggregation

/// A run that asks a vector of one length again and again, put together alike by coordinator and agents.
struct ProbeRun: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "The sites; each has a folder of its name with identity/.")
  var sites: [String]
  @Option(help: "fixed or tolerant")
  var membership: String
  @Option(help: "Elements of a vector.")
  var length: Int
  @Option(help: "How many steps.")
  var steps: Int

  /// Up to here a step's sum is one of a regression: reals, kept until the run ends. Longer ones are as trees' are:
  /// words of the ring, not kept.
  static let mostReals = 10_000

  func validate() throws {
    guard ["fixed", "tolerant"].contains(membership), length > 0, steps > 1 else {
      throw ValidationError("--membership fixed or tolerant, --length from 1, --steps from 2")
    }
  }

  var tolerance: Tolerance? { membership == "tolerant" ? Tolerance(sites: sites.count) : nil }

  var isOfReals: Bool { length <= Self.mostReals }

  func program() throws -> ProbeProgram {
    let segment: Segment =
      isOfReals
      ? try .reals("numbers", length: length, bound: 1000, sites: sites.count)
      : .words("words", length: length, width: .full)
    return ProbeProgram([segment], keepsSums: isOfReals)
  }

  /// Signed by nobody who matters: it is adopted and not submitted.
  func submission() throws -> Submission {
    guard let key = SigningKey(seed: [UInt8](repeating: 1, count: 32)) else { throw BenchFault("no key") }
    let plan = Array("probe \(membership) \(length)".utf8)
    let run = String(Digest(of: plan).hexadecimal.prefix(32))
    let signature = try key.sign(.plan, plan)
    return Submission(
      study: SignedStudy(text: plan, owner: key.identity, signature: signature),
      offer: RunOffer(
        run: run, plan: plan, researcher: key.identity, planSignature: signature, runSignature: signature))
  }

  /// - Parameter folder: where the sites' folders are.
  func roster(in folder: String) throws -> Roster {
    try Roster(
      sites.map { site throws in
        let identity = try KeyFolder("\(folder)/\(site)/identity").publicIdentity()
        return .init(site: site, key: identity.key)
      })
  }

  func frame(site: String, folder: String) throws -> SiteRun.Frame {
    let offer = try submission().offer
    return SiteRun.Frame(
      run: offer.run, site: site, roster: try roster(in: folder),
      subject: PlanOnSnapshot(plan: offer.planDigest, snapshot: Digest(of: Array(site.utf8))),
      mostSteps: steps, tolerance: tolerance)
  }
}

/// What is wrong with a measurement, for people.
struct BenchFault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
