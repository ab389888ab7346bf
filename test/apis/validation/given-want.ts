/**
 * Runs tables of given → want over a kind's strategy: a body is decoded and defaulted as the server does it, prepared,
 * and validated; what comes back are the texts of a Status, path first.
 */
import { formatFieldError } from '../../../src/apimachinery/field-path.ts'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { applyDefaults } from '../../../src/apis/defaulting.ts'
import type { HookContext, KindDefinition } from '../../../src/apis/define-kind.ts'
import { KINDS, UNSERVED_KINDS } from '../../../src/apis/kinds.ts'
import { schema } from '../../../src/apis/schema.ts'
import { isDesiredStateChanged } from '../../../src/registry/update.ts'

export interface Row {
  readonly what: string
  readonly given: object
  readonly want: readonly string[]
}

export interface UpdateRow {
  readonly what: string
  readonly from: object
  readonly to: object
  readonly want: readonly string[]
}

await Promise.all(KINDS.map(async ({ load }) => load?.()))

const CONTEXT: HookContext = {
  nowMs: 0,
  uuid: () => 'u-2',
  user: 'ann',
  namespace: 'default',
  warn: () => undefined,
  requester: { username: 'ann', groups: ['devs'] },
}

function definitionOf(apiVersion: string, kind: string): KindDefinition {
  const all = [...KINDS, ...UNSERVED_KINDS.map(({ definition }) => definition)]
  const found = all.find(({ group, version, kind: name }) =>
    name === kind && (group === '' ? version : `${group}/${version}`) === apiVersion)
  if (found === undefined) throw new Error(`no kind ${apiVersion} ${kind}`)
  return found
}

export class Subject {
  readonly #definition: KindDefinition
  readonly #apiVersion: string

  constructor(apiVersion: string, kind: string) {
    this.#apiVersion = apiVersion
    this.#definition = definitionOf(apiVersion, kind)
  }

  /** Decoded, with defaults; metadata has a name, a namespace and a uid unless the body says otherwise. */
  decoded(body: object): AnyObject {
    const { kind, type } = this.#definition
    const metadata = { name: 'x', namespace: 'default', uid: 'u-1' }
    const whole = { apiVersion: this.#apiVersion, kind, metadata, ...body }
    const { object } = decodeObject(schema, type, whole)
    applyDefaults(this.#definition, object)
    return this.#isJudgedAsStored ? (this.#definition.storedAs?.toStored(object) as AnyObject) : object
  }

  /** A version without rules of its own is judged in the one that is stored. */
  get #isJudgedAsStored(): boolean {
    return this.#definition.storedAs !== undefined && this.#definition.strategy.validate === undefined
  }

  get #strategy(): KindDefinition['strategy'] {
    const { strategy, storedAs } = this.#definition
    if (storedAs === undefined || !this.#isJudgedAsStored) return strategy
    const { group, version, kind } = storedAs.definition
    return definitionOf(group === '' ? version : `${group}/${version}`, kind).strategy
  }

  created(body: object): AnyObject {
    const next = this.decoded(body)
    // The registry's part.
    if (this.#strategy.countsGenerations === true) next.metadata.generation = 1
    this.#definition.strategy.prepareForCreate?.(next, CONTEXT)
    return next
  }

  onCreate(body: object): string[] {
    return (this.#strategy.validate?.(this.created(body)) ?? []).map(formatFieldError)
  }

  updated(from: object, to: object): AnyObject {
    return this.#prepared(this.created(from), to)
  }

  #prepared(previous: AnyObject, to: object): AnyObject {
    const next = this.decoded(to)
    const { generation } = previous.metadata
    if (generation !== undefined) next.metadata.generation = generation
    const strategy = this.#strategy
    strategy.prepareForUpdate?.(next, previous, CONTEXT)
    const isCounted = strategy.countsGenerations === true && isDesiredStateChanged(next, previous)
    if (isCounted) next.metadata.generation = (generation ?? 0) + 1
    return next
  }

  onUpdate(from: object, to: object): string[] {
    return this.onUpdateOf(this.created(from), to)
  }

  /** What is there already, status and all. */
  stored(body: object): AnyObject {
    const subject = this.created(body)
    const { status } = this.decoded(body)
    return status === undefined ? subject : { ...subject, status }
  }

  onUpdateOf(previous: AnyObject, to: object): string[] {
    const strategy = this.#strategy
    return (strategy.validateUpdate?.(this.#prepared(previous, to), previous) ?? []).map(formatFieldError)
  }

  /** Without `from`, what the user is warned of on create. */
  warnings(to: object, from?: object): readonly string[] {
    const strategy = this.#strategy
    if (from === undefined) return strategy.warnings?.(this.created(to), undefined) ?? []
    return strategy.warnings?.(this.updated(from, to), this.created(from)) ?? []
  }

  /** By the status endpoint. */
  statusUpdated(from: object, to: object): AnyObject {
    const next = this.decoded(to)
    this.#strategy.status?.prepareForUpdate?.(next, this.decoded(from), CONTEXT)
    return next
  }

  onStatus(from: object, to: object): string[] {
    const { status } = this.#strategy
    return (status?.validateUpdate?.(this.decoded(to), this.decoded(from)) ?? []).map(formatFieldError)
  }
}
