/**
 * Values as large as a request may bring them, against schemas as large as a definition may: what is judged is gone
 * through in proportion to what there is, and what is told of it has an end.
 */
import { describe, expect, it } from 'vitest'
import { coerceEmbedded } from '../../../src/apimachinery/structural/embedded-resources.ts'
import { fillDefaults } from '../../../src/apimachinery/structural/defaults.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { validateListTypes } from '../../../src/apimachinery/structural/list-types.ts'
import { pruneResource } from '../../../src/apimachinery/structural/prune.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { checkValue, checkValueUpdate } from '../../../src/apimachinery/structural/values/check-value.ts'
import { Correlation } from '../../../src/apimachinery/structural/values/correlation.ts'
import { formatCheckOf } from '../../../src/apimachinery/structural/values/formats.ts'
import { TOOLS } from './schema-tools.ts'

const SOON = { timeout: 20_000 }
const MAX_TOLD = 1000

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const named = <T>(count: number, make: (index: number) => T): Record<string, T> =>
  Object.fromEntries(many(count, (at) => [`k${String(at)}`, make(at)]))
const listOf = (items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ ...more, type: 'array', items })

const objectOf = (a: JsonSchema): JsonSchema => ({ type: 'object', properties: { a } })

function check(field: JsonSchema, value: unknown): number {
  const schema = compileStructural({ type: 'object', properties: { f: field } })
  const errors = checkValue({ f: value }, schema, TOOLS.compilePattern)
  expect(JSON.stringify(errors).length).toBeLessThan(8_000_000)
  return errors.length
}

/** `inner` within `depth` fields called `a`. */
function deep<T>(depth: number, inner: T, within: (value: T) => T): T {
  let value = inner
  for (let level = 0; level < depth; level++) value = within(value)
  return value
}

describe('large values', () => {
  it('are looked for in long enums once', SOON, () => {
    const texts = many(100_000, (at) => `v${String(at)}`)
    expect(check(listOf({ type: 'string', enum: texts }), texts)).toBe(0)
    expect(check(listOf({ type: 'string', enum: texts }), texts.map((text) => `${text}!`))).toBeLessThan(10)
    const numbers = many(50_000, (at) => at / 2)
    expect(check(listOf({ type: 'number', enum: numbers }), numbers)).toBe(0)
  })

  it('lack what is required, as far as that is told', SOON, () => {
    const required = many(20_000, (at) => `r${String(at)}`)
    expect(check(listOf({ type: 'object', required }), many(100_000, () => ({})))).toBe(MAX_TOLD)
  })

  it('fit the second of two alternatives', SOON, () => {
    const required = many(20_000, (at) => `r${String(at)}`)
    const items: JsonSchema = { type: 'object', anyOf: [{ required }, { maxProperties: 1 }] }
    expect(check(listOf(items), many(100_000, () => ({})))).toBe(0)
    expect(check(listOf({ ...items, oneOf: items.anyOf ?? [] }), many(100_000, () => ({})))).toBe(0)
  })

  it('are wrong in depth', SOON, () => {
    const schema = deep<JsonSchema>(450, listOf({ type: 'string' }), objectOf)
    const value = deep<unknown>(450, many(200_000, () => 1), (inner) => ({ a: inner }))
    expect(check(schema, value)).toBeLessThanOrEqual(MAX_TOLD)
  })

  it('match no long pattern, which is not told again and again', SOON, () => {
    const pattern = `^[${'a'.repeat(500_000)}]$`
    expect(check(listOf({ type: 'string', pattern }), many(1000, (at) => `b${String(at)}`))).toBeLessThan(10)
  })

  it('are compared with what they were once', SOON, () => {
    const level = (a: JsonSchema): JsonSchema => ({ type: 'object', properties: { b: listOf({ type: 'string' }), a } })
    const schema = compileStructural(deep<JsonSchema>(400, { type: 'string' }, level))
    const same = (): string[] => many(500, (at) => `x${String(at)}`)
    const make = (last: unknown): unknown => deep<unknown>(400, last, (inner) => ({ b: same(), a: inner }))
    const errors = checkValueUpdate(new Correlation(make(1), make(2), schema), schema, TOOLS.compilePattern)
    expect(errors).toHaveLength(1)
  })

  it('repeat themselves in sets and maps', SOON, () => {
    const items = many(300_000, (at) => ({ k: at >> 1 }))
    const keyed = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }
    const told = (schema: JsonSchema, list: unknown): number =>
      validateListTypes({ f: list }, compileStructural({ type: 'object', properties: { f: schema } })).length
    expect(told(listOf({ type: 'object' }, keyed), items)).toBe(MAX_TOLD)
    expect(told(listOf({}, { 'x-kubernetes-list-type': 'set' }), items)).toBe(MAX_TOLD)
    const keys = { ...keyed, 'x-kubernetes-list-map-keys': many(5000, (at) => `k${String(at)}`) }
    expect(told(listOf({ type: 'object' }, keys), many(100_000, () => ({})))).toBe(1)
  })

  it('hold resources with more unknown fields than a call has arguments', SOON, () => {
    const extensions = { 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }
    const schema = compileStructural({ type: 'object', properties: { f: { type: 'object', ...extensions } } })
    const value = { f: { apiVersion: 'v1', kind: 'A', metadata: named(250_000, () => 1) } }
    const { unknownFields, error } = coerceEmbedded(value, schema, { decodeMetadata: TOOLS.decodeMetadata })
    expect([error, unknownFields[0]]).toEqual([undefined, 'f.metadata.k0'])
  })

  it('lose what is unknown in depth', SOON, () => {
    const schema = compileStructural(deep<JsonSchema>(450, { type: 'object' }, objectOf))
    const value = deep<unknown>(450, named(200_000, () => 1), (a) => ({ a }))
    expect(pruneResource(value as Record<string, unknown>, schema).join('').length).toBeLessThan(2_000_000)
  })

  it('have no more defaults than an object can be stored with', SOON, () => {
    const fill = (items: JsonSchema, list: unknown): void =>
      fillDefaults({ f: list }, compileStructural({ type: 'object', properties: { f: listOf(items) } }))
    const large = { type: 'object', properties: { d: { type: 'string', default: 'x'.repeat(1000) } } }
    expect(() => fill(large, many(100_000, () => ({})))).toThrow('request is too large')
    const properties = named<JsonSchema>(20_000, () => objectOf({ type: 'string', default: '' }))
    fill({ type: 'object', properties }, many(100_000, () => ({})))
  })

  it.each<[string, string, boolean]>([
    ['email', 'a '.repeat(1_000_000), false],
    ['email', `${'a '.repeat(1_000_000)}<a@b>`, true],
    ['email', `"${'a'.repeat(2_000_000)}`, false],
    ['email', `"${String.raw`\a`.repeat(1_000_000)}"@b`, true],
    ['email', `${'(a)'.repeat(500_000)}a@b`, true],
    ['byte', 'a'.repeat(2_000_001), false],
    ['duration', `${'1s'.repeat(1_000_000)}1`, true],
    ['duration', '1 '.repeat(1_000_000), false],
    ['uri', `${'a'.repeat(2_000_000)}`, false],
  ])('are read as %s once', SOON, (format, text, isValid) => {
    expect(formatCheckOf(format)?.(text)).toBe(isValid)
  })
})
