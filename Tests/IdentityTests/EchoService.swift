import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Identity
import Synchronization

/// Answers who sent a request, as the coordinator's services will ask, followed by the request.
struct EchoService: RegistrableRPCService {
  static let method = MethodDescriptor(
    service: ServiceDescriptor(fullyQualifiedService: "konsil.test.Echo"), method: "Who")

  let peers: ConnectedPeers
  let largest: Largest

  /// The size of the largest message that came through, in bytes.
  final class Largest: Sendable {
    private let size = Mutex(0)
    var value: Int { size.withLock { $0 } }
    func note(_ count: Int) { size.withLock { $0 = max($0, count) } }
  }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: Self.method, deserializer: Raw(), serializer: Raw()
    ) { request, context in
      let peer = try peers.peer(for: context)
      return StreamingServerResponse(of: [UInt8].self) { writer in
        try await writer.write(Array(peer.name.uri.utf8))
        for try await message in request.messages {
          largest.note(message.count)
          try await writer.write(message)
        }
        return [:]
      }
    }
  }
}

/// Messages as they are on the wire.
struct Raw: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
    bytes.withUnsafeBytes { Array($0) }
  }
}

/// Connects, sends `messages`, and returns what the service answered, the sender's name first.
func echo(
  _ messages: [[UInt8]], over transport: CoordinatorTransport,
  whileOpen: @escaping @Sendable () async throws -> Void = {}
) async throws -> (name: String?, messages: [[UInt8]]) {
  try await withGRPCClient(transport: transport) { client in
    try await client.bidirectionalStreaming(
      request: StreamingClientRequest { writer in
        for message in messages { try await writer.write(message) }
      },
      descriptor: EchoService.method, serializer: Raw(), deserializer: Raw(), options: .defaults
    ) { response in
      var answers: [[UInt8]] = []
      for try await message in response.messages {
        answers.append(message)
        if answers.count == 1 { try await whileOpen() }
      }
      return (answers.first.map { String(decoding: $0, as: UTF8.self) }, Array(answers.dropFirst()))
    }
  }
}

/// A coordinator on a port of its own, for the time of `body`.
struct RunningServer: Sendable {
  let port: Int
  let peers: ConnectedPeers
  let largest: EchoService.Largest
  private let refusals: Refusals

  private final class Refusals: Sendable {
    let all = Mutex<[ConnectionRefusal]>([])
  }

  /// Why connections were turned away so far.
  var refused: [String] { refusals.all.withLock { $0.map(\.reason) } }

  func at(_ host: String) -> HostPort {
    guard let address = HostPort(host: host, port: port) else { fatalError("no host: \(host)") }
    return address
  }

  static func run<Result: Sendable>(
    _ tls: TLSSettings, on host: String = "127.0.0.1", now: @escaping @Sendable () -> Date = { Date() },
    _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let peers = ConnectedPeers()
    let refusals = Refusals()
    guard let address = HostPort(host: host, port: 0) else { throw NotListening() }
    let transport = try makeServerTransport(
      listeningOn: address, tls: tls, peers: peers, now: now,
      onRefusal: { refusal in refusals.all.withLock { $0.append(refusal) } })
    let service = EchoService(peers: peers, largest: EchoService.Largest())
    return try await withGRPCServer(transport: transport, services: [service]) { server in
      guard let port = await server.transport.boundPort else { throw NotListening() }
      return try await body(
        RunningServer(
          port: port, peers: peers, largest: service.largest, refusals: refusals))
    }
  }

  struct NotListening: Error {}
}

/// Waits until `condition` holds, at most so many seconds.
///
/// - Returns: whether it came to hold.
func eventually(within seconds: Double = 5, _ condition: () -> Bool) async throws -> Bool {
  for _ in 0..<Int(seconds * 100) {
    if condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return condition()
}
