import Foundation
import Identity
import NIOCore
import NIOPosix
import Synchronization

/// A CONNECT proxy on loopback of a few lines, which records what it was asked.
final class TinyProxy: Sendable {
  enum Behaviour: Sendable {
    case connect
    /// Answers with this text.
    case answer(String)
    case silence
  }

  private let requests = Mutex<[String]>([])
  private let behaviour: Behaviour

  private init(_ behaviour: Behaviour) { self.behaviour = behaviour }

  /// The requests so far, each from its first line to the empty one.
  var asked: [String] { requests.withLock { $0 } }

  static func run(
    _ behaviour: Behaviour, _ body: (TinyProxy, HostPort) async throws -> Void
  ) async throws {
    let proxy = TinyProxy(behaviour)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Front(proxy: proxy))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    defer { listener.close(promise: nil) }
    guard let port = listener.localAddress?.port,
      let address = HostPort(host: "127.0.0.1", port: port)
    else { return }
    try await body(proxy, address)
  }

  /// Faces the client.
  private final class Front: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let proxy: TinyProxy
    private var head = ""
    private var onward: (any Channel)?

    init(proxy: TinyProxy) { self.proxy = proxy }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      if let onward {
        onward.writeAndFlush(buffer, promise: nil)
        return
      }
      head += String(buffer: buffer)
      guard head.hasSuffix("\r\n\r\n") else { return }
      proxy.requests.withLock { $0.append(head) }
      switch proxy.behaviour {
      case .silence: return
      case .answer(let text): say(text, context)
      case .connect: connect(context)
      }
    }

    func channelInactive(context: ChannelHandlerContext) { onward?.close(promise: nil) }

    private func connect(_ context: ChannelHandlerContext) {
      let target = head.split(separator: " ").dropFirst().first ?? ""
      guard let port = target.split(separator: ":").last.flatMap({ Int($0) }) else { return }
      let client = context.channel
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Back(client: client))
          }
        }
        .connect(host: "127.0.0.1", port: port)
        .whenSuccess { channel in
          let (front, context) = bound.value
          front.onward = channel
          front.say("HTTP/1.1 200 Connection established\r\n\r\n", context)
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
  }

  /// Faces the server.
  private final class Back: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let client: any Channel
    init(client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
  }
}
