import Cohorts
import Connectors
import Console
import Federation
import Foundation
import GRPCCore
import Identity
import Wire

/// What `konsil-agent check` looks at, one line each: whether this site can take part.
package struct AgentCheck: Report {
  package struct Line: Encodable, Sendable {
    package enum Verdict: String, Encodable, Sendable {
      case good, attention, bad
    }

    package let subject: String
    package let verdict: Verdict
    package let finding: String
  }

  /// What protects the connection, when there is one.
  package struct Transport: Encodable, Sendable {
    package let tls: String
    /// The key exchange group; nil when several were offered, for then it is not known which was taken.
    package let group: String?
  }

  package let lines: [Line]
  package let transport: Transport?

  /// Certificates are made valid from five minutes before they are issued.
  private static let mostSkewSeconds = 60

  package var isGood: Bool { lines.allSatisfy { $0.verdict != .bad } }

  package var text: String {
    TextTable(
      columns: [
        .init(header: "what"), .init(header: ""), .init(header: "finding", mayWrap: true),
      ],
      rows: lines.map { [$0.subject, $0.verdict.rawValue, $0.finding] }
    ).text
  }

  /// Tries everything; what fails is a line, not an error.
  package static func run(_ configuration: SiteConfiguration, now: Date) async -> AgentCheck {
    var lines: [Line] = [permissions(configuration)]
    var transport: Transport?
    do {
      let route = try configuration.route()
      let certificate = route.tls.certificate
      lines.append(dates("certificate", certificate, now))
      lines.append(
        Line(
          subject: "proxy", verdict: .good,
          finding: configuration.coordinator.proxy.map { "\($0.host):\($0.port)" } ?? "none"))
      let (found, agreed) = await connection(route, now)
      lines += found
      transport = agreed
    } catch {
      lines.append(Line(subject: "certificate", verdict: .bad, finding: "\(Complaint(error))"))
    }
    return AgentCheck(lines: lines + studies(configuration), transport: transport)
  }

  private static func permissions(_ configuration: SiteConfiguration) -> Line {
    do {
      _ = try KeyFolder(configuration.identity).signingKey()
      return Line(subject: "keys", verdict: .good, finding: "readable by this account alone")
    } catch {
      return Line(subject: "keys", verdict: .bad, finding: "\(error)")
    }
  }

  private static func dates(_ subject: String, _ facts: CertificateFacts, _ now: Date) -> Line {
    let name = facts.name.map { "\($0), " } ?? ""
    let days = Int(facts.notAfter.timeIntervalSince(now) / 86_400)
    guard facts.notBefore <= now, now < facts.notAfter else {
      return Line(
        subject: subject, verdict: .bad,
        finding: "\(name)not valid now; look at the clock, or have a new one issued")
    }
    return Line(
      subject: subject, verdict: days < 30 ? .attention : .good, finding: "\(name)valid for \(days) days")
  }

  private static func connection(
    _ route: CoordinatorRoute, _ now: Date
  ) async -> ([Line], Transport?) {
    do {
      let probe = try await route.probe()
      let groups = probe.offeredGroups.map(\.rawValue).joined(separator: ", ")
      let lines = [
        Line(subject: "coordinator", verdict: .good, finding: "\(route.server) answers"),
        Line(
          subject: "TLS", verdict: .good,
          finding: "\(probe.tlsVersion), \(probe.group == nil ? "offered" : "group") \(groups)"),
        dates("coordinator's certificate", probe.server, now),
      ]
      return (lines + [await clock(route)], Transport(tls: probe.tlsVersion, group: probe.group?.rawValue))
    } catch {
      return ([Line(subject: "coordinator", verdict: .bad, finding: "\(error)")], nil)
    }
  }

  /// This machine's clock against the coordinator's: certificates are judged by both.
  private static func clock(_ route: CoordinatorRoute) async -> Line {
    do {
      let theirs = try await withGRPCClient(transport: try await route.dial()) { client in
        try await Konsil_V1_SiteService.Client(wrapping: client).greet(Konsil_V1_GreetRequest())
          .checkedTime()
      }
      let seconds = abs(theirs.milliseconds - Instant.system().milliseconds) / 1000
      return Line(
        subject: "clock", verdict: seconds < mostSkewSeconds ? .good : .bad,
        finding: "\(seconds) s from the coordinator's" + (seconds < mostSkewSeconds ? "" : "; set it"))
    } catch {
      return Line(subject: "clock", verdict: .attention, finding: "the coordinator's is not known: \(error)")
    }
  }

  /// The site's records against the dictionary of each study it accepted.
  private static func studies(_ configuration: SiteConfiguration) -> [Line] {
    let accepted = AcceptedStudies(StateFolder(configuration.state))
    guard !accepted.names.isEmpty else {
      return [
        Line(subject: "studies", verdict: .attention, finding: "none accepted yet: konsil-agent study accept")
      ]
    }
    return accepted.names.map { name in
      let subject = "records of \(name)"
      do {
        guard let (study, _) = try accepted.study(named: name) else {
          return Line(subject: subject, verdict: .bad, finding: "the accepted study is not there")
        }
        guard let source = configuration.records[name] else {
          return Line(subject: subject, verdict: .attention, finding: "the configuration names no file")
        }
        let reading = try CohortReader(study, source: source).inspect(file: source.file)
        return Line(
          subject: subject, verdict: reading.problems(in: source.file).isEmpty ? .good : .bad,
          finding: reading.words(in: source.file))
      } catch {
        let finding = (error as? RecordsError)?.description ?? "\(Complaint(error))"
        return Line(subject: subject, verdict: .bad, finding: finding)
      }
    }
  }
}
