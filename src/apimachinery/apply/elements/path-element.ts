/**
 * One step of a path into an object, in the words of FieldsV1: `f:name` a field, `k:{"name":"a"}` an item of a keyed
 * list, `v:"a"` an item of a set, `i:0` an item by its place. The text is canonical, so that equal steps are equal
 * texts and sets of fields need no other form. Follows structured-merge-diff's fieldpath/{element,serialize-pe}.go.
 */
import { isNumeric, parseJson, type Int64 } from '../../../lib/exact-json.ts'
import { ascending, byKey } from '../../../lib/order.ts'
import { isJsonObject } from '../../patch/json-value.ts'
import { escapeForHtml, quote } from '../../field-path.ts'
import type { ListMerge, MergeNode } from '../merge-schema.ts'
import { ValueError, formatGoNumber } from '../typed-errors.ts'

export type PathElement = string

/** Texts that JSON prints as they are, and Go's JSON too, which escapes what HTML would read. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/

/** A value as the steps have it: as jsoniter prints it, which is not in all as encoding/json does. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : escapeForHtml(printText(value))
  if (isNumeric(value)) return printNumber(value)
  if (Array.isArray(value)) return `[${value.map(printValue).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value).toSorted(byKey).map(([name, inner]) => `${printText(name)}:${printValue(inner)}`).join(',')}}`
}

function printText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text.toWellFormed()).replaceAll(/\\./g, asUnicode)
}

/** Of the short escapes of JSON jsoniter knows those that Go's own package had of old. */
function asUnicode(escape: string): string {
  return escape === String.raw`\b` ? String.raw`\u0008` : escape === String.raw`\f` ? String.raw`\u000c` : escape
}

const SHORT_EXPONENT = /e-\d$/

function printNumber(value: Int64): string {
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  return SHORT_EXPONENT.test(text) ? text.replace('e-', 'e-0') : text
}

/** Steps of the fields met so far: they are keys of sets, and a key that is made anew must be hashed anew. */
const fieldElements = new Map<string, PathElement>()
/** Declared fields are a few thousand; beyond that it is the keys of users' maps. */
const MAX_FIELD_ELEMENTS = 4096

export function fieldElement(name: string): PathElement {
  const known = fieldElements.get(name)
  if (known !== undefined) return known
  const element = `f:${name}`
  if (fieldElements.size < MAX_FIELD_ELEMENTS && name.length <= MAX_CACHED_NAME) fieldElements.set(name, element)
  return element
}

const MAX_CACHED_NAME = 40

/** `keys` in the order of their names. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): PathElement {
  return `k:{${keys.map(([name, value]) => `${printText(name)}:${printValue(value)}`).join(',')}}`
}

export function valueElement(value: unknown): PathElement {
  return `v:${printValue(value)}`
}

/** The step to `item` of a list that is not atomic. @throws ValueError for an item that cannot be told by its key. */
export function itemElement(list: ListMerge, item: unknown): PathElement {
  return list.relation === 'map' ? keyedElement(list, item) : setElement(item)
}

const elementsOfLists = new WeakMap<readonly unknown[], readonly PathElement[]>()

/**
 * The steps to all items. Remembered for the list itself: an apply looks at its lists again and again, and nobody
 * changes them meanwhile. @throws ValueError
 */
export function itemElements(list: ListMerge, items: readonly unknown[]): readonly PathElement[] {
  const known = elementsOfLists.get(items)
  if (known !== undefined) return known
  const elements = items.map((item) => itemElement(list, item))
  elementsOfLists.set(items, elements)
  return elements
}

