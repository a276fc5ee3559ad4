import NIOSSL
import Queries
import X509

/// Who we are and whom we trust on a connection, read from files once. TLS 1.3 alone, both sides
/// show a certificate, `h2` is the only protocol.
package struct TLSSettings: Sendable {
  /// What our certificate says of us.
  package let certificate: CertificateFacts
  /// Our role and name, from our certificate.
  package let name: PeerName
  /// The authority that the other side's certificate must come from.
  package let authority: CertificateFacts
  /// Key exchange groups to offer, most preferred first.
  package let groups: [KeyExchangeGroup]

  private let roots: [NIOSSLCertificate]
  private let chain: [NIOSSLCertificate]
  private let key: NIOSSLPrivateKey

  /// - Parameters:
  ///   - authority: PEM file with the root authority.
  ///   - certificate: PEM file with our certificate and the issuing authority.
  ///   - key: PEM file with our private key, readable by its owner alone.
  ///   - groups: not empty.
  package init(
    authority: String, certificate: String, key: String,
    groups: [KeyExchangeGroup] = KeyExchangeGroup.defaults
  ) throws(IdentityFileError) {
    roots = try Self.certificates(in: authority)
    chain = try Self.certificates(in: certificate)
    self.key = try Self.privateKey(in: key)
    self.authority = try CertificateFacts(contentsOf: authority)
    self.certificate = try CertificateFacts(contentsOf: certificate)
    self.groups = groups.isEmpty ? KeyExchangeGroup.defaults : groups
    guard let name = self.certificate.name else { throw .certificate(certificate, .noName) }
    self.name = name
    // The library compares key and certificate when it makes a context.
    guard (try? clientContext()) != nil else {
      throw .keyMismatch(certificate: certificate, key: key)
    }
  }

  /// The settings of a site or researcher.
  ///
  /// - Parameter authority: PEM file with the root authority, from the coordinator.
  package init(
    _ folder: KeyFolder, authority: String, groups: [KeyExchangeGroup] = KeyExchangeGroup.defaults
  ) throws(IdentityFileError) {
    try self.init(
      authority: authority, certificate: folder.tlsCertificate, key: folder.tlsKey, groups: groups)
  }

  /// The settings of the coordinator.
  package init(
    _ folder: AuthorityFolder, groups: [KeyExchangeGroup] = KeyExchangeGroup.defaults
  ) throws(IdentityFileError) {
    try self.init(
      authority: folder.rootCertificate, certificate: folder.serverCertificate,
      key: folder.serverKey, groups: groups)
  }

  func serverContext() throws -> NIOSSLContext {
    try NIOSSLContext(
      configuration: restricted(
        .makeServerConfigurationWithMTLS(
          certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key),
          trustRoots: .certificates(roots))))
  }

  func clientContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(roots)
    configuration.certificateChain = chain.map { .certificate($0) }
    configuration.privateKey = .privateKey(key)
    // The library would let an address in the certificate that equals the socket's stand for any
    // host name, and behind a proxy that is the proxy's; `ClientGate` compares the host instead.
    configuration.certificateVerification = .noHostnameVerification
    return try NIOSSLContext(configuration: restricted(configuration))
  }

  private func restricted(_ configuration: TLSConfiguration) -> TLSConfiguration {
    var configuration = configuration
    configuration.minimumTLSVersion = .tlsv13
    configuration.maximumTLSVersion = .tlsv13
    configuration.curves = groups.map(\.curve)
    configuration.applicationProtocols = ["h2"]
    configuration.renegotiationSupport = .none
    return configuration
  }

  private static func certificates(
    in path: String
  ) throws(IdentityFileError) -> [NIOSSLCertificate] {
    let pem = try IdentityFiles.read(path)
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty else {
      throw .malformed(path, expected: CertificateFile.expected)
    }
    return certificates
  }

  private static func privateKey(in path: String) throws(IdentityFileError) -> NIOSSLPrivateKey {
    var pem = try IdentityFiles.readSecret(path).withBytes { Array($0) }
    defer { wipe(&pem) }
    guard let key = try? NIOSSLPrivateKey(bytes: pem, format: .pem) else {
      throw .malformed(path, expected: "a private key as PEM")
    }
    return key
  }
}
