/**
 * What values a field of the built-in types may have, and which it has when nothing is said, as OpenAPI tells it: the
 * texts of its type, the default that its author wrote down, and the zero value of what Go always prints. Extracted
 * from upstream's types (src/cli/generate/value-facts.ts); only looked up here.
 * Upstream: k8s.io/kube-openapi pkg/generators/openapi.go, mustEnforceDefault.
 */
import type { ScalarShape, SchemaNode, StructNode } from '../../../apimachinery/schema/schema.ts'
import { requiredFields } from './definition-names.ts'
import table from './value-facts.json' with { type: 'json' }

interface ValueFact {
  readonly enum?: readonly string[]
  readonly default?: unknown
}

const facts: Readonly<Record<string, Readonly<Record<string, ValueFact>>>> = table

/** The texts that a field may hold, or the items of its list; undefined: any. */
export function enumOf(type: string, field: string): readonly string[] | undefined {
  return facts[type]?.[field]?.enum
}

/** Of these nothing is extracted from Go source: what is required of them is what Go prints. */
const WITHOUT_FIELD_FACTS = ['V1WatchEvent', 'VersionInfo']

/** Undefined: a field without a default. */
export function defaultOf({ type, fields, always }: StructNode, name: string): unknown {
  const written = facts[type]?.[name]?.default
  const field = fields.get(name)
  if (written !== undefined || field === undefined) return written
  if (WITHOUT_FIELD_FACTS.includes(type)) return requiredFields(type).includes(name) ? zeroOf(field.node) : undefined
  const isPointer = !field.dropsEmpty && (!always.includes(field) || field.isNullable)
  const isPrinted = field.node.kind === 'struct' || !field.dropsEmpty
  return isPointer || !isPrinted ? undefined : zeroOf(field.node)
}

const ZEROS: Readonly<Partial<Record<ScalarShape, unknown>>> = {
  string: '', int32: 0, int64: 0, double: 0, boolean: false,
}

/** What stands for nothing; undefined for what Go has null for, or an own way of printing. */
export function zeroOf(node: SchemaNode): unknown {
  if (node.kind === 'struct') return {}
  return node.kind === 'scalar' ? ZEROS[node.shape] : undefined
}
