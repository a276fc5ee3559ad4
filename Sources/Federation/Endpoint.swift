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

/// Where a study's records are, how they are written, and what becomes of a value that the dictionary does not allow.
package struct RecordsSource: Hashable, Sendable {
  /// What stands between two cells.
  package enum Delimiter: String, Hashable, Sendable, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab
    case bar = "|"
  }

  /// What stands before decimals.
  package enum DecimalMark: String, Hashable, Sendable, CaseIterable {
    case point, comma
  }

  package enum Encoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// Read as Windows-1252, which has all of it.
    case latin1 = "latin-1"
  }

  package enum OnError: String, Hashable, Sendable, CaseIterable {
    /// The file is refused.
    case refuse
    /// The cell counts as missing.
    case missing
    /// The row is left out.
    case excludeRow = "exclude-row"
  }

  /// Path of a CSV file.
  package let file: String
  /// nil for each of these: found out from the file.
  package let delimiter: Delimiter?
  package let decimal: DecimalMark?
  package let encoding: Encoding?
  package let onError: OnError

  package init(
    file: String, delimiter: Delimiter? = nil, decimal: DecimalMark? = nil, encoding: Encoding? = nil,
    onError: OnError = .refuse
  ) {
    self.file = file
    self.delimiter = delimiter
    self.decimal = decimal
    self.encoding = encoding
    self.onError = onError
  }
}

/// A site agent's configuration. Paths are resolved against the folder of the file.
package struct SiteConfiguration: Hashable, Sendable {
  package let site: String
  package let coordinator: Endpoint
  /// Folder with identity key, TLS key and certificate.
  package let identity: String
  /// Folder for accepted studies, snapshots, journal and decisions.
  package let state: String
  /// Study name to its records.
  package let records: [String: RecordsSource]
  package let policy: Policy

  package init(
    site: String, coordinator: Endpoint, identity: String, state: String,
    records: [String: RecordsSource], policy: Policy
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
  /// Seconds that a run with `membership: tolerant` waits for a site to come back before it goes on without it.
  package let patience: Int

  package static let defaultPatience = 60

  package init(
    host: String, port: Int, identity: String, database: String, groups: [String],
    patience: Int = defaultPatience
  ) {
    self.host = host
    self.port = port
    self.identity = identity
    self.database = database
    self.groups = groups
    self.patience = patience
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
