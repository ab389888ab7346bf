/** Strategic merge, in the small: upstream's cases of pkg/util/strategicpatch/patch_test.go in our own words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyStrategicMergePatch, type MergeFacts } from '../../../src/apimachinery/patch/strategic-merge.ts'
import { ApiStatusError } from '../../../src/apimachinery/status-error.ts'

/** Pod { containers by name { ports by port, env by name }, finalizers, volumes by name with retainKeys, args } */
const TYPES: Record<string, Record<string, { type?: string; key?: string; strategies?: string[] }>> = {
  Pod: {
    containers: { type: 'Container', key: 'name', strategies: ['merge'] },
    volumes: { type: 'Volume', key: 'name', strategies: ['merge', 'retainKeys'] },
    finalizers: { strategies: ['merge'] },
    strategy: { type: 'Strategy', strategies: ['retainKeys'] },
    affinity: { type: 'Affinity', strategies: ['replace'] },
  },
  Container: {
    ports: { type: 'Port', key: 'port', strategies: ['merge'] },
    env: { type: 'Env', key: 'name', strategies: ['merge'] },
  },
}

const FACTS: MergeFacts = {
  mergeKeyOf: (type, field) => TYPES[type]?.[field]?.key,
  patchStrategyOf: (type, field) => TYPES[type]?.[field]?.strategies ?? [],
  fieldTypeOf: (type, field) => TYPES[type]?.[field]?.type,
  whyNoField: (_type, field) => (field === 'nowhere' ? 'there is no field nowhere' : undefined),
}

const apply = (document: unknown, patch: unknown) =>
  applyStrategicMergePatch(document, structuredClone(patch), 'Pod', FACTS)
const named = (...names: string[]) => names.map((name) => ({ name }))

