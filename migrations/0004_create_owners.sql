-- Which objects name an owner, by its uid, so that an owner's dependents are found without looking at everything
-- (src/store/log/owner-index.ts). An object with owners is one billed row more; changes that leave them alone are none.
CREATE TABLE owners (
  uid TEXT NOT NULL,
  resource TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (uid, resource, name)
) WITHOUT ROWID;

-- selectable is [labels, fields], the uids are one text with commas.
INSERT OR IGNORE INTO owners (uid, resource, name)
  SELECT uid.value, c.resource, c.name
  FROM current c
  JOIN log l ON l.revision = c.revision
  JOIN json_each('["' || replace(json_extract(l.selectable, '$[1]."metadata.ownerUids"'), ',', '","') || '"]') uid
  WHERE c.revision > 0 AND instr(l.selectable, '"metadata.ownerUids"') > 0;
