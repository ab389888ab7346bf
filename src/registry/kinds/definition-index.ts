/**
 * All definitions of a logical cluster, as the cluster scope knows them: what discovery lists, which names are taken,
 * and which revision changed any of them last. Read once from what is kept beside the stored definitions, without their
 * texts, and kept by what is published ever after.
 */
import { parseJson } from '../../lib/exact-json.ts'
import { byKey } from '../../lib/order.ts'
import { DEFINITIONS, groupOfDefinition } from '../../apis/custom/definition-state.ts'
import { summaryIn } from '../../apis/custom/definition-strategy.ts'
import type { DefinitionSummary, DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { listedKinds, modelOf } from '../../apis/custom/listed-kind.ts'
import type { V1CustomResourceDefinition, V1CustomResourceDefinitionVersion } from '../../apis/generated/types.ts'
import type { Change, Selectable, StoreReader } from '../../store/object-store.ts'
import type { DefinitionUpdate } from './served-kinds.ts'




interface Entry {
  readonly revision: number
  readonly summary: DefinitionSummary
}

export class DefinitionIndex {
  readonly #reader: StoreReader
  #entries: Map<string, Entry> | undefined
  /** Names by group: of a thousand definitions a group has few. */
  readonly #groups = new Map<string, Set<string>>()
  #revision = 0

  constructor(reader: StoreReader) {
    this.#reader = reader
  }

  /** The revision of the last change of a definition; of a change before this process began no more is known. */
  get revision(): number {
    this.#load()
    return this.#revision
  }

  /** What was published. */
  observe(changes: readonly Change[]): void {
    if (this.#entries === undefined) return
    for (const { resource, name, type, revision, selectable } of changes) {
      if (resource !== DEFINITIONS) continue
      this.#revision = revision
      if (type === 'DELETED') this.#forget(this.#entries, name)
      else this.#remember(this.#entries, name, { revision, summary: summaryIn(selectable) })
    }
  }

  /** All kinds that definitions make, by the definition's name. */
  kinds(): DocumentedKind[] {
    return [...this.#load()]
      .toSorted(byKey)
      .flatMap(([name, { revision, summary }]) =>
        listedKinds(summary).map((kind) => ({ ...kind, type: modelOf(kind), definition: { name, revision } })),
      )
  }

  /** The versions of a stored definition, schemas and all. */
  versionsOf(name: string): readonly V1CustomResourceDefinitionVersion[] {
    const stored = this.#reader.get({ resource: DEFINITIONS, name })
    return stored === undefined ? [] : (parseJson(stored.text) as V1CustomResourceDefinition).spec.versions
  }

  inGroup(group: string): { readonly name: string; readonly summary: DefinitionSummary }[] {
    const entries = this.#load()
    return [...(this.#groups.get(group) ?? [])].flatMap((name) => {
      const entry = entries.get(name)
      return entry === undefined ? [] : [{ name, summary: entry.summary }]
    })
  }

  /** Every name that a definition of the group has claimed. */
  taken(group: string): { readonly resources: ReadonlySet<string>; readonly kinds: ReadonlySet<string> } {
    const claims = this.inGroup(group).map(({ summary }) => summary.accepted)
    return {
      resources: new Set(claims.flatMap(({ resources }) => resources)),
      kinds: new Set(claims.flatMap(({ kinds }) => kinds)),
    }
  }

  /** The other definitions of the same group that wait for a name. */
  waitingBeside(name: string): readonly string[] {
    const others = this.inGroup(groupOfDefinition(name)).filter((other) => other.name !== name)
    return others.filter(({ summary }) => summary.hasConflict).map((other) => other.name)
  }

  /** What another scope is to know of a group. */
  update(group: string, known: Readonly<Record<string, number>>): DefinitionUpdate {
    const { revision } = this
    const definitions = this.inGroup(group).flatMap(({ name, summary: { uid } }) => {
      const stored = this.#reader.get({ resource: DEFINITIONS, name })
      if (stored === undefined) return []
      const isKnown = known[name] === stored.revision
      return [{ name, uid, revision: stored.revision, text: isKnown ? null : stored.text }]
    })
    return { revision, definitions }
  }

  #remember(entries: Map<string, Entry>, name: string, entry: Entry): void {
    entries.set(name, entry)
    const group = groupOfDefinition(name)
    const names = this.#groups.get(group) ?? new Set()
    this.#groups.set(group, names.add(name))
  }

  #forget(entries: Map<string, Entry>, name: string): void {
    entries.delete(name)
    const group = groupOfDefinition(name)
    const names = this.#groups.get(group)
    names?.delete(name)
    if (names?.size === 0) this.#groups.delete(group)
  }

  #load(): Map<string, Entry> {
    if (this.#entries !== undefined) return this.#entries
    const entries = new Map<string, Entry>()
    this.#revision = this.#reader.revision
    // No row is taken, so that no text is read.
    const matches = (selectable: Selectable, name: string, revision: number): boolean => {
      this.#remember(entries, name, { revision, summary: summaryIn(selectable) })
      return false
    }
    this.#reader.list({ resource: DEFINITIONS, limit: Number.MAX_SAFE_INTEGER, matches })
    this.#entries = entries
    return entries
  }
}
