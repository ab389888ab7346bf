/**
 * The kinds that are served here: the built-in ones, and those of custom resources, copied from the cluster scope by
 * group on first use. A group's copy is as fresh as the cluster policy's: `freshness` tells the revision at which any
 * definition changed last, which is at most POLICY_MAX_AGE_MS old; before anybody is told that there is no such kind,
 * or that a field is not known, it is asked for anew.
 *
 * Definitions are shared by all objects of the isolate, by cluster, uid and revision (definition-cache.ts). What a
 * request has found stays with it: a kind that changes meanwhile is another one.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { CustomDefinition } from '../../apis/custom/custom-definition.ts'
import { groupOfDefinition } from '../../apis/custom/definition-state.ts'
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import type { DefinitionCache } from './definition-cache.ts'
import type { Scheme } from './scheme.ts'

export interface DefinitionText {
  readonly name: string
  readonly uid: string
  readonly revision: number
  readonly text: string | null
}

/** The definitions of one group, as the cluster scope answers. */
export interface DefinitionUpdate {
  /** The revision up to which this is everything. */
  readonly revision: number
  /** `text` is null where the caller knows the definition at that revision. */
  readonly definitions: readonly DefinitionText[]
}

export interface DefinitionSource {
  /** `known`: name → revision of what is at hand. */
  pull(group: string, known: Readonly<Record<string, number>>): DefinitionUpdate | Promise<DefinitionUpdate>
  /** The revision of the last change of any definition, as of at most POLICY_MAX_AGE_MS ago. */
  freshness(): number | Promise<number>
  /** The same, asked for now. */
  newest(): Promise<number>
}

/** Groups whose definitions are at hand in one object; names of groups are the client's choice, so they are bounded. */
const MAX_GROUPS = 64

interface GroupCopy {
  asOf: number
  definitions: readonly CustomDefinition[]
  /** Of all of them. */
  kinds: readonly KindDefinition[]
  pulling: Promise<void> | undefined
}

const NO_KINDS: readonly KindDefinition[] = []

/** At once for built-in kinds. */
type Found = KindDefinition | undefined | Promise<KindDefinition | undefined>

export class ServedKinds {
  readonly #builtIn: Scheme
  readonly #source: DefinitionSource
  readonly #cache: DefinitionCache
  readonly #groups = new Map<string, GroupCopy>()
  readonly #closed = new Set<string>()
  /** By definition: whom its change concerns. */
  readonly #listeners = new Map<string, Set<() => void>>()
  /** Synchronous lookups, for a turn: the built-in kinds and those custom ones that are at hand. */
  readonly scheme: Scheme

  constructor(builtIn: Scheme, source: DefinitionSource, cache: DefinitionCache) {
    this.#builtIn = builtIn
    this.#source = source
    this.#cache = cache
    this.scheme = this.#makeScheme()
  }

  /** The served kind of a request; a promise only for custom resources. */
  find(group: string, version: string, resource: string): Found {
    const builtIn = this.#builtIn.byResource(group, version, resource)
    if (builtIn !== undefined || !mayBeCustom(group)) return builtIn
    return this.#findCustom(group, (kind) => isAt(kind, version, resource))
  }

  /** The kind that an actor names, served or not as long as objects are stored in it. */
  ofKind({ group, version, kind }: GroupVersionKind): Found {
    const builtIn = this.#builtIn.byKind(group, version, kind)
    if (builtIn !== undefined || !mayBeCustom(group)) return builtIn
    return this.#findCustom(group, (one) => one.version === version && one.kind === kind)
  }

  /** The kind of which objects are stored under `widgets.example.com`. */
  ofStoreResource(resource: string): Found {
    const builtIn = this.#builtIn.byStoreResource(resource)
    if (builtIn !== undefined) return builtIn
    const group = resource.slice(resource.indexOf('.') + 1)
    return this.#findCustom(group, (kind) => storeResource(kind) === resource && kind.custom?.stored === kind)
  }

  /** The same kind by the newest definition; undefined when it is not served any more. */
  async newest({ group, version, resource }: KindDefinition): Promise<KindDefinition | undefined> {
    await this.loadNewest(group)
    return this.#at(group).find((kind) => isAt(kind, version, resource))
  }

  /** Brings the definitions of a group to hand, as of now. */
  loadNewest(group: string): Promise<void> {
    return this.#load(group, this.#source.newest())
  }

