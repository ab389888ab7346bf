/**
 * A turn with its surroundings: what the registry needs to decide a write is gathered here (namespace, policy), the
 * turn submitted to the group commit, and run anew when what was gathered turned out stale.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { forbiddenError, hasReason } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionOperation } from '../../admission/plugin.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { WriteContext, WriteResult } from '../../registry/write-context.ts'
import type { StoreReader, StoreWriter } from '../../store/object-store.ts'
import { UnknownOwners, UnregisteredDefinition, UnregisteredOwners } from './cluster-owners.ts'
import type { ApiHost } from '../api-host.ts'
import { keepDistinctOwners } from './distinct-owners.ts'
import { FactNeeded, factsOf, rightsOf } from './facts.ts'

export interface Caller {
  readonly user: UserInfo
  readonly manager: string
  readonly isDryRun: boolean
  /** Adds a Warning header to the answer. */
  warn(text: string): void
}

export interface WriteTarget {
  readonly definition: KindDefinition
  readonly namespace: string
  /** '' where the object itself brings its name. */
  readonly name: string
  readonly subresource: string
}

export const DEFINITION_TERMINATING_MESSAGE =
  'create not allowed while custom resource definition is terminating'

/** What a turn writes besides its target: an eviction takes from a budget what it spends on its pod. */
export interface SideWrite {
  readonly definition: KindDefinition
  readonly caller: Caller
}

/** Gives what decides the side write of `name` through `subresource`, in the same turn. */
export type SideContext = (name: string, subresource: string) => WriteContext

/**
 * One turn with fresh enough surroundings. A refusal that an old copy may have caused (a class, a role or a namespace
 * made a moment ago) is tried once more with what is newest.
 */
export async function inTurn(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  verb: string,
  decide: (context: WriteContext, side: SideContext) => WriteResult,
  sideWrite?: SideWrite,
): Promise<WriteResult> {
  await namespaceKnown(host, verb)
  const loading = target.definition.load?.()
  if (loading !== undefined) await loading
  const policy = await host.policy()
  const asked = new Set<string>()
  const known = new Map<string, unknown>()
  const written = sideWrite === undefined ? [target.definition] : [target.definition, sideWrite.definition]
  const submit = (using: ClusterPolicy): Promise<WriteResult> =>
    host.commits.submit({
      resources: written.map((definition) => storeResource(host.scheme.storedDefinition(definition))),
      maxRevisions: caller.isDryRun ? 0 : written.length + writesBefore(verb, target.definition, sideWrite),
      run: (reader, writer) => {
        const turn = { host, caller, target, verb, policy: using, reader, writer, asked, known }
        return decide(writeContext(turn), (name, subresource) => {
          if (sideWrite === undefined) throw new Error('a turn may write only what it was submitted for')
          const side = { definition: sideWrite.definition, namespace: target.namespace, name, subresource }
          return writeContext({ ...turn, verb: 'update', caller: sideWrite.caller, target: side })
        })
      },
    })
  try {
    return await submitRegistered(host, { asked, known }, () => submit(policy))
  } catch (error) {
    if (!hasReason(error, 'Forbidden', 'NotFound', 'Invalid')) throw error
    const newest = await host.refreshPolicy()
    if (newest.revision === policy.revision) throw error
    return submitRegistered(host, { asked, known }, () => submit(newest))
  }
}

/** Writes of an object before it goes: with grace it is marked, and who evicts it says why before that. */
function writesBefore(verb: string, { strategy }: KindDefinition, sideWrite: SideWrite | undefined): number {
  if (verb !== 'delete' || strategy.gracePeriodSeconds === undefined) return 0
  return sideWrite === undefined ? 1 : 2
}

/** Runs the turn again once what it waits for is there: registrations, definitions, facts. */
async function submitRegistered(
  host: ApiHost,
  { asked, known }: { readonly asked: Set<string>; readonly known: Map<string, unknown> },
  submit: () => Promise<WriteResult>,
): Promise<WriteResult> {
  for (;;) {
    try {
      return await submit()
    } catch (error) {
      if (error instanceof UnregisteredOwners) {
        await host.calls.registerWithOwners(error.uids)
        host.clusterOwners.remember(error.uids)
      } else if (error instanceof UnregisteredDefinition) {
        await host.calls.registerWithDefinition(error.definition)
        host.clusterOwners.remember([error.definition.uid])
      } else if (error instanceof UnknownOwners) {
        await Promise.all(error.groups.map((group) => host.kinds.loadNewest(group)))
        for (const group of error.groups) asked.add(group)
      } else if (error instanceof FactNeeded) {
        known.set(error.question, await error.find())
      } else throw error
    }
  }
}

