/**
 * The end of an object for good: nothing stays stored, so that it costs nothing, and the instance ends with whatever it
 * was doing.
 */

/** The platform's own tables begin with `_cf_`. */
const OWN_TABLE = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' LIMIT 1"

/** True: there was nothing. Otherwise the storage is emptied, and the call fails because its instance ends. */
export async function destroyObject(ctx: DurableObjectState): Promise<boolean> {
  const { storage } = ctx
  const hasTables = storage.sql.exec(OWN_TABLE).toArray().length > 0
  const hasValues = [...storage.kv.list({ limit: 1 })].length > 0
  if (!hasTables && !hasValues) return true
  await storage.deleteAll()
  await storage.sync()
  ctx.abort('this object was deleted')
  return false
}

/** Calls `destroy` until it says that nothing is there; its failure is how an object ends. */
export async function destroyed(destroy: () => Promise<boolean>): Promise<void> {
  let last: unknown
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    try {
      if (await destroy()) return
    } catch (error) {
      last = error
    }
  }
  throw new Error('an object of the cluster could not be deleted', { cause: last })
}

/** One empties, one finds it empty, and one is for a call on its way into it in between. */
const MAX_ATTEMPTS = 3
