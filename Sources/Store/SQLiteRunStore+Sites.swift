import Federation
import GRDB

extension SQLiteRunStore {
  package func recordSite(_ status: SiteStatus) throws(StoreError) {
    try transaction("save a site's state") { db in
      try db.execute(
        sql: """
          INSERT INTO site (name, is_connected, since, certificate_expires) VALUES (?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET is_connected = excluded.is_connected, since = excluded.since,
            certificate_expires = excluded.certificate_expires
          """,
        arguments: [
          status.site, status.isConnected, status.since.milliseconds,
          status.certificateExpires?.milliseconds,
        ])
    }
  }

  package func sites() throws(StoreError) -> [SiteStatus] {
    try reading("list the sites") { db in
      try StoredRow.all(
        db, "site", "SELECT name, is_connected, since, certificate_expires FROM site ORDER BY name"
      ).map { row in
        SiteStatus(
          site: try row.value("name"), isConnected: try row.value("is_connected"),
          since: try row.instant("since"),
          certificateExpires: try row.optional("certificate_expires").map(Instant.init(milliseconds:)))
      }
    }
  }

  package func markAllSitesAway(at time: Instant) throws(StoreError) {
    try transaction("mark all sites away") { db in
      try db.execute(
        sql: "UPDATE site SET is_connected = 0, since = ? WHERE is_connected",
        arguments: [time.milliseconds])
    }
  }
}
