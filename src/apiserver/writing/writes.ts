/**
 * The write verbs between HTTP and the registry. Actors inside the same object call these directly; the HTTP face adds
 * bodies, options and encoding.
 */
import { cloneObject, withoutManagedFields } from '../../apimachinery/apply/ownership.ts'
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import { endpoints } from '../../apis/core/endpoints/endpoints.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { createObject } from '../../registry/create.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import { deleteObject } from '../../registry/delete.ts'
import { parseObject, toBeStored } from '../../registry/object-text.ts'
import type { Change, UpdateOptions } from '../../registry/update.ts'
import { updateObject } from '../../registry/update.ts'
import type { WriteContext, WriteResult } from '../../registry/write-context.ts'
import { StoreError } from '../../store/store-error.ts'
import type { ApiHost } from '../api-host.ts'
import { settleService, withServiceAddresses } from './service-addresses.ts'
import { trackCreate, tracked } from './tracking.ts'
import type { Caller, WriteTarget } from './turn.ts'
import { inTurn } from './turn.ts'

export function createInTurn(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  next: AnyObject,
): Promise<WriteResult> {
  trackCreate(host, caller, target, next)
  const judged = inStoredVersion(host, target)
  if (judged !== undefined) return createTracked(host, caller, judged.target, judged.toStored(next))
  return createTracked(host, caller, target, next)
}

interface StoredVersion {
  readonly target: WriteTarget
  toStored(shown: AnyObject): AnyObject
  fromStored(stored: AnyObject): AnyObject
}

/**
 * Another version of a kind is judged in the one that is stored, as upstream judges all of them in its internal one:
 * what it says in annotations belongs to the spec or the status, and stays or goes with them. Kinds of another group
 * (events.k8s.io) have rules of their own.
 */
function inStoredVersion({ scheme }: ApiHost, target: WriteTarget): StoredVersion | undefined {
  const { storedAs, custom, group } = target.definition
  if (storedAs === undefined || custom !== undefined || storedAs.definition.group !== group) return undefined
  const definition = scheme.storedDefinition(target.definition)
  return {
    target: { ...target, definition },
    toStored: (shown) => toBeStored(target.definition, definition, shown),
    fromStored: (stored) => storedAs.fromStored(stored) as AnyObject,
  }
}

function createTracked(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  next: AnyObject,
): Promise<WriteResult> {
  const create = (context: WriteContext, made: AnyObject): WriteResult =>
    asItFits((trimmed) => createObject(context, trimmed(cloneObject(made))))
  if (storeResource(target.definition) === 'services') {
    return withServiceAddresses(host, caller, target, () => next, create, { allowsCreate: true })
  }
  return inTurn(host, caller, target, 'create', (context) => create(context, next))
}

/**
 * What is too large to be stored is so, mostly, by its managed fields: it is stored without them, and nobody owns
 * anything (k8s.io/apiserver pkg/endpoints/handlers/{create,update,patch}.go, isTooLargeError). In the same turn, as
 * nothing was written.
 */
function asItFits(write: (trimmed: (object: AnyObject) => AnyObject) => WriteResult): WriteResult {
  try {
    return write((object) => object)
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'tooLarge')) throw error
    return write(withoutManagedFields)
  }
}

export interface UpdateInTurnOptions extends UpdateOptions {
  readonly verb?: string
  /** `change` says itself who owns what. */
  readonly tracksFields?: true
}

/** `change` may run more than once. */
export function updateInTurn(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  untracked: Change,
  options: UpdateInTurnOptions = {},
): Promise<WriteResult> {
  const change = options.tracksFields === true ? untracked : tracked(host, caller, target, untracked)
  const judged = inStoredVersion(host, target)
  if (judged === undefined) return updateTracked(host, caller, target, change, options)
  return updateTracked(host, caller, judged.target, (current) =>
    judged.toStored(change(current === undefined ? undefined : judged.fromStored(current))), options)
}

async function updateTracked(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  change: Change,
  options: UpdateInTurnOptions,
): Promise<WriteResult> {
  const update = (context: WriteContext, made: Change): WriteResult => {
    const write = (by: Change): WriteResult => updateObject(context, target.name, by, options)
    // Who applies wants to own what is applied: it is that or nothing.
    if (options.tracksFields === true) return write(made)
    return asItFits((trimmed) => write((current) => trimmed(made(current))))
  }
  if (storeResource(target.definition) === 'services' && target.subresource === '') {
    const allowsCreate = options.allowsCreate ?? target.definition.strategy.allowsCreateOnUpdate ?? false
    const result = await withServiceAddresses(host, caller, target, change, (context, allocated) =>
      update(context, () => cloneObject(allocated)), { verb: options.verb, allowsCreate })
    if (result.isDeleted && !caller.isDryRun) await deleteEndpoints(host, caller, target)
    return result
  }
  const result = await inTurn(host, caller, target, options.verb ?? 'update', (context) => update(context, change))
  // A write of the status may take the last finalizer as well.
  if (isServiceGone(caller, target, result)) await releaseService(host, caller, target, result)
  return result
}

export async function deleteInTurn(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  options: DeletionOptions,
  guard: (decide: () => WriteResult) => WriteResult = (decide) => decide(),
): Promise<WriteResult> {
  if (storeResource(target.definition) === 'namespaces' && !caller.isDryRun) await sealNamespace(host, target, options)
  const result = await inTurn(host, caller, target, 'delete', (context) =>
    guard(() => deleteObject(context, target.name, options)))
  if (isServiceGone(caller, target, result)) await releaseService(host, caller, target, result)
  return result
}

function isServiceGone({ isDryRun }: Caller, { definition }: WriteTarget, { isDeleted }: WriteResult): boolean {
  return isDeleted && !isDryRun && storeResource(definition) === 'services'
}

/** Its addresses are free again, and its Endpoints go along. */
async function releaseService(host: ApiHost, caller: Caller, target: WriteTarget, gone: WriteResult): Promise<void> {
  await settleService(host, gone.object.metadata.uid ?? '', undefined)
  await deleteEndpoints(host, caller, target)
}

/** A Service takes its Endpoints along, whoever made them: the next of its name shall not find old ones. */
async function deleteEndpoints(host: ApiHost, caller: Caller, { namespace, name }: WriteTarget): Promise<void> {
  if (host.reader.get({ resource: 'endpoints', name }) === undefined) return
  try {
    await deleteInTurn(host, caller, { definition: endpoints, namespace, name, subresource: '' }, {})
  } catch (error) {
    // The Service is gone, whatever becomes of them; the controller of Endpoints looks after what is left.
    if (!(error instanceof ApiStatusError)) throw error
  }
}

/** Before a namespace's DELETE is acknowledged no create can slip in: its own object says so first, durably. */
async function sealNamespace(host: ApiHost, target: WriteTarget, options: DeletionOptions): Promise<void> {
  const current = host.reader.get({ resource: 'namespaces', name: target.name })
  const uid = current === undefined ? undefined : parseObject(current.text).metadata.uid
  if (uid === undefined || (options.uid !== undefined && options.uid !== uid)) return
  if (IMMORTAL_NAMESPACES.has(target.name)) return
  await host.calls.sealNamespace(target.name, uid)
}

/** Refused by admission (NamespaceLifecycle), so never sealed. */
const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])
