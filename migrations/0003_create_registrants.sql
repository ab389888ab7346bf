-- Which namespaces may hold dependents of a cluster-scoped owner, by its uid: kept in the cluster scope's object, written
-- before such a dependent is acknowledged (src/store/registrants.ts).
CREATE TABLE registrants (
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  PRIMARY KEY (uid, namespace)
) WITHOUT ROWID;
