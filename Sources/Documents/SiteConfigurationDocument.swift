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

  private static func records(_ value: DocumentValue) throws(DocumentError) -> [String: String] {
    var records: [String: String] = [:]
    for (study, path) in try value.namedEntries(.column) { records[study] = try path.filePath() }
    return records
  }
}
