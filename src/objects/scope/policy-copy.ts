/**
 * A scope's copy of the cluster policy: pulled from the cluster scope's object, whole the first time and as changes
 * ever after. A lease of POLICY_MAX_AGE_MS, refreshed single-flight; when the cluster scope cannot be reached past
 * the bound, whoever asks is refused with 503. The cluster scope itself reads its own store instead (LocalPolicy).
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import { serviceUnavailableError } from '../../apimachinery/status-error.ts'
import type { ClusterPolicy, PolicyResource } from '../../auth/cluster-policy.ts'
import { POLICY_MAX_AGE_MS, POLICY_RESOURCES } from '../../auth/cluster-policy.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Change, StoreReader } from '../../store/object-store.ts'
import { StoreError } from '../../store/store-error.ts'

/** What the cluster scope answers: everything, or what changed since the revision asked about. */
export interface PolicyUpdate {
  readonly revision: number
  readonly isWhole: boolean
  /** The revision of the last change of a CustomResourceDefinition: what is copied of those from before is old. */
  readonly definitionsRevision: number
  readonly changes: readonly { readonly resource: string; readonly name: string; readonly text: string | null }[]
}

/** Changes read from the log at once; a copy further behind than this is sent whole. */
const MAX_POLICY_CHANGES = 500

/** The cluster scope's side: what changed since `since`. */
export function policyUpdate(reader: StoreReader, since: number, definitionsRevision: number): PolicyUpdate {
  const common = { revision: reader.revision, definitionsRevision }
  if (since > 0 && since === reader.revision) return { ...common, isWhole: false, changes: [] }
  const recent = since > 0 ? changesSince(reader, since) : undefined
  if (recent !== undefined) {
    return {
      ...common,
      isWhole: false,
      changes: recent.map(({ resource, name, type, text }) => ({
        resource,
        name,
        text: type === 'DELETED' || !isCopied(resource, text) ? null : text,
      })),
    }
  }
  const changes = POLICY_RESOURCES.flatMap((resource) =>
    reader
      .list({ resource, limit: Number.MAX_SAFE_INTEGER })
      .objects.filter(({ text }) => isCopied(resource, text))
      .map(({ name, text }) => ({ resource, name, text })),
  )
  return { ...common, isWhole: true, changes }
}

/** Of APIServices those of other servers matter, and they are few. */
function isCopied(resource: string, text: string): boolean {
  return resource !== 'apiservices.apiregistration.k8s.io' || text.includes('"service":{')
}

function changesSince(reader: StoreReader, since: number): readonly Change[] | undefined {
  try {
    const changes = reader.changes({ after: since, limit: MAX_POLICY_CHANGES, resources: POLICY_RESOURCES })
    return changes.length < MAX_POLICY_CHANGES ? changes : undefined
  } catch (error) {
    if (error instanceof StoreError && error.code === 'compacted') return undefined
    throw error
  }
}

/** Parsed policy objects by resource and name, at one revision. */
export class PolicyTable implements ClusterPolicy {
  readonly revision: number
  readonly #objects: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>

  constructor(revision: number, objects: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>) {
    this.revision = revision
    this.#objects = objects
  }

  static readonly empty = new PolicyTable(0, new Map())

  /** A new table with `update` applied; tables never change, so whoever cached by one keeps a true picture of it. */
  with(update: PolicyUpdate): PolicyTable {
    if (update.changes.length === 0 && !update.isWhole) return this
    const next = new Map<string, Map<string, KubeObject>>()
    for (const resource of POLICY_RESOURCES) {
      next.set(resource, new Map(update.isWhole ? [] : this.#objects.get(resource)))
    }
    for (const { resource, name, text } of update.changes) {
      if (text === null) next.get(resource)?.delete(name)
      else next.get(resource)?.set(name, JSON.parse(text) as KubeObject)
    }
    return new PolicyTable(update.revision, next)
  }

  find<T extends KubeObject>(resource: PolicyResource, name: string): T | undefined {
    return this.#objects.get(resource)?.get(name) as T | undefined
  }

  all<T extends KubeObject>(resource: PolicyResource): Iterable<T> {
    return (this.#objects.get(resource)?.values() ?? []) as Iterable<T>
  }
}

export class PolicyCopy {
  readonly #clock: Clock
  readonly #pull: (since: number) => PolicyUpdate | Promise<PolicyUpdate>
  #table = PolicyTable.empty
  /** The newest revision of the cluster scope that the table reflects, though it changed no policy. */
  #seen = 0
  #definitionsRevision = 0
  #freshUntilMs = Number.NEGATIVE_INFINITY
  #pulling: Promise<PolicyTable> | undefined

  constructor(clock: Clock, pull: (since: number) => PolicyUpdate | Promise<PolicyUpdate>) {
    this.#clock = clock
    this.#pull = pull
  }

  /** The copy while it is fresh; asked for anew otherwise. */
  current(): ClusterPolicy | Promise<ClusterPolicy> {
    return this.#clock.now() < this.#freshUntilMs ? this.#table : this.refresh()
  }

  /** The copy, however old it is. */
  get known(): ClusterPolicy {
    return this.#table
  }

  refresh(): Promise<ClusterPolicy> {
    this.#pulling ??= this.#refreshOnce().finally(() => {
      this.#pulling = undefined
    })
    return this.#pulling
  }

  /** The revision of the last change of a definition, as fresh as the copy. */
  definitionsRevision(): number | Promise<number> {
    const current = this.current()
    return current instanceof Promise ? current.then(() => this.#definitionsRevision) : this.#definitionsRevision
  }

  async newestDefinitionsRevision(): Promise<number> {
    await this.refresh()
    return this.#definitionsRevision
  }

  /** The copy is no longer to be trusted (the cluster scope pushed an invalidation). */
  invalidate(): void {
    this.#freshUntilMs = Number.NEGATIVE_INFINITY
  }

  async #refreshOnce(): Promise<PolicyTable> {
    const askedMs = this.#clock.now()
    let update: PolicyUpdate
    try {
      update = await this.#pull(this.#seen)
    } catch (error) {
      console.warn('cluster policy cannot be read', error)
      throw serviceUnavailableError('the cluster policy cannot be read at the moment; try again')
    }
    this.#table = this.#table.with(update)
    this.#seen = update.revision
    this.#definitionsRevision = update.definitionsRevision
    this.#freshUntilMs = askedMs + POLICY_MAX_AGE_MS
    return this.#table
  }
}
