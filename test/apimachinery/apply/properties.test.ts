/** What holds of every history of applies: random configurations of a type that has one of everything. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareObjects } from '../../../src/apimachinery/apply/compare.ts'
import { setOf, union, type FieldSet } from '../../../src/apimachinery/apply/field-set.ts'
import { pathsOf } from './paths-of.ts'
import { fieldsOf } from '../../../src/apimachinery/apply/fields-of.ts'
import { mergeTyped } from '../../../src/apimachinery/apply/merge.ts'
import { TypedError } from '../../../src/apimachinery/apply/typed-errors.ts'
import { checkTyped } from '../../../src/apimachinery/apply/typed-validation.ts'
import { fieldsOfApplied, trackUpdate, type ManagedEndpoint } from '../../../src/apimachinery/apply/ownership.ts'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import { ENDPOINT, History, NAMED, THING, type Fields } from './merge-world.ts'

const text = fc.constantFrom('x', 'y')
const number = fc.integer({ min: 1, max: 2 })
const inner = fc.oneof(
  fc.record({ a: text }),
  fc.record({ a: text, b: text }),
  fc.record({ b: text, deep: fc.record({ c: text }) }),
)
const items = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('one', 'two', 'three'), value: number, inner }, { requiredKeys: ['name'] }),
  { selector: ({ name }) => name, minLength: 1 },
)
/** Without what is empty, which is a value of its own and no container: upstream's corner cases are in the table. */
const configuration: fc.Arbitrary<Fields> = fc.record(
  {
    number,
    text,
    map: fc.dictionary(fc.constantFrom('k', 'l'), text, { minKeys: 1 }),
    atomicMap: fc.dictionary(fc.constantFrom('k', 'l'), text, { minKeys: 1 }),
    set: fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 1 }),
    list: items,
    ports: fc.uniqueArray(
      fc.record({ port: number, protocol: fc.constantFrom('TCP', 'UDP'), name: text }, { requiredKeys: ['port'] }),
      { selector: ({ port, protocol = 'TCP' }) => `${String(port)} ${protocol}`, minLength: 1 },
    ),
    atomicList: fc.array(text),
    inner,
    any: fc.dictionary(
      fc.constantFrom('k', 'l'),
      fc.oneof(text, fc.dictionary(fc.constantFrom('m', 'n'), number, { minKeys: 1 })),
      { minKeys: 1 },
    ),
  },
  { requiredKeys: [] },
)
const manager = fc.constantFrom('a', 'b', 'c')
const writes = fc.array(fc.record({ manager, configuration, isUpdate: fc.boolean() }), { maxLength: 6 })

function played(all: readonly { manager: string; configuration: Fields; isUpdate: boolean }[]): History {
  const history = new History()
  for (const { manager: by, configuration: fields, isUpdate } of all) {
    if (isUpdate && history.object !== undefined) history.update(by, fields)
    else history.apply(by, fields, true)
  }
  return history
}

test('an apply that is repeated changes nothing, neither the object nor its owners nor their times', () => {
  fc.assert(
    fc.property(writes, manager, configuration, (before, by, fields) => {
      const history = played(before)
      history.apply(by, fields, true)
      const once = structuredClone(history.object)
      expect(history.apply(by, fields)).toBeUndefined()
      expect(history.object).toEqual(once)
    }),
  )
})

const nothing = fc.constantFrom(null, {}, [])
const strange: fc.Arbitrary<Fields> = fc.record(
  {
    number: fc.constantFrom(0, 1, null),
    text: fc.constantFrom('', 'x', undefined),
    map: fc.oneof(nothing, fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('x', null))),
    atomicMap: fc.oneof(nothing, fc.constant({ k: 'x' })),
    set: fc.oneof(nothing, fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 })),
    list: fc.oneof(
      nothing,
      fc.array(fc.record({ name: fc.constantFrom('one', 'two'), inner: nothing }), { maxLength: 2 }),
    ),
    inner: fc.oneof(nothing, inner),
    any: fc.oneof(nothing, fc.constantFrom('x', 1, [1], { k: { l: 1 } }, { k: [] })),
  },
  { requiredKeys: [] },
)

test('who makes an object owns the same of it, whatever shapes were met before', () => {
  const empty = { ...ENDPOINT.empty, number: 0, inner: { a: '', deep: {} }, list: null, set: null }
  const endpoint = { ...ENDPOINT, empty, reset: { excluded: setOf(['f:map', 'f:k'], ['f:inner', 'f:deep']) } }
  const made = (by: ManagedEndpoint, fields: Fields): unknown => {
    const object: AnyObject = structuredClone({ ...NAMED, ...fields })
    trackUpdate(by, undefined, object, { manager: 'a', nowMs: 0 })
    return object.metadata.managedFields
  }
  fc.assert(
    fc.property(fc.oneof(configuration, strange), (fields) => {
      expect(made(endpoint, fields)).toEqual(made({ ...endpoint }, fields))
    }),
    { numRuns: 2000 },
  )
})

