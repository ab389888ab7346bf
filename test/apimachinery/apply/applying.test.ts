/**
 * What applies and updates make of an object and of its owners: the cases of structured-merge-diff's merge tests
 * (merge/{conflict,leaf,set,nested,multiple_appliers,duplicates}_test.go), in our own words.
 */
import { describe, expect, test } from 'vitest'
import { conflictStatus } from '../../../src/apimachinery/apply/conflict.ts'
import { History, type Fields } from './merge-world.ts'

interface Step {
  readonly apply?: Fields
  readonly update?: Fields
  readonly by: string
  readonly force?: true
  /** The paths that are in conflict; then nothing is written. */
  readonly conflicts?: readonly string[]
}

interface Case {
  readonly steps: readonly Step[]
  readonly fields: Fields
  readonly owners?: Record<string, unknown>
}

const LEAF = {}

const CASES: Readonly<Record<string, Case>> = {
  'an applier owns what it applies': {
    steps: [{ by: 'a', apply: { number: 1, text: 'x' } }],
    fields: { number: 1, text: 'x' },
    owners: { 'a Apply': { 'f:number': LEAF, 'f:text': LEAF } },
  },
  'what an applier says no more goes': {
    steps: [{ by: 'a', apply: { number: 1, text: 'x' } }, { by: 'a', apply: { number: 1 } }],
    fields: { number: 1 },
    owners: { 'a Apply': { 'f:number': LEAF } },
  },
  'what another applier says too stays, and is then that one\'s alone': {
    steps: [
      { by: 'a', apply: { number: 1, text: 'x' } },
      { by: 'b', apply: { text: 'x' } },
      { by: 'a', apply: { number: 1 } },
    ],
    fields: { number: 1, text: 'x' },
    owners: { 'a Apply': { 'f:number': LEAF }, 'b Apply': { 'f:text': LEAF } },
  },
  'another value is a conflict': {
    steps: [
      { by: 'a', apply: { number: 1, text: 'x' } },
      { by: 'b', apply: { number: 2 }, conflicts: ['a: .number'] },
    ],
    fields: { number: 1, text: 'x' },
  },
  'who forces takes the field over': {
    steps: [{ by: 'a', apply: { number: 1, text: 'x' } }, { by: 'b', apply: { number: 2 }, force: true }],
    fields: { number: 2, text: 'x' },
    owners: { 'a Apply': { 'f:text': LEAF }, 'b Apply': { 'f:number': LEAF } },
  },
  'an updater takes over without being asked, and what it takes away nobody owns': {
    steps: [{ by: 'a', apply: { number: 1, text: 'x' } }, { by: 'u', update: { number: 2 } }],
    fields: { number: 2 },
    owners: { 'u Update': { 'f:number': LEAF } },
  },
  'an updater owns only what it changes': {
    steps: [{ by: 'a', apply: { number: 1 } }, { by: 'u', update: { number: 1, text: 'x' } }],
    fields: { number: 1, text: 'x' },
    owners: { 'a Apply': { 'f:number': LEAF }, 'u Update': { 'f:text': LEAF } },
  },
  'what an updater owns too stays when its applier leaves it out': {
    steps: [
      { by: 'u', update: { number: 1 } },
      { by: 'a', apply: { number: 1, text: 'x' } },
      { by: 'a', apply: { text: 'x' } },
    ],
    fields: { number: 1, text: 'x' },
    owners: { 'u Update': { 'f:number': LEAF }, 'a Apply': { 'f:text': LEAF } },
  },
  'appliers share a map key by key': {
    steps: [{ by: 'a', apply: { map: { x: '1' } } }, { by: 'b', apply: { map: { y: '2' } } }],
    fields: { map: { x: '1', y: '2' } },
    owners: { 'a Apply': { 'f:map': { 'f:x': LEAF } }, 'b Apply': { 'f:map': { 'f:y': LEAF } } },
  },
  'a key of a map goes with its last owner': {
    steps: [
      { by: 'a', apply: { map: { x: '1', z: '3' } } },
      { by: 'b', apply: { map: { y: '2' } } },
      { by: 'a', apply: { map: { z: '3' } } },
    ],
    fields: { map: { z: '3', y: '2' } },
  },
  'the last key takes its map with it': {
    steps: [{ by: 'a', apply: { number: 1, map: { x: '1' } } }, { by: 'a', apply: { number: 1 } }],
    fields: { number: 1 },
  },
  'an atomic map is one value': {
    steps: [
      { by: 'a', apply: { atomicMap: { x: '1' } } },
      { by: 'b', apply: { atomicMap: { y: '2' } }, conflicts: ['a: .atomicMap'] },
      { by: 'b', apply: { atomicMap: { y: '2' } }, force: true },
    ],
    fields: { atomicMap: { y: '2' } },
    owners: { 'b Apply': { 'f:atomicMap': LEAF } },
  },
  'an atomic list is one value': {
    steps: [
      { by: 'a', apply: { atomicList: ['x', 'y'] } },
      { by: 'b', apply: { atomicList: ['y', 'x'] }, conflicts: ['a: .atomicList'] },
    ],
    fields: { atomicList: ['x', 'y'] },
  },
  'appliers share a set': {
    steps: [
      { by: 'a', apply: { set: ['x', 'z'] } },
      { by: 'b', apply: { set: ['y', 'z'] } },
      { by: 'a', apply: { set: ['x'] } },
    ],
    fields: { set: ['x', 'y', 'z'] },
    owners: { 'a Apply': { 'f:set': { 'v:"x"': LEAF } }, 'b Apply': { 'f:set': { 'v:"y"': LEAF, 'v:"z"': LEAF } } },
  },
  'items of a keyed list are shared field by field': {
    steps: [
      { by: 'a', apply: { list: [{ name: 'one', value: 1 }] } },
      { by: 'b', apply: { list: [{ name: 'one', inner: { a: 'x' } }, { name: 'two' }] } },
      { by: 'a', apply: { list: [{ name: 'one' }] } },
    ],
    fields: { list: [{ name: 'one', inner: { a: 'x' } }, { name: 'two' }] },
    owners: {
      'a Apply': { 'f:list': { 'k:{"name":"one"}': { '.': LEAF, 'f:name': LEAF } } },
      'b Apply': {
        'f:list': {
          'k:{"name":"one"}': { '.': LEAF, 'f:inner': { 'f:a': LEAF }, 'f:name': LEAF },
          'k:{"name":"two"}': { '.': LEAF, 'f:name': LEAF },
        },
      },
    },
  },
  'an item goes when its applier drops it, with what only it said': {
    steps: [
      { by: 'a', apply: { list: [{ name: 'one', value: 1 }, { name: 'two', value: 2 }] } },
      { by: 'a', apply: { list: [{ name: 'two', value: 2 }] } },
    ],
    fields: { list: [{ name: 'two', value: 2 }] },
  },
  'an item that no applier says any more goes, although an updater put something into it': {
    steps: [
      { by: 'a', apply: { number: 1, list: [{ name: 'one', value: 1 }] } },
      { by: 'u', update: { number: 1, list: [{ name: 'one', value: 1, inner: { a: 'x' } }] } },
      { by: 'a', apply: { number: 1 } },
    ],
    fields: { number: 1 },
    owners: { 'a Apply': { 'f:number': LEAF } },
  },
  'an item that an updater made itself stays without its applier': {
    steps: [
      { by: 'u', update: { list: [{ name: 'one', value: 1 }] } },
      { by: 'a', apply: { list: [{ name: 'one', inner: { a: 'x' } }] } },
      { by: 'a', apply: {} },
    ],
    fields: { list: [{ name: 'one', value: 1 }] },
  },
  'the key of an item may be its default': {
    steps: [
      { by: 'a', apply: { ports: [{ port: 80, name: 'http' }] } },
      { by: 'b', apply: { ports: [{ port: 80, protocol: 'TCP' }, { port: 80, protocol: 'UDP' }] } },
    ],
    fields: { ports: [{ port: 80, name: 'http', protocol: 'TCP' }, { port: 80, protocol: 'UDP' }] },
  },
  'the order of a keyed list is the applier\'s, with the others\' items where they stood': {
    steps: [
      { by: 'a', apply: { list: [{ name: 'one' }, { name: 'two' }, { name: 'three' }] } },
      { by: 'b', apply: { list: [{ name: 'three' }, { name: 'new' }, { name: 'one' }] } },
    ],
    fields: { list: [{ name: 'two' }, { name: 'three' }, { name: 'new' }, { name: 'one' }] },
  },
  'a struct goes with its last field, however deep': {
    steps: [{ by: 'a', apply: { inner: { deep: { c: 'x' } }, number: 1 } }, { by: 'a', apply: { number: 1 } }],
    fields: { number: 1 },
  },
  'a struct stays for what another has in it': {
    steps: [
      { by: 'a', apply: { inner: { a: 'x', b: 'y' } } },
      { by: 'b', apply: { inner: { b: 'y' } } },
      { by: 'a', apply: {} },
    ],
    fields: { inner: { b: 'y' } },
    owners: { 'b Apply': { 'f:inner': { 'f:b': LEAF } } },
  },
  'a struct stays, empty, for whoever owns it and nothing in it': {
    steps: [
      { by: 'a', apply: { inner: { a: 'x', deep: { c: 'y' } } } },
      { by: 'b', apply: { inner: {} } },
      { by: 'a', apply: {} },
    ],
    fields: { inner: {} },
    owners: { 'b Apply': { 'f:inner': LEAF } },
  },
  'so do a list without its items, and an item without its fields': {
    steps: [
      { by: 'a', apply: { any: { x: { y: 1 } }, list: [{ name: 'one', inner: { a: 'x' } }] } },
      { by: 'b', apply: { any: { x: {} }, list: [{ name: 'one', inner: {} }] } },
      { by: 'a', apply: {} },
    ],
    fields: { any: { x: {} }, list: [{ name: 'one', inner: {} }] },
  },
  'an empty struct and a null are fields too': {
    steps: [{ by: 'a', apply: { inner: {}, text: null } }],
    fields: { inner: {} },
    owners: { 'a Apply': { 'f:inner': LEAF, 'f:text': LEAF } },
  },
  'JSON without a schema merges field by field, its lists as a whole': {
    steps: [
      { by: 'a', apply: { any: { x: { y: 1 }, list: [1] } } },
      { by: 'b', apply: { any: { x: { z: 2 }, list: [2] } }, conflicts: ['a: .any.list'] },
      { by: 'b', apply: { any: { x: { z: 2 } } } },
    ],
    fields: { any: { x: { y: 1, z: 2 }, list: [1] } },
  },
  'JSON without a schema may turn into something else': {
    steps: [
      { by: 'a', apply: { any: { x: { y: 1 } } } },
      { by: 'a', apply: { any: { x: 'text' } } },
    ],
    fields: { any: { x: 'text' } },
    owners: { 'a Apply': { 'f:any': { 'f:x': LEAF } } },
  },
}

