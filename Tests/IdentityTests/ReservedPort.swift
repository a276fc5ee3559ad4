import Foundation
import Identity

/// A port on loopback that is taken but not listened on: connections to it are refused, and no
/// test that runs at the same time can come to listen there.
final class ReservedPort {
  let address: HostPort
  private let socket: Int32

  init?() {
    let socket = Loopback.socket(AF_INET)
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
    self.socket = socket
  }

  deinit { close(socket) }
}

/// What the machine's loopback has.
enum Loopback {
  static var hasIPv6: Bool {
    let socket = socket(AF_INET6)
    defer { close(socket) }
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
  }

  static func socket(_ family: Int32) -> Int32 {
    #if canImport(Darwin)
      Foundation.socket(family, SOCK_STREAM, 0)
    #else
      Foundation.socket(family, Int32(SOCK_STREAM.rawValue), 0)
    #endif
  }
}
