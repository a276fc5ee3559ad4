import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A TLS client that is not ours: it offers what the test says and waits to be spoken to.
struct ForeignClient: Sendable {
  let configuration: TLSConfiguration

  init(trusting root: String, _ change: (inout TLSConfiguration) throws -> Void) rethrows {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .noHostnameVerification
    if let roots = try? NIOSSLCertificate.fromPEMFile(root) {
      configuration.trustRoots = .certificates(roots)
    }
    configuration.applicationProtocols = ["h2"]
    try change(&configuration)
    self.configuration = configuration
  }

  /// - Returns: whether the server said anything over TLS before it closed.
  func isSpokenTo(at port: Int) async throws -> Bool {
    let context = try NIOSSLContext(configuration: configuration)
    let heard = Flag()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLClientHandler(context: context, serverHostname: "localhost"),
            Listener(heard: heard))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    try await channel.closeFuture.get()
    return heard.isRaised
  }

  private final class Listener: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let heard: Flag
    init(heard: Flag) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      heard.raise()
      context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
