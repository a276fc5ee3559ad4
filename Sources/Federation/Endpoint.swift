/// Where a coordinator is and how to reach it from behind a firewall.
package struct Endpoint: Hashable, Sendable {
  package let host: String
  package let port: Int
  /// Path of the PEM file with the root authority that the coordinator's certificate must come from.
  package let authority: String
  package let proxy: Proxy?
  /// Key exchange groups to offer, most preferred first.
  package let groups: [String]

  /// An HTTP proxy that is asked to CONNECT.
  package struct Proxy: Hashable, Sendable {
    package let host: String
    package let port: Int
    /// Path of a file, readable by its owner alone, with `user:password` on one line.
    package let credentials: String?

    package init(host: String, port: Int, credentials: String?) {
      self.host = host
      self.port = port
      self.credentials = credentials
    }
  }

  package init(host: String, port: Int, authority: String, proxy: Proxy?, groups: [String]) {
    self.host = host
    self.port = port
    self.authority = authority
    self.proxy = proxy
    self.groups = groups
  }

  package static let defaultGroups = ["X25519MLKEM768"]
}

/// A site agent's configuration. Paths are resolved against the folder of the file.
package struct SiteConfiguration: Hashable, Sendable {
  package let site: String
  package let coordinator: Endpoint
  /// Folder with identity key, TLS key and certificate.
  package let identity: String
  /// Folder for accepted studies, snapshots, journal and decisions.
  package let state: String
  /// Study name to the CSV file with its records.
  package let records: [String: String]
  package let policy: Policy

  package init(
    site: String, coordinator: Endpoint, identity: String, state: String, records: [String: String],
    policy: Policy
  ) {
    self.site = site
    self.coordinator = coordinator
    self.identity = identity
    self.state = state
    self.records = records
    self.policy = policy
  }
}

/// The coordinator's configuration. Paths are resolved against the folder of the file.
package struct CoordinatorConfiguration: Hashable, Sendable {
  package let host: String
  package let port: Int
  /// Folder that `init` made: authorities, server certificate and key.
  package let identity: String
  /// Path of the database.
  package let database: String
  package let groups: [String]

  package init(host: String, port: Int, identity: String, database: String, groups: [String]) {
    self.host = host
    self.port = port
    self.identity = identity
    self.database = database
    self.groups = groups
  }
}

/// A researcher's configuration. Paths are resolved against the folder of the file.
package struct ResearcherConfiguration: Hashable, Sendable {
  package let researcher: String
  package let coordinator: Endpoint
  package let identity: String

  package init(researcher: String, coordinator: Endpoint, identity: String) {
    self.researcher = researcher
    self.coordinator = coordinator
    self.identity = identity
  }
}