/** A namespace that was made, or made anew, may not have been heard of yet; nothing is created in a sealed one. */
export async function namespaceKnown(host: ApiHost, verb: string): Promise<void> {
  if (host.namespace === '') return
  const phase = host.namespacePhase()
  if (phase === 'absent' || (phase === 'terminating' && verb === 'create')) await host.refreshNamespace()
}

interface TurnSurroundings {
  readonly host: ApiHost
  readonly caller: Caller
  readonly target: WriteTarget
  readonly verb: string
  readonly policy: ClusterPolicy
  readonly reader: StoreReader
  readonly writer: StoreWriter
  /** Groups whose definitions were asked for in this write. */
  readonly asked: ReadonlySet<string>
  /** Answers to what validation asked in this write. */
  readonly known: ReadonlyMap<string, unknown>
}

function writeContext(turn: TurnSurroundings): WriteContext {
  const { host, caller, target, reader, writer } = turn
  const admission = admissionContext(turn)
  const rights = rightsOf(caller.user, turn.verb, target.definition, () => host.authorizer(turn.policy))
  return {
    reader,
    writer,
    definition: target.definition,
    stored: host.scheme.storedDefinition(target.definition),
    namespace: host.namespace,
    subresource: target.subresource,
    nowMs: host.clock.now(),
    random: host.random,
    requester: caller.user,
    author: { user: caller.user.username, manager: caller.manager, verb: turn.verb },
    isDryRun: caller.isDryRun,
    newUid: host.random.uuid(),
    facts: factsOf(host.calls, turn.known, rights),
    applyDefaults: (subject) => host.applyDefaults(target.definition, subject),
    admit(operation, next, previous) {
      if (operation === 'CREATE') checkDefinition(turn, next)
      host.admission.admit(attributesOf(turn, operation, next, previous), admission)
      keepDistinctOwners(next, caller.warn, true)
    },
    review(operation, next, previous) {
      host.admission.validate(attributesOf(turn, operation, next, previous), admission)
      if (next === undefined || host.namespace === '' || caller.isDryRun) return
      const { custom } = target.definition
      if (operation === 'CREATE' && custom !== undefined) host.clusterOwners.checkDefinition(custom)
      host.clusterOwners.check(host.scheme, next, turn.asked)
    },
    warn: caller.warn,
  }
}

/** Nothing is made any more of a kind whose definition is being deleted, or was and may have been made anew. */
function checkDefinition({ host, target }: Pick<TurnSurroundings, 'host' | 'target'>, next: AnyObject): void {
  const { custom, group, resource } = target.definition
  if (custom === undefined || !(custom.isTerminating || host.kinds.isClosed(custom.uid))) return
  throw forbiddenError({ group, resource }, next.metadata.name ?? '', DEFINITION_TERMINATING_MESSAGE)
}

/** Admission of what is never stored: a token, a connection. Nothing changes between here and its answer. */
export async function admitUnstored(
  host: ApiHost,
  caller: Caller,
  target: WriteTarget,
  object: AnyObject | undefined,
  operation: 'CREATE' | 'CONNECT' = 'CREATE',
): Promise<void> {
  if (host.namespace !== '' && host.namespacePhase() === 'absent') await host.refreshNamespace()
  const request = { host, caller, target, policy: await host.policy(), reader: host.reader }
  const attributes = attributesOf(request, operation, object, undefined)
  const admission = admissionContext(request)
  host.admission.admit(attributes, admission)
  host.admission.validate(attributes, admission)
}

function attributesOf(
  { host, caller, target }: Pick<TurnSurroundings, 'host' | 'caller' | 'target'>,
  operation: AdmissionOperation,
  object: AnyObject | undefined,
  oldObject: AnyObject | undefined,
): AdmissionAttributes {
  return {
    operation,
    definition: target.definition,
    subresource: target.subresource,
    namespace: host.namespace,
    name: object?.metadata.name ?? target.name,
    user: caller.user,
    object,
    oldObject,
    isDryRun: caller.isDryRun,
  }
}

function admissionContext({
  host,
  caller,
  policy,
  reader,
}: Pick<TurnSurroundings, 'host' | 'caller' | 'policy' | 'reader'>): AdmissionContext {
  // Mutating and validating plugins look at the same objects, and within one turn nobody changes them.
  const found = new Map<string, KubeObject | undefined>()
  const read = (resource: string, name: string): KubeObject | undefined => {
    const stored = reader.get({ resource, name })
    return stored === undefined ? undefined : (parseJson(stored.text) as KubeObject)
  }
  return {
    policy,
    store: reader,
    find<T extends KubeObject>(resource: string, name: string): T | undefined {
      const key = `${resource}/${name}`
      if (!found.has(key)) found.set(key, read(resource, name))
      // What is stored under a resource has its kind's type.
      return found.get(key) as T | undefined
    },
    namespacePhase: host.namespace === '' ? 'active' : host.namespacePhase(),
    nowMs: host.clock.now(),
    uuid: host.random.uuid,
    warn: caller.warn,
  }
}
