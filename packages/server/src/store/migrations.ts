/** The schema's history; a landed entry is never changed, a new one is added at the end. Times are epoch milliseconds. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE cameras (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    identity TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    capability_status TEXT NOT NULL,
    node TEXT,
    created_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    time INTEGER NOT NULL,
    device TEXT,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_time ON events (time);

  CREATE TABLE snapshots (
    filename TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    format TEXT NOT NULL,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    captured_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX snapshots_created ON snapshots (created_at, filename);
  CREATE INDEX snapshots_device ON snapshots (device, created_at, filename);

  CREATE TABLE recording_sessions (
    session_id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    filename TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    duration INTEGER,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('recording', 'closing'))
  ) STRICT;
  CREATE UNIQUE INDEX one_recording_per_camera ON recording_sessions (device);

  CREATE TABLE recordings (
    filename TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    device TEXT NOT NULL,
    format TEXT NOT NULL,
    size INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    protected INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX recordings_start ON recordings (start_at, filename);
  CREATE INDEX recordings_device ON recordings (device, start_at, filename);

  CREATE TABLE streams (
    name TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE cameras ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE cameras ADD COLUMN controls TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE cameras ADD COLUMN recognition TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE cameras ADD COLUMN learned TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE cameras ADD COLUMN released_until INTEGER;

  -- The highest number that was ever given: a forgotten camera's is not given again.
  CREATE TABLE camera_numbers (next INTEGER NOT NULL) STRICT;
  INSERT INTO camera_numbers SELECT COALESCE(MAX(number) + 1, 0) FROM cameras;

  CREATE TABLE camera_transitions (
    id INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    time INTEGER NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reason TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX camera_transitions_device ON camera_transitions (device, id);
  `,
  `
  -- A merge of two cameras whose files are still being moved.
  CREATE TABLE camera_merges (
    other TEXT PRIMARY KEY,
    device TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- name is unique whatever the case; generation is new with every password, and kept_login is the login that
  -- changed it last and goes on.
  CREATE TABLE users (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    cameras TEXT,
    password TEXT NOT NULL,
    generation TEXT NOT NULL,
    kept_login TEXT,
    created_at INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL,
    last_login_at INTEGER
  ) STRICT;

  -- hash is the SHA-256 of the whole key in base64; the previous one is good until its time.
  CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    cameras TEXT,
    hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT UNIQUE,
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;

  -- Logins that were ended before their time: a token's jti or a cookie's id.
  CREATE TABLE ended_logins (
    login_id TEXT PRIMARY KEY,
    until INTEGER NOT NULL
  ) STRICT;

  -- One-time links to the page, by the hash of their code.
  CREATE TABLE login_codes (
    hash TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    who TEXT,
    role TEXT,
    identity_kind TEXT,
    key_id TEXT,
    remote_address TEXT NOT NULL,
    method TEXT NOT NULL,
    device TEXT,
    outcome TEXT NOT NULL,
    error_code INTEGER,
    duration_ms REAL NOT NULL,
    request_id TEXT NOT NULL
  ) STRICT;
  -- By time within each, so that any filter gives its newest entries without a sort.
  CREATE INDEX audit_time ON audit (time);
  CREATE INDEX audit_who ON audit (who COLLATE NOCASE, time);
  CREATE INDEX audit_key ON audit (key_id, time) WHERE key_id IS NOT NULL;
  CREATE INDEX audit_method ON audit (method, time);
  CREATE INDEX audit_device ON audit (device, time);
  CREATE INDEX audit_outcome ON audit (outcome, time);
  -- What was written stays as it was, and goes only by its age.
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
  -- INSERT OR REPLACE deletes without asking a trigger.
  CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
  CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    WHEN OLD.time > (unixepoch() - 7 * 86400) * 1000
    BEGIN SELECT RAISE(ABORT, 'the audit log is kept for 7 days at least'); END;

  -- Of how many files of MediaMTX a recording was made; null where that is not known.
  ALTER TABLE recordings ADD COLUMN segments INTEGER;

  -- Oldest first, with all that retention asks for.
  CREATE INDEX recordings_end ON recordings (end_at, filename, device, size, protected);
  DROP INDEX snapshots_created;
  CREATE INDEX snapshots_created ON snapshots (created_at, filename, device, size);
  `,
];