const APPLIED: [what: string, document: unknown, patch: unknown, want: unknown][] = [
  ['merges objects and removes by null', { a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
  ['replaces lists without a strategy', { args: [1, 2] }, { args: [3] }, { args: [3] }],
  [
    'merges items by key',
    { containers: [{ name: 'a', image: 'x' }, { name: 'b' }] },
    { containers: [{ name: 'a', image: 'y' }] },
    { containers: [{ name: 'a', image: 'y' }, { name: 'b' }] },
  ],
  [
    'puts new items before what only the server has',
    { containers: named('a') },
    { containers: [{ name: 'b' }] },
    { containers: named('b', 'a') },
  ],
  [
    'merges within items',
    { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] },
    { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
    {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
      ],
    },
  ],
  [
    'deletes an item',
    { containers: named('a', 'b') },
    { containers: [{ $patch: 'delete', name: 'a' }] },
    { containers: named('b') },
  ],
  [
    'replaces a list',
    { containers: named('a', 'b') },
    { containers: [{ $patch: 'replace' }, { name: 'c' }] },
    { containers: named('c') },
  ],
  ['replaces an object', { a: { b: 1 } }, { a: { $patch: 'replace', c: 2 } }, { a: { c: 2 } }],
  ['empties an object', { a: { b: 1 } }, { a: { $patch: 'delete' } }, { a: {} }],
  ['leaves out a new value that is only a directive', {}, { a: { $patch: 'delete' } }, {}],
  ['drops nulls of new values', {}, { a: { b: null, c: [{ d: null }] } }, { a: { c: [{}] } }],
  [
    'retains only the keys named',
    { strategy: { type: 'RollingUpdate', rollingUpdate: {} } },
    { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    { strategy: { type: 'Recreate' } },
  ],
  [
    'retains keys within items',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] },
    { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  ],
  ['replaces objects whose strategy says so', { affinity: { a: 1 } }, { affinity: { b: 2 } }, { affinity: { b: 2 } }],
  [
    'merges lists of scalars without repeats',
    { finalizers: ['a', 'b'] },
    { finalizers: ['b', 'c'] },
    { finalizers: ['a', 'b', 'c'] },
  ],
  [
    'deletes from lists of scalars',
    { finalizers: ['a', 'b', 'c'] },
    { '$deleteFromPrimitiveList/finalizers': ['b'] },
    { finalizers: ['a', 'c'] },
  ],
  [
    'orders scalars',
    { finalizers: ['a', 'b', 'c'] },
    { '$setElementOrder/finalizers': ['c', 'a'], finalizers: ['c'] },
    { finalizers: ['b', 'c', 'a'] },
  ],
  [
    'orders items, server-only ones keeping their place',
    { containers: named('a', 'sidecar', 'b') },
    { '$setElementOrder/containers': named('b', 'c', 'a'), containers: named('c') },
    { containers: named('sidecar', 'b', 'c', 'a') },
  ],
  [
    'orders without changing',
    { containers: named('a', 'b') },
    { '$setElementOrder/containers': named('b', 'a') },
    { containers: named('b', 'a') },
  ],
  [
    'orders a list that is new',
    {},
    { '$setElementOrder/containers': named('b', 'a'), containers: named('b', 'a') },
    { containers: named('b', 'a') },
  ],
  [
    'turns new items round whose order is empty, with those that were there as they stood',
    { finalizers: ['x', 'y'] },
    {
      '$setElementOrder/finalizers': [], finalizers: ['a', 'b'],
      '$setElementOrder/containers': [], containers: named('a', 'b'),
    },
    { finalizers: ['x', 'y', 'b', 'a'], containers: named('b', 'a') },
  ],
  [
    'takes null for no directive in what is new',
    {},
    { a: { $patch: null, b: 1 }, containers: [{ name: 'a', $patch: null }] },
    { a: { b: 1 }, containers: named('a') },
  ],
  [
    'deletes and orders',
    { containers: named('a', 'b') },
    { '$setElementOrder/containers': named('b'), containers: [{ $patch: 'delete', name: 'a' }] },
    { containers: named('b') },
  ],
  [
    'keeps items that share a key',
    {
      containers: [
        {
          name: 'a',
          ports: [
            { port: 53, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      ],
    },
    { containers: [{ name: 'a', ports: [{ port: 80 }] }] },
    {
      containers: [{ name: 'a', ports: [{ port: 80 }, { port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] }],
    },
  ],
  ['takes over a value of another type', { containers: 'x' }, { containers: named('a') }, { containers: named('a') }],
  ['ignores an order for a list that is nowhere', { a: 1 }, { '$setElementOrder/containers': [] }, { a: 1 }],
  [
    'takes directives of what is new for the unknown fields that they are there',
    {},
    { strategy: { $retainKeys: ['type'], type: 'Recreate', old: null }, containers: [{ name: 'a', env: null }] },
    { strategy: { $retainKeys: ['type'], type: 'Recreate' }, containers: [{ name: 'a' }] },
  ],
  [
    'takes a new item as it is',
    { containers: named('a') },
    { containers: [{ name: 'b', image: null }] },
    { containers: [{ name: 'b', image: null }, { name: 'a' }] },
  ],
  [
    'merges by a deletion what is no list of scalars',
    { containers: [{ name: 'a', image: 'x' }], a: { b: 1 }, c: 1, finalizers: [] },
    {
      '$deleteFromPrimitiveList/containers': [{ name: 'a', image: 'y' }],
      '$deleteFromPrimitiveList/a': { d: 2 },
      '$deleteFromPrimitiveList/c': 2,
      '$deleteFromPrimitiveList/finalizers': 'x',
      '$deleteFromPrimitiveList/nowhere': ['x'],
    },
    { containers: [{ name: 'a', image: 'y' }], a: { b: 1, d: 2 }, c: 2, finalizers: [] },
  ],
]

const REFUSED: [what: string, document: unknown, patch: unknown, code: number, message: string][] = [
  [
    'an order of objects without a merge key, which it looks for',
    { rules: [{ a: 'b' }] },
    { rules: [], '$setElementOrder/rules': [] },
    500,
    'map: map[a:b] does not contain declared merge key: ',
  ],
  [
    'an order of scalars, before it looks for the keys of items',
    {},
    { '$setElementOrder/containers': ['a'], containers: [{ image: 'x' }] },
    500,
    'expected a map[string]interface {}, but received a string',
  ],
  [
    'an order of scalars for objects without a merge key',
    { rules: [{ a: 'b' }] },
    { rules: [], '$setElementOrder/rules': [1] },
    500,
    'expected a map[string]interface {}, but received a int64',
  ],
  [
    'an order within a map, which has no fields',
    { labels: { a: 'b' } },
    { labels: { '$setElementOrder/c': ['x'] } },
    500,
    'merging an object in json but data type is not struct, instead is: map',
  ],
  ['no object', {}, [], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  [
    'an item without its key',
    { containers: named('a') },
    { containers: [{ image: 'x' }] },
    500,
    'map: map[image:x] does not contain declared merge key: name',
  ],
  [
    'an item without its key that was there',
    { containers: [{ image: 'x' }] },
    { containers: named('a') },
    500,
    'map: map[image:x] does not contain declared merge key: name',
  ],
  [
    'an order of items without a key',
    { containers: named('a') },
    { '$setElementOrder/containers': [{ name: 'a' }, { image: 'a' }] },
    500,
    'map: map[image:a] does not contain declared merge key: name',
  ],
  ['an unknown directive', { a: {} }, { a: { $patch: 'x' } }, 500, 'unknown patch type: x in map: map[$patch:x]'],
  [
    'a directive that is no text',
    { a: {} },
    { a: { $patch: [1, true, null, { b: 'c' }] } },
    500,
    'unknown patch type: [%!s(int64=1) %!s(bool=true) %!s(<nil>) map[b:c]] in map: map[$patch:[1 true <nil> map[b:c]]]',
  ],
  [
    'items that are to be merged one by one',
    { containers: named('a') },
    { containers: [{ $patch: 'merge', name: 'a' }] },
    500,
    'merging lists cannot yet be specified in the patch',
  ],
  [
    'keys beyond those retained',
    { strategy: {} },
    { strategy: { $retainKeys: ['type'], other: 1 } },
    400,
    'invalid patch format of retainKeys',
  ],
  [
    'keys retained that are no list',
    { strategy: {} },
    { strategy: { $retainKeys: 'type' } },
    400,
    'invalid patch format of retainKeys',
  ],
  [
    'an order that the patch breaks',
    { containers: named('a') },
    { '$setElementOrder/containers': named('a', 'b'), containers: named('b', 'a') },
    500,
    "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
  ],
  [
    'an order that is no list',
    {},
    { '$setElementOrder/containers': 'a' },
    500,
    'expected a []interface {}, but received a string',
  ],
  [
    'an order of what is null',
    { containers: named('a') },
    { '$setElementOrder/containers': named('a'), containers: null },
    500,
    'expected a []interface {}, but received a %!s(<nil>)',
  ],
  [
    'an order of scalars for items',
    { containers: named('a') },
    { '$setElementOrder/containers': ['a'] },
    500,
    'value for key 0 is not a map',
  ],
  [
    'an order of nothing',
    { finalizers: [] },
    { '$setElementOrder/finalizers': [] },
    500,
    'no elements in any of the given slices',
  ],
  [
    'an order of a list that the type does not have',
    {},
    { '$setElementOrder/nowhere': [] },
    500,
    'there is no field nowhere',
  ],
  ['an order of no field', {}, { $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
  ['a deletion of no field', { a: 1 }, { $deleteFromPrimitiveList: [] }, 400, 'invalid patch format of primitive list'],
  ['mixed items', { finalizers: ['a'] }, { finalizers: [1] }, 500, 'list element types are not identical: [[a] [1]]'],
  [
    'lists of lists',
    { finalizers: [['a']] },
    { finalizers: [['b']] },
    422,
    'the server rejected our request due to an error in our request',
  ],
]

describe('strategic merge patch', () => {
  it.each(APPLIED)('%s', (_, document, patch, want) => {
    const before = JSON.stringify([document, patch])
    expect(apply(document, patch)).toEqual(want)
    expect(JSON.stringify([document, patch])).toBe(before)
  })

  it.each(REFUSED)('refuses %s', (_, document, patch, code, message) => {
    let status: unknown
    try {
      apply(document, patch)
    } catch (error) {
      status = error instanceof ApiStatusError ? error.status : error
    }
    expect(status).toMatchObject({ code, message })
  })

  it('is used up as its directives are obeyed, which is how messages show it', () => {
    const patch = {
      '$setElementOrder/containers': named('a'),
      containers: named('a'),
      strategy: { $retainKeys: ['type'], type: 'Recreate', old: null },
      volumes: [{ $patch: 'delete', name: 'v' }],
      added: { old: null, $patch: 'x' },
    }
    const document = { containers: named('a'), strategy: {}, volumes: named('v') }
    expect(applyStrategicMergePatch(document, patch, 'Pod', FACTS)).toEqual(
      { containers: named('a'), strategy: { type: 'Recreate' }, volumes: [] })
    expect(patch).toEqual({
      strategy: { type: 'Recreate', old: null },
      volumes: [{ $patch: 'delete', name: 'v' }],
      added: { old: null, $patch: 'x' },
    })
  })

  it('is idempotent: a patch applied twice changes nothing more', () => {
    const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.string() }), {
      selector: ({ name }) => name,
    })
    const pods = fc.record({ containers: items, finalizers: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')) })
    fc.assert(
      fc.property(pods, pods, (document, patch) => {
        const once = apply(document, patch)
        expect(apply(once, patch)).toEqual(once)
      }),
    )
  })

  it('answers any JSON with a result or an API error, and never changes it', () => {
    const keys = fc.constantFrom(
      'containers',
      'finalizers',
      'ports',
      'name',
      '$patch',
      '$retainKeys',
      '$setElementOrder/containers',
      '$setElementOrder/finalizers',
      '$deleteFromPrimitiveList/finalizers',
      '$setElementOrder',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, 'a', 'delete', 'replace', 'merge'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(tree, fc.dictionary(keys, tree), (document, patch) => {
        const before = JSON.stringify([document, patch])
        try {
          apply(document, patch)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiStatusError)
        }
        expect(JSON.stringify([document, patch])).toBe(before)
      }),
      { numRuns: 500, examples: [[{ finalizers: null }, { '$setElementOrder/finalizers': [] }]] },
    )
  })
})
