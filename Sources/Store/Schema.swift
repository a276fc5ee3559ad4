import GRDB

/// The tables, and the rules that hold whoever writes to them.
enum Schema {
  /// "Kons": SQLite's own mark of whose file it is.
  static let application = 0x4B6F_6E73

  /// Whether a file is empty; it is then free to become ours.
  ///
  /// - Throws: `StoreError.notOurs` when another program made it.
  static func isNew(_ db: Database, _ path: String) throws -> Bool {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
    if application == Self.application { return false }
    let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
    guard application == 0, objects == 0 else { throw StoreError.notOurs(path) }
    return true
  }

  static func claim(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(application)")
  }

  /// A migration that has been released never changes; a change of the tables is one more.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: tables)
      try db.execute(sql: rules)
    }
    return migrator
  }

  /// `working_step` is all that a run's end wipes. Times are milliseconds since 1970; a document is the exact bytes
  /// that were signed.
  private static let tables = """
    CREATE TABLE study (
      number INTEGER PRIMARY KEY,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      document BLOB NOT NULL,
      owner BLOB NOT NULL CHECK (length(owner) = 32),
      signature BLOB NOT NULL CHECK (length(signature) = 64),
      name TEXT NOT NULL,
      added INTEGER NOT NULL,
      UNIQUE (digest, owner, signature)
    ) STRICT;

    CREATE TABLE plan (
      digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
      document BLOB NOT NULL,
      epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0)
    ) STRICT;

    CREATE TABLE run (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      study INTEGER NOT NULL REFERENCES study,
      plan BLOB NOT NULL REFERENCES plan,
      researcher_key BLOB NOT NULL CHECK (length(researcher_key) = 32),
      plan_signature BLOB NOT NULL CHECK (length(plan_signature) = 64),
      run_signature BLOB NOT NULL CHECK (length(run_signature) = 64),
      study_name TEXT NOT NULL,
      plan_name TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      researcher TEXT NOT NULL,
      sites TEXT NOT NULL CHECK (json_valid(sites) AND json_array_length(sites) > 0),
      most_steps INTEGER NOT NULL CHECK (most_steps > 0),
      submitted INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')),
      ended INTEGER,
      failure_code TEXT,
      failure_message TEXT,
      failure_advice TEXT,
      model TEXT CHECK (model IS NULL OR json_valid(model)),
      CONSTRAINT only_an_ended_run_has_an_end
        CHECK ((ended IS NOT NULL) = (state IN ('finished', 'failed', 'cancelled'))),
      CONSTRAINT only_a_finished_run_has_a_model
        CHECK ((model IS NOT NULL) = (state = 'finished')),
      CONSTRAINT only_a_failed_run_has_a_failure
        CHECK ((failure_code IS NOT NULL) = (state = 'failed')
          AND (failure_code IS NULL) = (failure_message IS NULL)
          AND (failure_code IS NULL) = (failure_advice IS NULL))
    ) STRICT;

    CREATE INDEX run_plan ON run (plan);
    CREATE INDEX run_study ON run (study);

    CREATE TABLE step (
      run INTEGER NOT NULL REFERENCES run,
      number INTEGER NOT NULL CHECK (number > 0),
      query TEXT NOT NULL,
      segments TEXT NOT NULL CHECK (json_valid(segments)),
      is_void INTEGER NOT NULL CHECK (is_void IN (0, 1)),
      at INTEGER NOT NULL,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE working_step (
      run INTEGER NOT NULL,
      number INTEGER NOT NULL,
      record TEXT NOT NULL CHECK (json_valid(record)),
      sum BLOB,
      PRIMARY KEY (run, number),
      FOREIGN KEY (run, number) REFERENCES step ON DELETE CASCADE
    ) STRICT;

    CREATE TABLE event (
      run INTEGER NOT NULL REFERENCES run,
      number INTEGER NOT NULL CHECK (number > 0),
      at INTEGER NOT NULL,
      site TEXT,
      text TEXT NOT NULL,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE site (
      name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
      is_connected INTEGER NOT NULL CHECK (is_connected IN (0, 1)),
      since INTEGER NOT NULL,
      certificate_expires INTEGER
    ) STRICT, WITHOUT ROWID;
    """

  private static let rules = """
    CREATE TRIGGER an_epoch_only_grows BEFORE UPDATE OF epoch ON plan WHEN NEW.epoch <= OLD.epoch
    BEGIN SELECT RAISE(ABORT, 'an epoch only grows'); END;

    CREATE TRIGGER a_run_begins_waiting BEFORE INSERT ON run WHEN NEW.state <> 'waiting'
    BEGIN SELECT RAISE(ABORT, 'a run begins waiting'); END;

    CREATE TRIGGER an_ended_run_stays BEFORE UPDATE ON run WHEN OLD.ended IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a run ends once'); END;

    CREATE TRIGGER an_end_wipes AFTER UPDATE OF ended ON run WHEN NEW.ended IS NOT NULL
    BEGIN DELETE FROM working_step WHERE run = NEW.number; END;

    CREATE TRIGGER steps_have_no_gap BEFORE INSERT ON step
    WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM step WHERE run = NEW.run)
    BEGIN SELECT RAISE(ABORT, 'steps come in order'); END;

    CREATE TRIGGER a_step_is_of_an_open_run BEFORE INSERT ON step
    WHEN (SELECT ended FROM run WHERE number = NEW.run) IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'an ended run has no further step'); END;

    CREATE TRIGGER a_record_is_of_an_open_run BEFORE INSERT ON working_step
    WHEN (SELECT ended FROM run WHERE number = NEW.run) IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'an ended run has no sums'); END;

    CREATE TRIGGER events_have_no_gap BEFORE INSERT ON event
    WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM event WHERE run = NEW.run)
    BEGIN SELECT RAISE(ABORT, 'events come in order'); END;
    """
}
