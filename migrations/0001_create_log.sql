-- The revisioned log of one namespace (or of the cluster scope) and the pointers into it: docs/ARCHITECTURE.md, 2.
-- An ordinary write is two billed rows: one of log, one of current.
CREATE TABLE log (
  revision INTEGER PRIMARY KEY,
  resource TEXT NOT NULL,
  name TEXT NOT NULL,
  -- 0 ADDED, 1 MODIFIED, 2 DELETED
  type INTEGER NOT NULL,
  time INTEGER NOT NULL,
  -- The revision of the same key's row before this one, also across deletion; 0: none is kept.
  previous INTEGER NOT NULL,
  -- [labels, fields] of this row, and of the one before for selector transitions.
  selectable TEXT NOT NULL,
  previous_selectable TEXT,
  -- user, manager and verb, as a JSON array.
  author TEXT NOT NULL,
  -- 0: value is the text itself. Otherwise a row of the history, whose value is a delta against the text of this
  -- revision, the next one of the same key.
  base INTEGER NOT NULL DEFAULT 0,
  -- Last, so that whoever looks at the columns before it does not read it.
  value TEXT NOT NULL
);

-- The newest row of each key. A deleted key keeps its pointer, negative, until compaction has passed its deletion.
CREATE TABLE current (
  resource TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (resource, name)
) WITHOUT ROWID;

-- How far each follower has been served from the log.
CREATE TABLE cursors (
  target TEXT PRIMARY KEY,
  revision INTEGER NOT NULL
) WITHOUT ROWID;

-- What a follower must do again, or later.
CREATE TABLE work (
  controller TEXT NOT NULL,
  key TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  is_set_aside INTEGER NOT NULL,
  PRIMARY KEY (controller, key)
) WITHOUT ROWID;

-- Single values: the compacted revision, the marker of a running slice, ….
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
