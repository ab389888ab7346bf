/** Definitions as large as a request may bring them: each part is looked at once, and what is told has an end. */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { schemasWithin } from '../../../src/apis/apiextensions/validation/schema-search.ts'
import { create, definition, properties, version, withSchema } from './definitions.ts'

const SOON = { timeout: 40_000 }
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const named = (count: number, schema: JsonSchema): Record<string, JsonSchema> =>
  Object.fromEntries(many(count, (at) => [`k${String(at)}`, schema]))

describe('large definitions', () => {
  it('are wrong in every field', SOON, () => {
    const errors = create(withSchema(properties(named(130_000, {}))))
    expect(errors.length).toBeLessThan(2000)
    expect(errors[0]).toContain('Required value: must not be empty for specified object fields')
    expect(create(withSchema(properties(named(130_000, { type: 'string', id: 'x' })))).length).toBeLessThan(3000)
  })

  it('have lists of more keys than are told', SOON, () => {
    const keys = many(50_000, (at) => `k${String(at)}`)
    const list = (items: JsonSchema): JsonSchema =>
      ({ type: 'array', items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys })
    expect(create(withSchema(properties({ a: list({ type: 'object' }) }))).join('').length).toBeLessThan(5_000_000)
    const fit = { ...properties(named(50_000, { type: 'string' })), required: keys }
    expect(create(withSchema(properties({ a: list(fit) })))).toEqual([])
  })

  it('are searched in depth', SOON, () => {
    let schema = properties(named(100_000, { type: 'string' }))
    for (let depth = 0; depth < 450; depth++) schema = { type: 'object', additionalProperties: schema }
    expect([...schemasWithin(schema)]).toHaveLength(100_451)
    expect(create(withSchema(properties({ a: schema })))).toEqual([])
  })

  it('have many rules about fields', SOON, () => {
    const rules = many(2000, () => ({ rule: 'true', fieldPath: '.k1' }))
    const schema = { ...properties(named(20_000, { type: 'string' })), 'x-kubernetes-validations': rules }
    expect(create(withSchema(properties({ a: schema })))).toEqual([])
    const path = '.a'.repeat(300_000)
    const rule = { rule: 'true', fieldPath: path }
    const wrong = { ...properties({ a: properties({}) }), 'x-kubernetes-validations': [rule] }
    expect(create(withSchema(properties({ a: wrong })))).toHaveLength(1)
  })

  it('were stored in many versions', SOON, () => {
    const stored = many(100_000, (at) => `v${String(at)}`)
    const next = definition({}, { status: { storedVersions: ['v1', ...stored] } })
    expect(create(next).filter((text) => text.startsWith('status.storedVersions[')).length).toBeGreaterThan(100)
  })

  it('have many versions', SOON, () => {
    const versions = many(2000, (at) => version(`v${String(at + 1)}`, { storage: at === 0 }))
    expect(create(definition({ versions }))).toEqual([])
  })

  it('are approved by a long text', SOON, () => {
    const metadata = {
      name: 'plurals.a.k8s.io', annotations: { 'api-approved.kubernetes.io': `a://${'x'.repeat(200_000)} ` },
    }
    const next = definition({ group: 'a.k8s.io' }, { metadata })
    expect(create(next).some((text) => text.startsWith('metadata.annotations[api-approved'))).toBe(true)
  })
})
