/**
 * What the scheduler was told, by scope: changes in the order of each store's log, each once however often it is told;
 * a gap is filled by the store's whole state. Revisions decide what is news, so tellings may overtake one another.
 *
 * Invariant: after a telling that ends at revision R the scheduler knows that scope as of R or later, and nothing that
 * is gone by then.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { V1Node, V1Pod } from '../../apis/generated/types.ts'
import type { Scheduler } from '../../scheduler/scheduler.ts'

/** A change as the stores serve it: the object's text, or null when it is gone. */
export interface SchedulingChange {
  readonly kind: 'pod' | 'node'
  readonly name: string
  /** Of a pod that is gone, whose text nobody reads any more; otherwise ''. */
  readonly uid: string
  readonly text: string | null
  readonly revision: number
}

/** A change, read. `id` is what the scheduler knows the object as. */
type Told =
  | { readonly kind: 'pod'; readonly id: string; readonly object: V1Pod | undefined }
  | { readonly kind: 'node'; readonly id: string; readonly object: V1Node | undefined }

/** Everything of a scope that counts, at a revision. */
export interface SchedulingState {
  readonly revision: number
  readonly changes: readonly SchedulingChange[]
}

export interface InboxOptions {
  readonly scheduler: Pick<Scheduler, 'setNode' | 'removeNode' | 'setPod' | 'removePod'>
  stateOf(scope: string): Promise<SchedulingState>
  /** The scopes that may hold pods or nodes. */
  scopes(): Promise<readonly string[]>
}

/** A scope as it is known: its newest revision, and the name of each object by what the scheduler knows it as. */
interface KnownScope {
  revision: number
  readonly objects: Map<string, SchedulingChange['kind']>
}

export class SchedulerInbox {
  readonly #options: InboxOptions
  readonly #known = new Map<string, KnownScope>()
  #loading: Promise<void> | undefined

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** Everything, once in the life of the scheduler: nothing may be decided on a part of it. */
  load(): Promise<void> {
    this.#loading ??= this.#loadAll().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  /** All concerning changes of a scope with `after < revision <= upTo`, in order. */
  async tell(scope: string, after: number, upTo: number, changes: readonly SchedulingChange[]): Promise<void> {
    await this.load()
    const known = this.#known.get(scope)
    if (known === undefined || known.revision < after) {
      this.#replace(scope, await this.#options.stateOf(scope))
      return
    }
    for (const change of changes) if (change.revision > known.revision) this.#apply(known, read(change))
    known.revision = Math.max(known.revision, upTo)
  }

  /** The scope as it is at a revision; what is not in it is gone. */
  async replace(scope: string, state: SchedulingState): Promise<void> {
    await this.load()
    this.#replace(scope, state)
  }

  async #loadAll(): Promise<void> {
    const { scopes, stateOf } = this.#options
    const all = new Set(['', ...(await scopes())])
    await Promise.all([...all].map(async (scope) => this.#replace(scope, await stateOf(scope))))
  }

  #replace(scope: string, state: SchedulingState): void {
    const known = this.#known.get(scope) ?? { revision: -1, objects: new Map<string, SchedulingChange['kind']>() }
    // Older than what is known already: it was on its way for long.
    if (state.revision < known.revision) return
    this.#known.set(scope, known)
    const told = state.changes.map(read)
    const there = new Set(told.map(({ id }) => id))
    for (const [id, kind] of known.objects) if (!there.has(id)) this.#remove(known, kind, id)
    for (const one of told) this.#apply(known, one)
    known.revision = state.revision
  }

  #apply(known: KnownScope, told: Told): void {
    const { kind, id } = told
    if (told.object === undefined) return this.#remove(known, kind, id)
    known.objects.set(id, kind)
    if (told.kind === 'node') this.#options.scheduler.setNode(told.object)
    else this.#options.scheduler.setPod(told.object)
  }

  #remove(known: KnownScope, kind: SchedulingChange['kind'], id: string): void {
    known.objects.delete(id)
    if (kind === 'node') this.#options.scheduler.removeNode(id)
    else this.#options.scheduler.removePod(id)
  }
}

function read({ kind, name, uid, text }: SchedulingChange): Told {
  if (kind === 'node') return { kind, id: name, object: text === null ? undefined : (parseJson(text) as V1Node) }
  const object = text === null ? undefined : (parseJson(text) as V1Pod)
  return { kind, id: object?.metadata.uid ?? uid, object }
}
