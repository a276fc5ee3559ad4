import Federation

/// The document `konsil: researcher-config/1`.
package enum ResearcherConfigurationDocument {
  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  /// - Returns: paths as they stand in the document; see `resolvingPaths`.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> ResearcherConfiguration {
    let fields = try DocumentValue.root(bytes, file: file).fields(
      header: "researcher-config/1", ["researcher", "coordinator", "identity"])
    return ResearcherConfiguration(
      researcher: try fields.required("researcher").name(.party),
      coordinator: try EndpointFields.read(fields.required("coordinator")),
      identity: try fields.required("identity").filePath())
  }
}
