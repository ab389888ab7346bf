/** JSON merge patch: RFC 7396's table, and what evanphx/json-patch v4 does with nulls in new values. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMergePatch, diffMergePatch } from '../../../src/apimachinery/patch/merge-patch.ts'
import { ApiStatusError } from '../../../src/apimachinery/status-error.ts'

describe('merge patch', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, { a: [{ b: null, c: 1 }, null] }, { a: [{ c: 1 }, null] }],
    [{ a: [1] }, { a: [{ b: null }] }, { a: [{}] }],
    [{ a: [{ b: 1 }] }, { a: [{ b: null, c: { d: null } }, null] }, { a: [{ c: {} }, null] }],
    [{ a: 1 }, { a: [{ b: null }] }, { a: [{}] }],
    // Where an object was, a list comes as it is.
    [{ a: { b: 1 } }, { a: [{ b: null }] }, { a: [{ b: null }] }],
    [{ a: null }, { a: { b: null } }, { a: {} }],
  ])('%j with %j is %j', (document, patch, want) => {
    expect(applyMergePatch(document, patch)).toEqual(want)
  })

  it.each([[[]], ['x'], [1]])('refuses %j as a patch with 400', (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(/^error decoding patch: json: cannot unmarshal \w+ into Go value/)
  })

  it('refuses a patch that nests deeper than the limit', () => {
    expect(() => applyMergePatch({}, JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`))).toThrow(ApiStatusError)
  })

  const objects = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.jsonValue({ maxDepth: 3 }))

  it('never changes what it was given, and shares nothing with the patch', () => {
    fc.assert(fc.property(objects, objects, (document, patch) => {
      const before = JSON.stringify([document, patch])
      const patched = applyMergePatch(document, patch)
      expect(JSON.stringify([document, patch])).toBe(before)
      scribble(patched)
      expect(JSON.stringify(patch)).toBe(JSON.stringify(JSON.parse(before)[1]))
    }))
  })

  it('brings one object to the other with the difference between them, but for nulls', () => {
    fc.assert(fc.property(objects, objects, (from, to) => {
      const [clean, wanted] = [applyMergePatch({}, from), applyMergePatch({}, to)] as [typeof from, typeof to]
      expect(applyMergePatch(clean, diffMergePatch(clean, wanted))).toEqual(wanted)
      expect(diffMergePatch(wanted, wanted)).toEqual({})
    }))
  })
})

/** Changes every container in place. */
function scribble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value)) scribble(inner)
  if (Array.isArray(value)) value.push('scribble')
  else Object.assign(value, { scribble: 1 })
}
