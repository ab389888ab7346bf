-- What must be unique across namespaces, held by a uid: addresses, node ports, pod CIDRs (src/store/reservations.ts).
CREATE TABLE reservations (
  pool TEXT NOT NULL,
  value TEXT NOT NULL,
  uid TEXT NOT NULL,
  -- Milliseconds since the epoch; NULL once the owner's commit confirmed it.
  expires INTEGER,
  PRIMARY KEY (pool, value)
) WITHOUT ROWID;

CREATE INDEX reservations_by_uid ON reservations (uid);
