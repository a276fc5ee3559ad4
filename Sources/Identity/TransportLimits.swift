import GRPCNIOTransportHTTP2Posix
import NIOCore

/// Sizes and times of every connection.
package enum TransportLimits {
  /// Greatest message either way; vectors travel in chunks of at most 1 MiB.
  package static let messageBytes = 4 << 20
  /// HTTP/2 flow control window: several chunks may be under way.
  static let windowBytes = 8 << 20
  static let frameBytes = 1 << 16
  static let streamsPerConnection = 100
  /// A peer that was silent this long is asked for a sign of life.
  static let keepaliveAfter = Duration.seconds(30)
  /// How long it has to give one.
  static let keepaliveAnswer = Duration.seconds(15)
  /// When the coordinator stops, requests under way may go on this long.
  static let grace = Duration.seconds(5)
  /// Time for TCP to TLS to be done with, at the server.
  static let handshake = TimeAmount.seconds(10)
  /// How long the address of a closed connection is not given to another peer.
  static let addressRest = TimeAmount.seconds(60)

  static func client(authority: String) -> HTTP2ClientTransport.WrappedChannel.Config {
    .defaults { config in
      config.http2 = HTTP2ClientTransport.Config.HTTP2(
        maxFrameSize: frameBytes, targetWindowSize: windowBytes, authority: authority)
      config.connection.maxIdleTime = nil
      // A message waits for nobody: a step is one message each way, and there is none to send it together with.
      config.connection.flushCoalescing = nil
      config.connection.keepalive = HTTP2ClientTransport.Config.Keepalive(
        time: keepaliveAfter, timeout: keepaliveAnswer, allowWithoutCalls: true)
    }
  }

  static func server() -> HTTP2ServerTransport.Custom<TLSListener>.Config {
    var config = HTTP2ServerTransport.Custom<TLSListener>.Config.defaults
    config.http2 = HTTP2ServerTransport.Config.HTTP2(
      maxFrameSize: frameBytes, targetWindowSize: windowBytes,
      maxConcurrentStreams: streamsPerConnection)
    config.connection.maxGraceTime = grace
    config.connection.flushCoalescing = nil
    config.rpc.maxRequestPayloadSize = messageBytes
    config.connection.keepalive = HTTP2ServerTransport.Config.Keepalive(
      time: keepaliveAfter, timeout: keepaliveAnswer,
      clientBehavior: HTTP2ServerTransport.Config.ClientKeepaliveBehavior(
        minPingIntervalWithoutCalls: .seconds(10), allowWithoutCalls: true))
    return config
  }
}
