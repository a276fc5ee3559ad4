import Federation

extension SiteConfiguration {
  /// The same with every relative path taken from `folder`, the one that the document is in.
  package func resolvingPaths(against folder: String) -> SiteConfiguration {
    SiteConfiguration(
      site: site, coordinator: coordinator.resolvingPaths(against: folder),
      identity: resolved(identity, against: folder), state: resolved(state, against: folder),
      records: records.mapValues { $0.resolvingPaths(against: folder) }, policy: policy)
  }
}

extension RecordsSource {
  fileprivate func resolvingPaths(against folder: String) -> RecordsSource {
    RecordsSource(
      file: resolved(file, against: folder), delimiter: delimiter, decimal: decimal, encoding: encoding,
      onError: onError)
  }
}

extension CoordinatorConfiguration {
  /// The same with every relative path taken from `folder`, the one that the document is in.
  package func resolvingPaths(against folder: String) -> CoordinatorConfiguration {
    CoordinatorConfiguration(
      host: host, port: port, identity: resolved(identity, against: folder),
      database: resolved(database, against: folder), groups: groups, patience: patience)
  }
}

extension ResearcherConfiguration {
  /// The same with every relative path taken from `folder`, the one that the document is in.
  package func resolvingPaths(against folder: String) -> ResearcherConfiguration {
    ResearcherConfiguration(
      researcher: researcher, coordinator: coordinator.resolvingPaths(against: folder),
      identity: resolved(identity, against: folder))
  }
}

extension Endpoint {
  fileprivate func resolvingPaths(against folder: String) -> Endpoint {
    let proxy = proxy.map {
      Proxy(
        host: $0.host, port: $0.port,
        credentials: $0.credentials.map { resolved($0, against: folder) })
    }
    return Endpoint(
      host: host, port: port, authority: resolved(authority, against: folder), proxy: proxy,
      groups: groups)
  }
}

private func resolved(_ path: String, against folder: String) -> String {
  if path.hasPrefix("/") || folder.isEmpty { return path }
  return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
}
