import Foundation
import Identity

/// A port on loopback that is taken but not listened on: connections to it are refused, and no
/// test that runs at the same time can come to listen there.
final class ReservedPort {
  let address: HostPort
  private let socket: Int32

  init?() {
    #if canImport(Darwin)
      socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
    #else
      socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard bound, let address = HostPort(host: "127.0.0.1", port: Int(UInt16(bigEndian: name.sin_port)))
    else {
      close(socket)
      return nil
    }
    self.address = address
  }

  deinit { close(socket) }
}
