/**
 * Fills in what upstream fills in when a field is not set. The defaults stand in tables, one a group, by type and
 * field; this walks an object of a known type and only goes where some type below has defaults. Order as
 * upstream's generated defaulters: a type's own rows, then its fields, depth first. Runs on decoded objects, in
 * place, any number of times.
 */
import type { KubeObject } from '../apimachinery/meta.ts'
import { formatQuantity, roundUpToMilli } from '../apimachinery/quantity.ts'
import type { SchemaNode, StructNode } from '../apimachinery/schema/schema.ts'
import { DEFAULTS } from './defaults.ts'
import { schema } from './schema.ts'

export type Fields = Record<string, unknown>

/** A value, or a function of the struct that the field is in; undefined means no default in this case. */
export type DefaultValue = string | number | boolean | ((owner: Fields) => unknown)

export interface TypeDefaults {
  /** Runs before the rows: for what concerns several fields at once, or the object's own metadata. */
  readonly rule?: (owner: Fields) => void
  readonly fields?: Readonly<Record<string, DefaultValue>>
}

export type DefaultTable = Readonly<Record<string, TypeDefaults>>

interface Row {
  readonly field: string
  readonly value: DefaultValue
  /** Printed even when empty: then the zero value counts as not set. */
  readonly isAlwaysThere: boolean
}

/** A field below which there are defaults. */
interface Child {
  readonly field: string
  readonly node: SchemaNode
}

interface Plan {
  readonly rule: ((owner: Fields) => void) | undefined
  readonly rows: readonly Row[]
  readonly children: readonly Child[]
}

const RESOURCE_LIST = 'v1.ResourceList'
/** RuntimeClass, of whose group nothing is defaulted, keeps its quantities as they are. */
const KEEPS_QUANTITIES = 'V1Overhead'
const plans = new Map<string, Plan>()
const reaching = new Map<string, boolean>()

/** Mutates `subject`, which must have come out of decoding as an object of the definition's type. */
export function applyDefaults({ type }: { readonly type: string }, subject: KubeObject): void {
  fillStruct(schema.structOf(type), subject as unknown as Fields)
}

/** By the index: iterators of the rows and children of each struct came to 40 KB of garbage a Deployment (2026-11). */
function fillStruct(struct: StructNode, owner: Fields): void {
  const { rule, rows, children } = planOf(struct)
  rule?.(owner)
  for (let at = 0; at < rows.length; at++) {
    const { field, value, isAlwaysThere } = rows[at] as Row
    const current = owner[field]
    const isUnset = current === undefined || current === null || (isAlwaysThere && (current === '' || current === 0))
    if (!isUnset) continue
    const wanted = typeof value === 'function' ? value(owner) : value
    if (wanted !== undefined) owner[field] = wanted
  }
  for (let at = 0; at < children.length; at++) {
    const { field, node } = children[at] as Child
    const value = owner[field]
    if (typeof value === 'object' && value !== null) fillNode(node, value)
  }
}

function fillNode(node: SchemaNode, value: object): void {
  if (node.kind === 'struct') {
    fillStruct(node, value as Fields)
  } else if (node.kind === 'map' && node.goType === RESOURCE_LIST) {
    roundResources(value as Record<string, string>)
  } else if (node.kind === 'list') {
    const items = value as readonly unknown[]
    for (let at = 0; at < items.length; at++) fillEntry(node.item, items[at])
  } else if (node.kind === 'map') {
    for (const entry of Object.values(value) as unknown[]) fillEntry(node.value, entry)
  }
}

function fillEntry(node: SchemaNode, entry: unknown): void {
  if (typeof entry === 'object' && entry !== null) fillNode(node, entry)
}

/** Resources finer than a thousandth are rounded up (pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList). */
function roundResources(resources: Record<string, string>): void {
  for (const [name, quantity] of Object.entries(resources)) {
    // Only these suffixes of canonical quantities are finer than `m`.
    if (/[nu]$/.test(quantity)) resources[name] = formatQuantity(roundUpToMilli(quantity))
  }
}

function planOf(struct: StructNode): Plan {
  const known = plans.get(struct.type)
  if (known !== undefined) return known
  const defaults = DEFAULTS[struct.type]
  const plan: Plan = {
    rule: defaults?.rule,
    rows: Object.entries(defaults?.fields ?? {}).map(([field, value]) => ({
      field,
      value,
      isAlwaysThere: struct.always.some(({ name, isNullable }) => name === field && !isNullable),
    })),
    children: [...struct.fields.values()]
      .filter(({ node }) => reachesDefaults(node))
      .map(({ name, node }) => ({ field: name, node })),
  }
  plans.set(struct.type, plan)
  return plan
}

/** Whether anything below this node has defaults. A type that holds itself adds nothing by doing so. */
function reachesDefaults(node: SchemaNode): boolean {
  if (node.kind === 'scalar') return false
  if (node.kind === 'list') return reachesDefaults(node.item)
  if (node.kind === 'map') return node.goType === RESOURCE_LIST || reachesDefaults(node.value)
  const known = node.type === KEEPS_QUANTITIES ? false : reaching.get(node.type)
  if (known !== undefined) return known
  reaching.set(node.type, false)
  const reaches =
    DEFAULTS[node.type] !== undefined || [...node.fields.values()].some((field) => reachesDefaults(field.node))
  reaching.set(node.type, reaches)
  return reaches
}
