import ArgumentParser
import Console
import Coordinator
import Federation
import Foundation
import GRPCCore
import Identity
import Logging
import SecureAggregation
import SiteAgent
import Wire

/// Where client and server of the bare exchange agree.
enum Bare {
  /// What a query takes on its way in a step of the same length.
  static func question() -> Konsil_V1_ToSite {
    var frame = Konsil_V1_ToSite()
    frame.chunk.elements = Data(count: 600)
    return frame
  }

  /// A vector of `length` elements of 64 bits, in the pieces that the wire has.
  static func answer(_ length: Int) -> [Konsil_V1_FromSite] {
    stride(from: 0, to: length, by: WireLimits.chunkElements).map { first in
      var frame = Konsil_V1_FromSite()
      frame.chunk.first = UInt64(first)
      frame.chunk.elements = Data(
        repeating: 0xA5, count: 8 * min(WireLimits.chunkElements, length - first))
      return frame
    }
  }
}

struct BareServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bare-server",
    abstract:
      "Sends a question to all clients and waits for their vectors, again and again; prints the seconds.")

  @Option var config: String
  @Option var clients: Int
  @Option var length: Int
  @Option var steps: Int

  func run() async throws {
    Heap.configure()
    Heap.keepFreed()
    let log = Logger(label: "konsil-bench", factory: { StreamLogHandler.standardError(label: $0) })
    let configuration = try CoordinatorConfiguration.load(config)
    guard let address = HostPort(host: configuration.host, port: configuration.port) else {
      throw BenchFault("no address")
    }
    let peers = ConnectedPeers()
    let transport = try makeServerTransport(
      listeningOn: address, tls: TLSSettings(AuthorityFolder(configuration.identity)), peers: peers)
    let rounds = BareRounds(clients: clients, bytes: 8 * length, steps: steps)
    let server = GRPCServer(transport: transport, services: [BareEndpoint(rounds: rounds)])
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      if let port = await transport.boundPort { log.info("listening", metadata: ["port": "\(port)"]) }
      var seconds: [Double] = []
      for await found in rounds.results { seconds = found }
      print("{\"seconds\": \(seconds)}")
      server.beginGracefulShutdown()
      group.cancelAll()
    }
  }
}

/// Who has answered, and what is asked next.
actor BareRounds {
  private let clients: Int
  private let bytes: Int
  private let steps: Int
  private let clock = ContinuousClock()
  private var outboxes: [AsyncStream<Void>.Continuation] = []
  private var answered = 0
  private var moments: [ContinuousClock.Instant] = []
  nonisolated let results: AsyncStream<[Double]>
  private let result: AsyncStream<[Double]>.Continuation

  init(clients: Int, bytes: Int, steps: Int) {
    self.clients = clients
    self.bytes = bytes
    self.steps = steps
    (results, result) = AsyncStream<[Double]>.makeStream()
  }

  func join() -> (bytes: Int, questions: AsyncStream<Void>) {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    outboxes.append(continuation)
    if outboxes.count == clients { ask() }
    return (bytes, stream)
  }

  /// One client's whole vector is there.
  func answer() {
    answered += 1
    guard answered == clients else { return }
    ask()
  }

  private func ask() {
    answered = 0
    moments.append(clock.now)
    if moments.count > steps {
      result.yield(zip(moments, moments.dropFirst()).map { ($1 - $0) / .seconds(1) })
      result.finish()
    } else {
      for outbox in outboxes { outbox.yield() }
    }
  }
}

struct BareEndpoint: Konsil_V1_SiteService.SimpleServiceProtocol {
  let rounds: BareRounds

  func attend(
    request: RPCAsyncSequence<Konsil_V1_FromSite, any Error>, response: RPCWriter<Konsil_V1_ToSite>,
    context: ServerContext
  ) async throws {
    let (bytes, questions) = await rounds.join()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in questions { try await response.write(Bare.question()) }
      }
      var received = 0
      for try await frame in request {
        received += frame.chunk.elements.count
        guard received == bytes else { continue }
        received = 0
        await rounds.answer()
      }
      group.cancelAll()
    }
  }

  func greet(request: Konsil_V1_GreetRequest, context: ServerContext) async throws -> Konsil_V1_Welcome {
    Konsil_V1_Welcome()
  }
}

struct BareClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bare-client", abstract: "Answers every question with a vector.")

  @Option var config: String
  @Option var length: Int

  func run() async throws {
    Heap.configure()
    Heap.keepFreed()
    let route = try SiteConfiguration.load(config).route()
    let answer = Bare.answer(length)
    let transport = try await route.dial()
    try await withTaskExecutorPreference(transport.executor) {
      try await withGRPCClient(transport: transport) { try await Self.attend($0, answer) }
    }
  }

  private static func attend(
    _ client: GRPCClient<CoordinatorTransport>, _ answer: [Konsil_V1_FromSite]
  ) async throws {
    let service = Konsil_V1_SiteService.Client(wrapping: client)
    let (questions, continuation) = AsyncStream<Void>.makeStream()
    try await service.attend { writer in
      for await _ in questions {
        for frame in answer { try await writer.write(frame) }
      }
    } onResponse: { response in
      for try await _ in response.messages { continuation.yield() }
      continuation.finish()
    }
  }
}