  async #load(group: string, wanted: number | Promise<number>): Promise<void> {
    const asOf = await wanted
    const copy = this.#groups.get(group)
    if (copy === undefined || copy.asOf < asOf) await this.#pull(group)
  }

  /**
   * `changed` is called, once at least, when it is noticed that the kind's definition is another one by now. Nobody
   * looks for it: who has to know asks for the newest from time to time. Answers how to end it.
   */
  onChange({ custom }: KindDefinition, changed: () => void): () => void {
    if (custom === undefined) return () => undefined
    const listeners = this.#listeners.get(custom.name) ?? new Set()
    this.#listeners.set(custom.name, listeners.add(changed))
    return () => {
      listeners.delete(changed)
      if (listeners.size === 0) this.#listeners.delete(custom.name)
    }
  }

  /** A definition has changed, in the cluster scope itself. */
  notice(name: string): void {
    if (this.#listeners.has(name)) void this.loadNewest(groupOfDefinition(name))
  }

  /** No object of this definition is made here any more, whatever a request that is on its way has found. */
  close(uid: string): void {
    this.#closed.add(uid)
  }

  isClosed(uid: string): boolean {
    return this.#closed.has(uid)
  }

  async #findCustom(
    group: string,
    matches: (kind: KindDefinition) => boolean,
  ): Promise<KindDefinition | undefined> {
    // What is closed goes soon, and its copy is not worth the wait.
    await this.#load(group, this.#hasClosed(group) ? this.#source.newest() : this.#source.freshness())
    const known = this.#at(group).find(matches)
    if (known !== undefined) return known
    // Nobody is told no by an old copy.
    await this.loadNewest(group)
    return this.#at(group).find(matches)
  }

  #hasClosed(group: string): boolean {
    if (this.#closed.size === 0) return false
    return this.#groups.get(group)?.definitions.some(({ uid }) => this.#closed.has(uid)) ?? false
  }

  #at(group: string): readonly KindDefinition[] {
    return this.#groups.get(group)?.kinds ?? NO_KINDS
  }

  /** One question a group at a time; who asks while one is under way asks again after it. */
  async #pull(group: string): Promise<void> {
    const copy = this.#groups.get(group) ?? { asOf: -1, definitions: [], kinds: NO_KINDS, pulling: undefined }
    this.#remember(group, copy)
    if (copy.pulling !== undefined) await copy.pulling.catch(() => undefined)
    copy.pulling ??= this.#pullInto(group, copy).finally(() => {
      copy.pulling = undefined
    })
    await copy.pulling
  }

  async #pullInto(group: string, copy: GroupCopy): Promise<void> {
    const known = Object.fromEntries(copy.definitions.map(({ name, revision }) => [name, revision]))
    const { revision, definitions } = await this.#source.pull(group, known)
    const before = new Map(copy.definitions.map((definition) => [definition.name, definition]))
    copy.definitions = definitions.flatMap((one) => {
      const definition = one.text === null ? before.get(one.name) : this.#cache.definition({ ...one, text: one.text })
      return definition === undefined ? [] : [definition]
    })
    copy.kinds = copy.definitions.flatMap(({ kinds }) => kinds)
    copy.asOf = revision
    const now = new Map(copy.definitions.map((definition) => [definition.name, definition]))
    for (const [name, definition] of before) {
      if (!isSameApi(definition, now.get(name))) for (const changed of this.#listeners.get(name) ?? []) changed()
    }
  }

  /** The group used last is the last to be forgotten. */
  #remember(group: string, copy: GroupCopy): void {
    this.#groups.delete(group)
    this.#groups.set(group, copy)
    if (this.#groups.size <= MAX_GROUPS) return
    const [oldest = ''] = this.#groups.keys()
    this.#groups.delete(oldest)
  }

  #makeScheme(): Scheme {
    const { definitions, byResource, byKind, byStoreResource, storedDefinition, hasGroupVersion } = this.#builtIn
    const custom = (group: string): readonly KindDefinition[] => this.#at(group)
    return {
      definitions,
      byResource: (group, version, resource) =>
        byResource(group, version, resource) ??
        custom(group).find((kind) => isAt(kind, version, resource)),
      byKind: (group, version, kind) =>
        byKind(group, version, kind) ?? custom(group).find((one) => one.version === version && one.kind === kind),
      byStoreResource: (resource) =>
        byStoreResource(resource) ??
        custom(resource.slice(resource.indexOf('.') + 1)).find((kind) => storeResource(kind) === resource)?.custom
          ?.stored,
      storedDefinition: (kind) => kind.custom?.stored ?? storedDefinition(kind),
      hasGroupVersion: (groupVersion) =>
        hasGroupVersion(groupVersion) ||
        custom(groupVersion.group).some(({ version }) => version === groupVersion.version),
    }
  }
}

/** Groups of definitions have dots. */
function mayBeCustom(group: string): boolean {
  return group.includes('.')
}

/** Whether everything is answered as before: the status of a definition changes more than that. */
function isSameApi(before: CustomDefinition, now: CustomDefinition | undefined): boolean {
  const one = before.kinds[0]?.custom
  const other = now?.kinds[0]?.custom
  return (
    one?.uid === other?.uid &&
    one?.generation === other?.generation &&
    before.kinds.map(({ kind }) => kind).join() === now?.kinds.map(({ kind }) => kind).join()
  )
}

/** Whether requests for this resource are answered in this version. */
function isAt(kind: KindDefinition, version: string, resource: string): boolean {
  return kind.version === version && kind.resource === resource && kind.custom?.isServed === true
}
