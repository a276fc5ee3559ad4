import Federation
import Foundation
import GRPCCore
import Identity
import KonsilTesting
import SecureAggregation
import Testing
import Wire

extension EndToEnd {
  /// A site's own certificate in the hands of a program that follows no protocol.
  @Suite struct BadMessageTests {
    private static let signature = Signature(bytes: [UInt8](repeating: 5, count: 64))

    private struct Stream {
      let name: String
      /// The code that the coordinator answers with; nil where the transport itself refuses.
      let code: String?
      let frames: [Konsil_V1_FromSite]

      init(_ name: String, _ frames: [Konsil_V1_FromSite], code: String? = "bad-message") {
        (self.name, self.code, self.frames) = (name, code, frames)
      }
    }

    private static func frame(_ change: (inout Konsil_V1_FromSite) -> Void) -> Konsil_V1_FromSite {
      var frame = Konsil_V1_FromSite()
      change(&frame)
      return frame
    }

    private static func hello(_ version: UInt32 = WireProtocol.version) throws -> [Konsil_V1_FromSite] {
      Array(try FromSiteFramer.frames(.hello(version: version, software: "test", live: [:])))
    }

    /// A vector of three chunks.
    private static func vector(_ run: String) throws -> [Konsil_V1_FromSite] {
      let contribution = SignedContribution(
        site: "freiburg", attempt: Digest(of: [1]), vector: [UInt64](repeating: 3, count: 300_000),
        signature: try #require(signature))
      return Array(
        try FromSiteFramer.frames(.message(run: run, .contribution(epoch: 1, step: 6, contribution))))
    }

    private static func streams(_ run: String) throws -> [Stream] {
      let (hello, vector) = (try hello(), try vector(run))
      var ringless = vector
      ringless[0].contributionStart.contribution.rings[0].width = 0
      var endless = vector
      endless[0].contributionStart.contribution.rings[0].count = 1 << 27
      var exchanged = vector
      exchanged.swapAt(1, 2)
      let chunk = frame { $0.chunk.elements = Data(count: 8) }
      return [
        Stream("nothing but a chunk", [chunk]),
        Stream("another version", try Self.hello(99), code: "wrong-version"),
        Stream("a second hello", hello + hello),
        Stream("a message of no kind", hello + [frame { _ in }]),
        Stream("a chunk of no vector", hello + [chunk]),
        Stream("a ring of no width", hello + ringless),
        Stream("a vector of a gibibyte", hello + endless),
        Stream("chunks that changed places", hello + exchanged),
        Stream("half a vector", hello + vector.dropLast()),
        Stream("a run of no name", hello + [frame { $0.refusal.run = "x" }]),
        Stream(
          "five mebibytes at once", hello + [frame { $0.chunk.elements = Data(count: 5 << 20) }], code: nil),
      ]
    }

    /// The error with which the coordinator ends the stream.
    private static func end(
      of stream: Stream, _ client: Konsil_V1_SiteService.Client<some ClientTransport>
    ) async throws -> RPCError? {
      do {
        try await client.attend { writer in
          for frame in stream.frames { try await writer.write(frame) }
        } onResponse: { response in
          for try await _ in response.messages {}
        }
        return nil
      } catch let error as RPCError {
        return error
      }
    }

    @Test(
      "Malformed, oversized and broken messages end their sender's stream, by name; the run goes on without it"
    )
    func streams() async throws {
      try await ToleranceTests.losingFreiburg(meanwhile: { federation, run in
        let route = try CoordinatorRoute(
          Endpoint(
            host: "localhost", port: federation.port, authority: federation("authority/root.pem"),
            proxy: nil, groups: Endpoint.defaultGroups), folder: KeyFolder(federation("freiburg/identity")))
        for stream in try Self.streams(run) {
          try await withGRPCClient(transport: try await route.dial()) { client in
            let error = try await Self.end(of: stream, Konsil_V1_SiteService.Client(wrapping: client))
            #expect(error != nil, "\(stream.name)")
            #expect(error.flatMap { Complaint($0) }?.code == stream.code, "\(stream.name): \(error as Any)")
          }
        }
        let named = federation.coordinator?.log.split(separator: "\n").filter {
          $0.contains("closed a connection") && $0.contains("site=freiburg")
        }
        #expect(named?.count == 8, "\(federation.coordinator?.tail ?? "")")
      })
    }
  }
}
