import Federation

/// The document `konsil: coordinator-config/1`.
package enum CoordinatorConfigurationDocument {
  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  /// - Returns: paths as they stand in the document; see `resolvingPaths`.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> CoordinatorConfiguration {
    let fields = try DocumentValue.root(bytes, file: file).fields(
      header: "coordinator-config/1", ["listen", "identity", "database", "groups", "patience"])
    let listen = try fields.required("listen").fields(["host", "port"])
    return CoordinatorConfiguration(
      host: try listen.required("host").host(), port: try listen.required("port").wholeNumber(in: 0...65_535),
      identity: try fields.required("identity").filePath(),
      database: try fields.required("database").filePath(),
      groups: try EndpointFields.groups(fields),
      patience: try fields.optional("patience")?.wholeNumber(in: 1...86_400)
        ?? CoordinatorConfiguration.defaultPatience)
  }
}
