import Federation

/// The document `konsil: site-config/1`: a site agent's configuration and policy.
package enum SiteConfigurationDocument {
  /// - Parameters:
  ///   - bytes: the whole document, at most 1 MiB of UTF-8.
  ///   - file: its name, for errors.
  /// - Returns: paths as they stand in the document; see `resolvingPaths`.
  package static func decode(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(DocumentError) -> SiteConfiguration {
    let fields = try DocumentValue.root(bytes, file: file).fields(
      header: "site-config/1", ["site", "coordinator", "identity", "state", "records", "policy"])
    return SiteConfiguration(
      site: try fields.required("site").name(.party),
      coordinator: try EndpointFields.read(fields.required("coordinator")),
      identity: try fields.required("identity").filePath(),
      state: try fields.required("state").filePath(),
      records: try records(fields.required("records")),
      policy: try fields.optional("policy").map(PolicyFields.read) ?? .closed)
  }

  private static func records(
    _ value: DocumentValue
  ) throws(DocumentError) -> [String: RecordsSource] {
    var records: [String: RecordsSource] = [:]
    for (study, source) in try value.namedEntries(.column) { records[study] = try self.source(source) }
    return records
  }

  /// A path, or a mapping with the path in `file` and how the file is written.
  private static func source(_ value: DocumentValue) throws(DocumentError) -> RecordsSource {
    if case .scalar = value.node.content { return RecordsSource(file: try value.filePath()) }
    let fields = try value.fields(["file", "delimiter", "decimal", "encoding", "on_error"])
    return RecordsSource(
      file: try fields.required("file").filePath(),
      delimiter: try fields.optional("delimiter")?.choice(RecordsSource.Delimiter.self),
      decimal: try fields.optional("decimal")?.choice(RecordsSource.DecimalMark.self),
      encoding: try fields.optional("encoding")?.choice(RecordsSource.Encoding.self),
      onError: try fields.optional("on_error")?.choice(RecordsSource.OnError.self) ?? .refuse)
  }
}
