import Federation

/// What site and researcher write alike: where the coordinator is and how to reach it.
enum EndpointFields {
  static func read(_ value: DocumentValue) throws(DocumentError) -> Endpoint {
    let fields = try value.fields(["host", "port", "authority", "proxy", "groups"])
    return Endpoint(
      host: try fields.required("host").host(), port: try fields.required("port").port(),
      authority: try fields.required("authority").filePath(),
      proxy: try fields.optional("proxy").map(proxy), groups: try groups(fields))
  }

  /// Key exchange groups, most preferred first.
  static func groups(_ fields: DocumentFields) throws(DocumentError) -> [String] {
    guard let groups = fields.optional("groups") else { return Endpoint.defaultGroups }
    return try groups.distinctTexts()
  }

  private static func proxy(_ value: DocumentValue) throws(DocumentError) -> Endpoint.Proxy {
    let fields = try value.fields(["host", "port", "credentials"])
    let credentials = try fields.optional("credentials")?.filePath()
    return Endpoint.Proxy(
      host: try fields.required("host").host(), port: try fields.required("port").port(),
      credentials: credentials)
  }
}

extension DocumentValue {
  func host() throws(DocumentError) -> String {
    let host = try text()
    guard host.allSatisfy({ !$0.isWhitespace && $0 != "/" && $0 != "@" }) else {
      throw error("is not a host", "write the name or address alone, without “https://” or path")
    }
    return host
  }

  func port() throws(DocumentError) -> Int { try wholeNumber(in: 1...65_535) }

  /// A path as it stands; relative ones are resolved later against the document's folder.
  func filePath() throws(DocumentError) -> String {
    let path = try text()
    guard !path.hasPrefix("~"), !path.contains(where: \.isNewline) else {
      throw error("is not a path", "write it out, without “~”; relative to this file's folder")
    }
    return path
  }
}