test('a configuration says the same, or is refused for the same, whatever shapes were met before', () => {
  const endpoint = { ...ENDPOINT, reset: { excluded: setOf(['f:map', 'f:k'], ['f:inner', 'f:deep']) } }
  const said = (by: ManagedEndpoint, fields: Fields): unknown => {
    try {
      return fieldsOfApplied(by, { ...NAMED, ...structuredClone(fields) })
    } catch (error) {
      return error instanceof TypedError ? error.message : error
    }
  }
  const defined = strange.map((fields) => JSON.parse(JSON.stringify(fields)) as Fields)
  const changed = fc.tuple(configuration, fc.constantFrom('number', 'text', 'map', 'set', 'list', 'atomicList', 'any'))
    .map(([fields, name]): Fields => ({ ...fields, [name]: { one: 1 } }))
  fc.assert(
    fc.property(fc.oneof(configuration, defined, changed), (fields) => {
      expect(said(endpoint, fields)).toEqual(said({ ...endpoint }, fields))
    }),
    { numRuns: 2000 },
  )
})

/** Everything that can be said, in pieces that have no field in common. */
const PIECES: readonly Fields[] = [
  { number: 1 },
  { text: 'x' },
  { map: { k: 'x' } },
  { map: { l: 'y' } },
  { atomicMap: { k: 'x' } },
  { set: ['p'] },
  { set: ['q', 'r'] },
  { list: [{ name: 'one', value: 1 }] },
  { list: [{ name: 'three', inner: { a: 'x' } }, { name: 'two' }] },
  { ports: [{ port: 1, name: 'x' }] },
  { ports: [{ port: 1, protocol: 'UDP' }] },
  { atomicList: ['x'] },
  { inner: { a: 'x' } },
  { inner: { b: 'x', deep: { c: 'y' } } },
  { any: { k: { m: 1 } } },
  { any: { k: { n: 2 }, l: 'x' } },
]
const owners = fc.array(fc.constantFrom('a', 'b', 'nobody'), { minLength: PIECES.length, maxLength: PIECES.length })

function piecesOf(owner: string, all: readonly string[]): Fields {
  const mine = PIECES.filter((_piece, at) => all[at] === owner)
  return mine.reduce<Fields>((whole, piece) => mergeTyped(THING, whole, piece) as Fields, {})
}

test('who applies first does not matter where fields are disjoint', () => {
  fc.assert(
    fc.property(owners, (all) => {
      const [left, right] = [piecesOf('a', all), piecesOf('b', all)]
      const [one, other] = [new History(), new History()]
      expect(one.apply('a', left)).toBeUndefined()
      expect(one.apply('b', right)).toBeUndefined()
      expect(other.apply('b', right)).toBeUndefined()
      expect(other.apply('a', left)).toBeUndefined()
      expect(one.owners).toEqual(other.owners)
      const differences = compareObjects(THING, { ...NAMED, ...one.fields }, { ...NAMED, ...other.fields })
      expect([differences.removed, differences.modified, differences.added]).toEqual([{}, {}, {}])
    }),
  )
})

test('what nobody owns any more goes', () => {
  fc.assert(
    fc.property(configuration, configuration, configuration, (first, second, others) => {
      const history = new History()
      history.apply('b', others, true)
      history.apply('a', first, true)
      history.apply('a', second, true)
      const after = new Set(pathsOf(fieldsOf(THING, history.fields)).map((path) => path.join(' ')))
      const owned = ownedPaths(history)
      // Leaves that are left are owned by somebody: nothing was there before anybody applied.
      for (const path of after) expect(owned).toContain(path)
    }),
  )
})

function ownedPaths(history: History): ReadonlySet<string> {
  return new Set(Object.values(history.owners).flatMap((set) => pathsOf(set as FieldSet)).map((path) => path.join(' ')))
}

test('a forced apply leaves in the object what it says', () => {
  fc.assert(
    fc.property(writes, manager, configuration, (before, by, fields) => {
      const history = played(before)
      history.apply(by, fields, true)
      const object = { ...NAMED, ...history.object }
      const said = compareObjects(THING, mergeTyped(THING, object, { ...NAMED, ...fields }), object)
      expect([said.modified, said.removed]).toEqual([{}, {}])
      expect(() => checkTyped(THING, fields)).not.toThrow()
    }),
  )
})

test('every owner of a field is an owner of what is there', () => {
  fc.assert(
    fc.property(writes, (all) => {
      const history = played(all)
      const there = new Set(pathsOf(everything(history.fields)).map((path) => path.join(' ')))
      for (const path of ownedPaths(history)) expect(there).toContain(path)
    }),
  )
})

/** With all parents: what has just been made is owned with them. */
function everything(fields: Fields): FieldSet {
  return union(compareObjects(THING, {}, fields).added, fieldsOf(THING, fields))
}
