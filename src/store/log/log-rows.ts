/**
 * Rows of the log as objects of the contract, and back. Invariant: the text is passed through as it is; labels and
 * fields are parsed only when somebody looks at them. It must not know: which statement read a row, or why.
 */
import type { Author, Change, ChangeType, Selectable, StoredObject } from '../object-store.ts'

/** log.type is the place in this list; migrations/0001_create_log.sql names them too. */
export const TYPES: readonly ChangeType[] = ['ADDED', 'MODIFIED', 'DELETED']

export const ADDED = TYPES.indexOf('ADDED')
export const DELETED = TYPES.indexOf('DELETED')

/** The columns of a CandidateRow with its text. */
export type ObjectRow = { name: string; revision: number; selectable: string; value: string }

export type ChangeRow = ObjectRow & {
  resource: string
  type: number
  time: number
  previous_selectable: string | null
  previous_value: string | null
}

const MODIFIED = TYPES.indexOf('MODIFIED')

/** What a ChangeRow is selected by; the text before, by log's primary key, only where selectors could tell the two. */
export const CHANGE_COLUMNS =
  'revision, resource, name, type, time, selectable, previous_selectable, value, ' +
  `CASE WHEN type = ${String(MODIFIED)} AND previous_selectable <> selectable THEN ` +
  '(SELECT before.value FROM log AS before WHERE before.revision = log.previous) END AS previous_value'

export function storedObject(resource: string, { name, revision, value, selectable }: ObjectRow): StoredObject {
  return { resource, name, revision, text: value, selectable: parseSelectable(selectable) }
}

export function changeOf(row: ChangeRow): Change {
  const { resource, name, revision, value: text, type, time: timeMs, previous_selectable: previous } = row
  const previousText = row.previous_value ?? undefined
  const known = TYPES[type]
  if (known === undefined) throw new Error(`revision ${String(revision)} has the unknown type ${String(type)}`)
  return {
    resource,
    name,
    revision,
    text,
    selectable: parseSelectable(row.selectable),
    type: known,
    timeMs,
    previousSelectable: previous === null ? undefined : parseSelectable(previous),
    ...(previousText === undefined ? {} : { previousText }),
  }
}

export function formatSelectable(selectable: Selectable): string {
  return selectable instanceof LazySelectable ? selectable.json : JSON.stringify([selectable.labels, selectable.fields])
}

/** False: it has no such field. Told without parsing anything. */
export function mayHaveField(selectable: Selectable, field: string): boolean {
  return selectable instanceof LazySelectable ? selectable.json.includes(`"${field}"`) : field in selectable.fields
}

/** Costs nothing until its labels or fields are asked for. */
export function parseSelectable(json: string): Selectable {
  return new LazySelectable(json)
}

export function formatAuthor({ user, manager, verb }: Author): string {
  return JSON.stringify([user, manager, verb])
}

export function parseAuthor(json: string): Author {
  const [user, manager, verb] = JSON.parse(json) as [string, string, string]
  return { user, manager, verb }
}

type Values = Readonly<Record<string, string>>

class LazySelectable implements Selectable {
  readonly json: string
  #parsed: readonly [Values, Values] | undefined

  constructor(json: string) {
    this.json = json
  }

  get labels(): Values {
    return this.#values[0]
  }

  get fields(): Values {
    return this.#values[1]
  }

  /** Rows travel to the sequencer and to followers as JSON. */
  toJSON(): Selectable {
    return { labels: this.labels, fields: this.fields }
  }

  get #values(): readonly [Values, Values] {
    this.#parsed ??= JSON.parse(this.json) as [Values, Values]
    return this.#parsed
  }
}
