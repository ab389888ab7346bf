/**
 * Types that a schema gives: besides the CEL type, how JSON is read as it (`values/json.ts`), and how large it can get,
 * for estimating what a rule costs. Whoever has schemas (CustomResourceDefinitions, built-in kinds for admission
 * policies) turns them into these; nothing here knows schemas.
 */
import type { Cost } from './cost.ts'
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT, listOf, mapOf, objectType } from './type.ts'
import type { Type } from './type.ts'

export interface DeclaredField {
  /** The property's name in JSON; the field's own name in expressions may be escaped (`library/kubernetes/escape.ts`). */
  readonly property: string
  readonly type: DeclaredType
  /** A second name of a field, which counts for reading alone: no size is known by it, and it is not listed. */
  readonly isAlias?: true
}

/** How equality and `+` see a list (`x-kubernetes-list-type`). */
export type ListSemantics =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] }

export interface DeclaredType {
  readonly type: Type
  /** Elements of a list, values of a map. */
  readonly element?: DeclaredType
  /** Keys of a map. */
  readonly key?: DeclaredType
  /** What is at any name of a map whose keys are selected like fields (`map.name`). */
  readonly named?: DeclaredType
  /** Fields of an object, by their name in expressions. */
  readonly fields?: ReadonlyMap<string, DeclaredField>
  /** Properties of an object that expressions have no name or no type for. They count where objects are compared. */
  readonly hidden?: ReadonlySet<string>
  readonly semantics?: ListSemantics
  /** JSON null is taken as null; otherwise it is an error. */
  readonly isNullable?: boolean
  /** The largest number of elements, entries, code points or bytes that a valid value has. */
  readonly maxSize?: Cost
  /** A string in base64 that is read as bytes, or a time that is written as text. */
  readonly isText?: boolean
  /** An integer or a string, and no other number. */
  readonly isIntOrString?: boolean
}

const SCALARS = new Map<Type, DeclaredType>(
  [BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT].map((type) => [type, { type }]),
)

/** What a plain CEL type says about JSON. */
export function declaredType(type: Type): DeclaredType {
  const scalar = SCALARS.get(type)
  if (scalar !== undefined) return scalar
  const element = type.kind === 'list' ? type.parameters[0] : type.kind === 'map' ? type.parameters[1] : undefined
  return element === undefined ? { type } : { type, element: declaredType(element) }
}

export function declaredObject(name: string, fields: Iterable<readonly [string, DeclaredField]>): DeclaredType {
  return { type: objectType(name), fields: new Map(fields) }
}

export function declaredList(
  element: DeclaredType,
  options: Pick<DeclaredType, 'semantics' | 'maxSize' | 'isNullable'> = {},
): DeclaredType {
  return { ...options, type: listOf(element.type), element }
}

/** Keys of maps count nothing, however long they are. */
const UNSIZED_TEXT: DeclaredType = { type: STRING, maxSize: 0 }

export function declaredMap(
  element: DeclaredType,
  options: Pick<DeclaredType, 'maxSize' | 'isNullable'> = {},
): DeclaredType {
  return { ...options, type: mapOf(STRING, element.type), element, key: UNSIZED_TEXT }
}

/** The object types in it by name, itself included. */
export function objectTypesIn(given: DeclaredType): ReadonlyMap<string, DeclaredType> {
  const found = new Map<string, DeclaredType>()
  const pending = [given]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.element !== undefined) pending.push(next.element)
    if (next.fields === undefined || found.has(next.type.name)) continue
    found.set(next.type.name, next)
    for (const field of next.fields.values()) pending.push(field.type)
  }
  return found
}