describe('an object after', () => {
  test.each(Object.entries(CASES))('%s', (_name, { steps, fields, owners }) => {
    const history = new History()
    for (const { by, apply, update, force = false, conflicts } of steps) {
      if (update !== undefined) history.update(by, update)
      if (apply === undefined) continue
      const refused = history.apply(by, apply, force)
      const causes = refused === undefined ? [] : (conflictStatus(refused.conflicts).status.details?.causes ?? [])
      const paths = causes.map(({ field, message }) => `${/"(.*)"/.exec(message ?? '')?.[1] ?? ''}: ${field ?? ''}`)
      expect(paths).toEqual(conflicts ?? [])
    }
    expect(history.fields).toEqual(fields)
    if (owners !== undefined) expect(history.owners).toEqual(owners)
  })
})

describe('the text of conflicts', () => {
  test('names the one field, who owns it, by which operation and where', () => {
    const history = new History()
    history.update('kubectl', { number: 1 })
    expect(messageOf(history, { number: 2 })).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" using v1: .number')
    const applied = new History()
    applied.apply('someone "else"', { list: [{ name: 'x', value: 1 }] })
    expect(messageOf(applied, { list: [{ name: 'x', value: 2 }] })).toBe(
      'Apply failed with 1 conflict: conflict with "someone \\"else\\"": .list[name="x"].value')
  })

  test('names several by manager', () => {
    const history = new History()
    history.apply('b', { text: 'x', map: { k: 'v' } })
    history.apply('a', { number: 1, ports: [{ port: 8080, name: 'http' }], set: ['q'] })
    expect(messageOf(history, { text: 'y', number: 2, map: { k: 'w' }, ports: [{ port: 8080, name: 'web' }] })).toBe(
      'Apply failed with 4 conflicts: conflicts with "a":\n- .number\n- .ports[port=8080,protocol="TCP"].name\n' +
        'conflicts with "b":\n- .text\n- .map.k')
  })
})

function messageOf(history: History, fields: Fields): string {
  const refused = history.apply('me', fields)
  if (refused === undefined) throw new Error('the apply was expected to conflict')
  return conflictStatus(refused.conflicts).status.message ?? ''
}
