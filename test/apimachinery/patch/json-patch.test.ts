/** JSON Patch as the API server applies it (RFC 6902, evanphx/json-patch v4, handlers/patch.go). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyJsonPatch,
  parseJsonPatch,
  unknownOperationFields,
  MAX_JSON_PATCH_OPERATIONS,
} from '../../../src/apimachinery/patch/json-patch.ts'
import { ApiStatusError } from '../../../src/apimachinery/status-error.ts'

const patch = (document: unknown, operations: unknown) => applyJsonPatch(document, parseJsonPatch(operations))

const APPLIED: [what: string, document: unknown, operations: unknown, want: unknown][] = [
  ['adds a field', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  ['inserts into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  ['appends with a dash', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['counts negative indices from the end', { a: [1, 2] }, [{ op: 'remove', path: '/a/-1' }], { a: [1] }],
  ['unescapes slashes and tildes', { 'a/b~c': 1 }, [{ op: 'remove', path: '/a~1b~0c' }], {}],
  ['replaces', { a: { b: 1 } }, [{ op: 'replace', path: '/a/b', value: [2] }], { a: { b: [2] } }],
  ['lets replace add a field, as upstream does', {}, [{ op: 'replace', path: '/a', value: 1 }], { a: 1 }],
  ['replaces the document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
  ['moves', { a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
  [
    'copies',
    { a: [1] },
    [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/-', value: 2 },
    ],
    { a: [1], b: [1, 2] },
  ],
  [
    'tests deep equality',
    { a: { b: [1, { c: 2 }] } },
    [{ op: 'test', path: '/a', value: { b: [1, { c: 2 }] } }],
    { a: { b: [1, { c: 2 }] } },
  ],
  ['takes a missing field for null in a test', {}, [{ op: 'test', path: '/a', value: null }], {}],
  [
    'keeps the key __proto__ a field',
    {},
    [{ op: 'add', path: '/__proto__', value: 'x' }],
    JSON.parse('{"__proto__":"x"}'),
  ],
]

const UNAPPLIED: [what: string, document: unknown, operations: unknown][] = [
  ['a failed test', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }]],
  ['removing what is not there', {}, [{ op: 'remove', path: '/a' }]],
  ['a missing parent', {}, [{ op: 'add', path: '/a/b', value: 1 }]],
  ['an index beyond the end', { a: [] }, [{ op: 'add', path: '/a/1', value: 1 }]],
  ['an index that is none', { a: [] }, [{ op: 'add', path: '/a/x', value: 1 }]],
  ['an unknown operation', {}, [{ op: 'merge', path: '/a' }]],
  ['a path through a scalar', { a: 1 }, [{ op: 'add', path: '/a/b', value: 1 }]],
  ['a path through the prototype', {}, [{ op: 'add', path: '/constructor/x', value: 1 }]],
  ['a scalar for the document', {}, [{ op: 'replace', path: '', value: 1 }]],
  ['an empty path', {}, [{ op: 'add', path: '', value: {} }]],
]

function errorOf(run: () => unknown): ApiStatusError {
  try {
    run()
  } catch (error) {
    if (error instanceof ApiStatusError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('JSON patch', () => {
  it.each(APPLIED)('%s', (_, document, operations, want) => {
    expect(patch(document, operations)).toEqual(want)
  })

  it.each(UNAPPLIED)('refuses %s with 422 and no more than that', (_, document, operations) => {
    const { status, cause } = errorOf(() => patch(document, operations))
    expect(status).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    })
    expect(cause).toBeInstanceOf(Error)
  })

  it.each([
    [{}, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    [[1], 'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
    [
      [{ op: 1 }],
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
  ])('refuses %j as a patch with 400', (operations, message) => {
    expect(errorOf(() => parseJsonPatch(operations)).status).toMatchObject({ code: 400, reason: 'BadRequest', message })
  })

  it('refuses more operations than the limit with 413', () => {
    const operations = Array.from({ length: MAX_JSON_PATCH_OPERATIONS + 1 }, () => ({ op: 'test', path: '' }))
    expect(errorOf(() => parseJsonPatch(operations)).status).toMatchObject({
      code: 413,
      message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    })
  })

  it('stops copies that would multiply the document', () => {
    const operations = Array.from({ length: 40 }, () => ({ op: 'copy', from: '', path: '/a' }))
    const doubling = operations.map((operation, index) => ({ ...operation, from: '/a', path: `/a/x${String(index)}` }))
    expect(errorOf(() => patch({ a: { text: 'x'.repeat(1000) } }, doubling)).httpCode).toBe(422)
  })

  it('tells fields of operations that nobody knows', () => {
    expect(
      unknownOperationFields([
        { op: 'test', path: '' },
        { op: 'add', foo: 1 },
      ]),
    ).toEqual(['[1].foo'])
  })

  it('never changes what it was given, and shares nothing with it', () => {
    const document = { a: [{ b: 1 }] }
    const value = { c: [1] }
    const operations = [
      { op: 'add', path: '/a/0/v', value },
      { op: 'add', path: '/a/0/v/c/-', value: 2 },
    ]
    expect(patch(document, operations)).toEqual({ a: [{ b: 1, v: { c: [1, 2] } }] })
    expect(document).toEqual({ a: [{ b: 1 }] })
    expect(value).toEqual({ c: [1] })
  })

  it('answers any JSON with a result or an API error', () => {
    const paths = fc.constantFrom('', '/', '/a', '/a/0', '/a/-', '/a/b/c', 'x', '/~1')
    const operations = fc.array(
      fc.record({
        op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
        path: paths,
        from: paths,
        value: fc.jsonValue(),
      }),
    )
    fc.assert(
      fc.property(fc.jsonValue(), fc.oneof(fc.jsonValue(), operations), (document, given) => {
        const before = JSON.stringify(document)
        try {
          patch(document, given)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiStatusError)
        }
        expect(JSON.stringify(document)).toBe(before)
      }),
    )
  })
})