function keyedElement(list: ListMerge, item: unknown): PathElement {
  const { keys } = list
  if (item === null) throw new ValueError('associative list with keys may not have a null element')
  if (!isJsonObject(item)) throw new ValueError('associative list with keys may not have non-map elements')
  const [first = ''] = keys
  const only = keys.length === 1 ? item[first] : undefined
  if (typeof only === 'string' && Object.hasOwn(item, first)) return `k:{${printText(first)}:${printValue(only)}}`
  const found: [string, unknown][] = []
  for (const key of keys) {
    const value = keyOf(list, item, key)
    if (value !== undefined) found.push([key, value])
  }
  if (found.length === 0) {
    const names = keys.map(quote).join(' ')
    const why = `omits all key fields [${names}] (and doesn't have default values for any key fields)`
    throw new ValueError(`associative list with keys has an element that ${why}`)
  }
  if (found.length > 1) found.sort(byKey)
  return keyElement(found)
}

/**
 * Whether two lists have items of the same keys at every place, which mostly is so: then items need not be told apart.
 * Of what cannot be told by its key the answer is no.
 */
export function areAligned(list: ListMerge, lefts: readonly unknown[], rights: readonly unknown[]): boolean {
  if (lefts.length !== rights.length) return false
  for (let at = 0; at < lefts.length; at++) if (!haveSameKey(list, lefts[at], rights[at])) return false
  return true
}

function haveSameKey(list: ListMerge, left: unknown, right: unknown): boolean {
  if (list.relation === 'set') return left === right && isScalar(left)
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  let isKnown = false
  for (const key of list.keys) {
    const one = keyOf(list, left, key)
    const other = keyOf(list, right, key)
    if (one !== other || (one !== undefined && !isScalar(one))) return false
    if (one !== undefined) isKnown = true
  }
  return isKnown
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' && value !== undefined
}

function keyOf({ item: node }: ListMerge, item: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(item, key) ? item[key] : keyDefault(node, key)
}

/** Few items are held against all others; for more than these all are told apart. */
const FEW_PLACES = 4

/** Whether the items at these places of such a list are each the only one of its key. */
export function areOnlyOnes(list: ListMerge, items: readonly unknown[], places: readonly number[]): boolean {
  if (places.length > FEW_PLACES) return areAllOnlyOnes(itemElements(list, items), places)
  return places.every((place) => items.every((item, at) => at === place || !haveSameKey(list, item, items[place])))
}

function areAllOnlyOnes(elements: readonly PathElement[], places: readonly number[]): boolean {
  const counts = new Map<PathElement, number>()
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1)
  return places.every((place) => counts.get(elements[place] ?? '') === 1)
}

function keyDefault(node: MergeNode, key: string): unknown {
  const map = node.kind === 'any' ? node.map : node
  return map.kind === 'map' ? map.fields.get(key)?.keyDefault : undefined
}

function setElement(item: unknown): PathElement {
  if (item === null) throw new ValueError("associative list without keys has an element that's an explicit null")
  if (Array.isArray(item)) throw new ValueError('not supported: associative list with lists as elements')
  if (typeof item === 'object') throw new ValueError("associative list without keys has an element that's a map type")
  return valueElement(item)
}

/** The value that a step has as JSON. @throws ValueError */
export function parseValue(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw new ValueError(`no JSON: ${text}`)
  }
}

/**
 * How messages show a step: `.replicas`, `[name="a"]`, `[="x"]`, `[0]`. Numbers of sets that were stored are floats,
 * whole ones of an object integers.
 */
export function formatElement(element: PathElement, number: (value: Int64) => string = formatGoNumber): string {
  const rest = element.slice(2)
  switch (element[0]) {
    case 'f':
      return `.${rest}`
    case 'v':
      return `[=${formatValue(parseValue(rest), number)}]`
    case 'k': {
      const keys = Object.entries(parseValue(rest) as Record<string, unknown>)
      return `[${keys.map(([name, value]) => `${name}=${formatValue(value, number)}`).join(',')}]`
    }
    default:
      return `[${rest}]`
  }
}

