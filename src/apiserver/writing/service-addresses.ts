/**
 * Writes of Services, whose ClusterIPs and node ports are reserved in the cluster scope's object before the turn,
 * keyed by the Service's uid. The turn is optimistic: it commits only if the Service is still what the reservation
 * was asked for.
 */
import { cloneObject } from '../../apimachinery/apply/ownership.ts'
import { conflictError, notFoundError, OPTIMISTIC_LOCK_MESSAGE } from '../../apimachinery/status-error.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { parseStored, storedText } from '../../registry/object-text.ts'
import type { Change } from '../../registry/update.ts'
import type { WriteContext, WriteResult } from '../../registry/write-context.ts'
import type { ApiHost } from '../api-host.ts'
import type { Caller, WriteTarget } from './turn.ts'
import { inTurn } from './turn.ts'

/** How often a Service that changes under us is tried anew before the caller gets the conflict. */
const MAX_ATTEMPTS = 5

/**
 * Tells the cluster scope what a Service holds now. When that fails the write stands all the same: what was committed
 * is told again by the service-addresses controller, what was not runs out.
 */
export async function settleService(host: ApiHost, uid: string, service: AnyObject | undefined): Promise<void> {
  try {
    await host.calls.settleService(uid, service)
  } catch (error) {
    console.warn(`the addresses of the Service with uid ${uid} could not be settled yet`, error)
  }
}

class ServiceMoved extends Error {}

const SERVICES = { group: '', resource: 'services' }

interface Allocated {
  /** undefined: it was refused, which is said in its place among all refusals. */
  readonly service?: AnyObject
  begin(): void
}

async function allocate(
  host: ApiHost,
  service: AnyObject,
  previous: AnyObject | undefined,
  isDryRun: boolean,
): Promise<Allocated> {
  try {
    return { service: await host.calls.allocateService(service, previous, isDryRun), begin: () => undefined }
  } catch (error) {
    return { begin: () => { throw error } }
  }
}

export async function withServiceAddresses(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  change: Change,
  write: (context: WriteContext, allocated: AnyObject) => WriteResult,
  { verb = 'update', allowsCreate }: { readonly verb?: string | undefined; readonly allowsCreate: boolean },
): Promise<WriteResult> {
  const newUid = host.random.uuid()
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = target.name === '' ? undefined : host.reader.get({ resource: 'services', name: target.name })
    if (stored === undefined && !allowsCreate) throw notFoundError(SERVICES, target.name)
    const previous = stored === undefined ? undefined : parseStored(target.definition, storedText(stored))
    const next = cloneObject(change(previous))
    host.applyDefaults(target.definition, next)
    const reservedFor = { ...next, metadata: { ...next.metadata, uid: previous?.metadata.uid ?? newUid } }
    const allocated = await allocate(host, reservedFor, previous, caller.isDryRun)
    try {
      const result = await inTurn(host, caller, target, previous === undefined ? 'create' : verb, (context) => {
        const now = context.reader.get({ resource: 'services', name: target.name })
        if (now?.revision !== stored?.revision) throw new ServiceMoved()
        const { service = next, begin } = allocated
        return write({ ...context, newUid, begin }, { ...service, metadata: next.metadata })
      })
      const isGone = result.isDeleted
      if (!caller.isDryRun) await settleService(host, reservedFor.metadata.uid, isGone ? undefined : result.object)
      return result
    } catch (error) {
      if (error instanceof ServiceMoved) continue
      if (!caller.isDryRun) await settleService(host, reservedFor.metadata.uid, previous)
      throw error
    }
  }
  throw conflictError(SERVICES, target.name, OPTIMISTIC_LOCK_MESSAGE)
}
