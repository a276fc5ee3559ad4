import NIOCore
import NIOPosix
import Synchronization

/// A CONNECT proxy on loopback that can hold every piece of data back for a while, so that a run through it lasts
/// long enough to be interrupted.
final class SlowProxy: Sendable {
  private let state = Mutex((isSlow: false, asked: [String]()))

  private init() {}

  var isSlow: Bool {
    get { state.withLock { $0.isSlow } }
    set { state.withLock { $0.isSlow = newValue } }
  }

  /// The first line of every request so far.
  var asked: [String] { state.withLock { $0.asked } }

  /// Milliseconds that each piece is held back, each way.
  fileprivate var delay: Int64 { isSlow ? 120 : 0 }

  static func run(_ body: (_ proxy: SlowProxy, _ port: Int) async throws -> Void) async throws {
    let proxy = SlowProxy()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Front(proxy))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    defer { listener.close(promise: nil) }
    try await body(proxy, listener.localAddress?.port ?? 0)
  }

  /// Passes on what comes, late and in its order.
  fileprivate func pass(_ data: ByteBuffer, to channel: any Channel) {
    channel.eventLoop.scheduleTask(in: .milliseconds(delay)) {
      channel.writeAndFlush(data, promise: nil)
    }
  }

  /// Faces the client.
  private final class Front: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let proxy: SlowProxy
    private var head = ""
    private var onward: (any Channel)?

    init(_ proxy: SlowProxy) { self.proxy = proxy }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      if let onward { return proxy.pass(buffer, to: onward) }
      head += String(buffer: buffer)
      guard head.hasSuffix("\r\n\r\n") else { return }
      proxy.state.withLock { $0.asked.append(String(head.prefix { $0 != "\r\n" })) }
      connect(context)
    }

    func channelInactive(context: ChannelHandlerContext) { onward?.close(promise: nil) }

    private func connect(_ context: ChannelHandlerContext) {
      let target = head.split(separator: " ").dropFirst().first ?? ""
      let port = target.split(separator: ":").last.flatMap { Int($0) } ?? 0
      let client = context.channel
      let proxy = proxy
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Back(proxy, client))
          }
        }
        .connect(host: "127.0.0.1", port: port)
        .whenComplete { result in
          let (front, context) = bound.value
          guard case .success(let channel) = result else { return context.close(promise: nil) }
          front.onward = channel
          context.writeAndFlush(
            front.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n")), promise: nil)
        }
    }
  }

  /// Faces the coordinator.
  private final class Back: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let proxy: SlowProxy
    private let client: any Channel

    init(_ proxy: SlowProxy, _ client: any Channel) {
      self.proxy = proxy
      self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      proxy.pass(unwrapInboundIn(data), to: client)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
  }
}