function formatValue(value: unknown, number: (value: Int64) => string): string {
  const inner = (one: unknown): string => formatValue(one, number)
  if (typeof value === 'string') return quote(value)
  if (isNumeric(value)) return number(value)
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`
  if (isJsonObject(value)) return Object.entries(value).map(([name, one]) => `${name}=${inner(one)}`).join('')
  return JSON.stringify(value)
}

const RANKS: Readonly<Record<string, number>> = { '.': 0, f: 1, k: 2, v: 3, i: 4 }

/** The order in which FieldsV1 lists steps; `.` comes first. */
export function compareElements(left: PathElement, right: PathElement): number {
  const [one = '', other = ''] = [left[0], right[0]]
  if (one !== other) return (RANKS[one] ?? 0) - (RANKS[other] ?? 0)
  if (one === 'f' || one === '.') return ascending(left, right)
  const order = comparePlain(left, right)
  if (order !== undefined) return order
  const [first, second] = [parseValue(left.slice(2)), parseValue(right.slice(2))]
  return one === 'k' ? compareKeys(first as object, second as object) : compareValues(first, second)
}

const QUOTE = 34
/** From `#` on, without the backslash: what orders texts as their JSON is ordered. */
function isPlain(code: number): boolean {
  return code > QUOTE && code !== 92 && code < 128
}

/**
 * The order of two steps whose first difference lies within texts, which the JSON itself tells; undefined where it
 * takes a closer look (numbers, escapes).
 */
function comparePlain(left: string, right: string): number | undefined {
  let at = 2
  while (at < left.length && left.charCodeAt(at) === right.charCodeAt(at)) at++
  const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)]
  if (isPlain(one) && isPlain(other)) return isBareWord(left, at) ? undefined : one - other
  const [endsOne, endsOther] = [one === QUOTE && isPlain(other), other === QUOTE && isPlain(one)]
  return (endsOne || endsOther) && !isBareWord(left, at) ? one - other : undefined
}

/** Whether what stands at `at` is no part of a text: `true`, `null`, the beginning of a value. */
function isBareWord(text: string, at: number): boolean {
  let quotes = 0
  for (let before = 2; before < at; before++) {
    const code = text.charCodeAt(before)
    if (code === 92) return true
    if (code === QUOTE) quotes++
  }
  return quotes % 2 === 0
}

function compareKeys(left: object, right: object): number {
  const [lefts, rights] = [Object.entries(left), Object.entries(right)]
  for (const [at, [name, value]] of lefts.entries()) {
    const other = rights[at]
    if (other === undefined) return 1
    if (name !== other[0]) return name < other[0] ? -1 : 1
    const order = compareValues(value, other[1])
    if (order !== 0) return order
  }
  return lefts.length - rights.length
}

/** Numbers before texts, then booleans, lists, maps, and nothing. */
function rankOf(value: unknown): number {
  if (isNumeric(value)) return 0
  if (typeof value === 'string') return 1
  if (typeof value === 'boolean') return 2
  return Array.isArray(value) ? 3 : value === null ? 5 : 4
}

function compareValues(left: unknown, right: unknown): number {
  const order = rankOf(left) - rankOf(right)
  if (order !== 0 || left === null) return order
  if (Array.isArray(left)) return compareLists(left, right as unknown[])
  if (isJsonObject(left)) return compareMaps(left, right as Record<string, unknown>)
  return ascending(left as string | Int64, right as string | Int64)
}

function compareLists(lefts: readonly unknown[], rights: readonly unknown[]): number {
  for (const [at, left] of lefts.entries()) {
    if (at >= rights.length) return 1
    const order = compareValues(left, rights[at])
    if (order !== 0) return order
  }
  return lefts.length - rights.length
}

/** By their names in order: whichever lacks one that the other has comes last, unless it has no more. */
function compareMaps(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): number {
  const [lefts, rights] = [Object.keys(left), Object.keys(right)]
  for (const [at, name] of [...new Set([...lefts, ...rights])].toSorted().entries()) {
    if (at === lefts.length) return -1
    if (at === rights.length) return 1
    if (!Object.hasOwn(left, name)) return 1
    if (!Object.hasOwn(right, name)) return -1
    const order = compareValues(left[name], right[name])
    if (order !== 0) return order
  }
  return 0
}
