import NIOCore
import NIOExtras
import NIOHTTP1

/// Asks the proxy at the other end of `channel` to connect on to `server`. Afterwards the channel
/// is the bare connection to it.
func openTunnel(
  on channel: any Channel, to server: HostPort, through proxy: HTTPProxy, by deadline: NIODeadline
) async throws(ConnectFailure) {
  do {
    try await channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: Void.self)
      let handlers = TunnelHandlers(server, proxy, deadline, promise)
      do {
        try handlers.add(to: channel)
      } catch {
        promise.fail(error)
      }
      return promise.futureResult.assumeIsolated().flatMap { handlers.remove(from: channel) }
        .nonisolated()
    }.get()
  } catch let error as ConnectFailure {
    throw error
  } catch let error as NIOHTTP1ProxyConnectHandler.Error
    where error == .httpProxyHandshakeTimeout()
  {
    throw .timedOut(proxy.address, .proxy)
  } catch let error as NIOHTTP1ProxyConnectHandler.Error
    where error == .remoteConnectionClosed()
  {
    throw .closed(proxy.address, .proxy)
  } catch is HTTPParserError {
    throw .proxyFailed(proxy.address, reason: "its answer is not HTTP")
  } catch {
    throw .proxyFailed(proxy.address, reason: "its answer cannot be used")
  }
}

/// The handlers that speak HTTP/1.1 until the tunnel is open.
private final class TunnelHandlers {
  private let encoder = HTTPRequestEncoder()
  private let decoder = ByteToMessageHandler(
    HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
  private let answer: ProxyAnswer
  private let connect: NIOHTTP1ProxyConnectHandler

  init(
    _ server: HostPort, _ proxy: HTTPProxy, _ deadline: NIODeadline,
    _ promise: EventLoopPromise<Void>
  ) {
    answer = ProxyAnswer(proxy: proxy.address, promise: promise)
    connect = NIOHTTP1ProxyConnectHandler(
      targetHost: server.bracketedHost, targetPort: server.port,
      headers: proxy.headers(for: server), deadline: deadline, promise: promise)
  }

  func add(to channel: any Channel) throws {
    try channel.pipeline.syncOperations.addHandlers(encoder, decoder, answer, connect)
  }

  /// The connect handler removes itself when the tunnel is open.
  func remove(from channel: any Channel) -> EventLoopFuture<Void> {
    let pipeline = channel.pipeline.syncOperations
    return pipeline.removeHandler(answer).and(pipeline.removeHandler(decoder))
      .and(pipeline.removeHandler(encoder)).map { _ in }
  }
}

/// Tells the status with which a proxy refuses, which the connect handler keeps to itself.
private final class ProxyAnswer: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  private let proxy: HostPort
  private let promise: EventLoopPromise<Void>

  init(proxy: HostPort, promise: EventLoopPromise<Void>) {
    self.proxy = proxy
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), !(200..<300).contains(head.status.code) {
      promise.fail(ConnectFailure.proxyRefused(proxy, status: Int(head.status.code)))
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.fireErrorCaught(error)
  }
}
