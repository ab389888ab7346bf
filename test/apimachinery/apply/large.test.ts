/**
 * Objects as large as a request may bring them: owners, conflicts and keyed lists are gone through in proportion to
 * what there is, and what is told of them has an end.
 */
import { describe, expect, it } from 'vitest'
import { compareObjects } from '../../../src/apimachinery/apply/compare.ts'
import { conflictsOf, conflictStatus } from '../../../src/apimachinery/apply/conflict.ts'
import { isSameSet, readFieldSet, unionOfAll, type FieldSet } from '../../../src/apimachinery/apply/field-set.ts'
import {
  capUpdateManagers, MAX_UPDATE_MANAGERS, parseManagers, readManagers, type ManagerOperation,
} from '../../../src/apimachinery/apply/managers.ts'
import type { MapMerge, MergeNode } from '../../../src/apimachinery/apply/merge-schema.ts'
import { mergeTyped } from '../../../src/apimachinery/apply/merge.ts'
import { checkTyped } from '../../../src/apimachinery/apply/typed-validation.ts'
import { ownershipOfUpdate } from '../../../src/apimachinery/apply/updater.ts'

const COUNT = 50_000
const SOON = { timeout: 20_000 }

const TEXT: MergeNode = { kind: 'scalar', scalar: 'string' }
const mapOf = (fields: Readonly<Record<string, MergeNode>>, value?: MergeNode): MapMerge => ({
  kind: 'map', isAtomic: false, fields: new Map(Object.entries(fields).map(([name, node]) => [name, { node }])), value,
})
const KEYED: MergeNode = { kind: 'list', relation: 'map', keys: ['name'], item: mapOf({ name: TEXT, value: TEXT }) }
const ROOT = mapOf({ list: KEYED, set: { kind: 'list', relation: 'set', keys: [], item: TEXT }, map: mapOf({}, TEXT) })

const many = <T>(make: (index: number) => T, count = COUNT): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const named = <T>(make: (index: number) => readonly [string, T], count = COUNT): Record<string, T> =>
  Object.fromEntries(many(make, count))
const item = (index: number, value = 'a'): object => ({ name: `n${String(index)}`, value })

type Entry = Parameters<typeof parseManagers>[0][0]

function entry(manager: string, operation: ManagerOperation, fieldsV1: Record<string, unknown>): Entry {
  return { manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', time: '2026-01-01T00:00:00Z', fieldsV1 }
}

/** `inner` within `depth` fields. */
function deep<T>(depth: number, inner: T, within: (value: T) => T): T {
  let value = inner
  for (let level = 0; level < depth; level++) value = within(value)
  return value
}

describe('keyed lists', () => {
  it('are compared once, also where every item differs', SOON, () => {
    const [left, right] = [{ list: many((at) => item(at)) }, { list: many((at) => item(at, 'b')) }]
    const { modified } = compareObjects(ROOT, left, right)
    expect(Object.keys(modified['f:list'] ?? {})).toHaveLength(COUNT)
    const twice = { list: [...many((at) => item(at, 'b'), COUNT - 1), item(0, 'c')] }
    const compared = compareObjects(ROOT, { list: [...many((at) => item(at), COUNT - 1), item(0)] }, twice)
    expect(compared.modified['f:list']?.['k:{"name":"n0"}']).toEqual({})
  })

  it.each<[string, string, (at: number) => unknown]>([
    ['keyed', 'list', (at) => item(at)],
    ['of scalars', 'set', (at) => `n${String(at)}`],
  ])('%s are merged once in another order', SOON, (_what, name, make) => {
    const applied = { [name]: many((at) => make((at + 1) % COUNT)) }
    expect(mergeTyped(ROOT, { [name]: many(make) }, applied)).toEqual(applied)
  })
})

describe('managed fields', () => {
  it('that come back are found among many', SOON, () => {
    const kept = many((at) => entry(`k${String(at)}`, 'Apply', { 'f:a': {} }), 20_000)
    const written = [...kept.slice(0, 10_000), ...many((at) => entry(`w${String(at)}`, 'Apply', { 'f:a': {} }), 10_000)]
    const managers = parseManagers(structuredClone(written), kept)
    expect(managers.size).toBe(20_000)
    expect([...managers.values()].filter((manager) => manager.entry !== undefined)).toHaveLength(10_000)
  })

  it('of many updaters become those of one', SOON, () => {
    const updaters = many((at) => entry(`k${String(at)}`, 'Update', { [`f:a${String(at)}`]: {} }), 15_000)
    const managers = readManagers(updaters)
    capUpdateManagers(managers)
    expect(managers.size).toBe(MAX_UPDATE_MANAGERS)
    const sets = [...managers.values()].map(({ fields }) => fields)
    expect(isSameSet(unionOfAll(sets), unionOfAll(updaters.map(({ fieldsV1 }) => fieldsV1 as FieldSet)))).toBe(true)
  })

  it('may be written in many ways', SOON, () => {
    const ways = named((at) => [`v:${' '.repeat(1 + (at % 1000))}1${' '.repeat(at / 1000)}`, {}])
    const fields = readFieldSet({ 'v:1': named((at) => [`f:k${String(at)}`, {}]), ...ways })
    expect(Object.keys(fields)).toEqual(['v:1'])
    expect(Object.keys(fields['v:1'] ?? {})).toHaveLength(COUNT + 1)
  })

  it('of many lose what goes', SOON, () => {
    const before = { map: named((at) => [`k${String(at)}`, 'x']) }
    const owners = many((at) => entry(`a${String(at)}`, 'Apply', { 'f:map': { [`f:k${String(at)}`]: {} } }), 2_000)
    const managers = readManagers([...owners, entry('b', 'Apply', { 'f:list': {} })])
    const live = { apiVersion: 'v1', node: ROOT, value: before }
    const convert = (): typeof live => live
    ownershipOfUpdate({ live, next: { ...live, value: { map: {} } }, convert, reset: {} }, managers, 'w')
    expect(managers.size).toBe(1)
  })
})

describe('conflicts', () => {
  const [manager] = readManagers([entry('a', 'Apply', { 'f:a': {} })]).values()
  const of = (taken: FieldSet): ReturnType<typeof conflictsOf> =>
    conflictsOf(manager === undefined ? [] : [{ manager, fields: taken }])
  const fields = readFieldSet({ 'f:map': named((at) => [`f:k${String(at)}`, {}], 2 * COUNT) })

  it('are as many as there are fields', SOON, () => {
    const { message = '' } = conflictStatus(of(fields)).status
    expect(message).toMatch(/^Apply failed with 100000 conflicts: conflicts with "a":\n- .map.k0\n/)
  })

  it('are told as far as an answer goes', SOON, () => {
    const inDepth = deep<FieldSet>(400, fields, (inner) => ({ 'f:a-field-with-a-name': inner }))
    const { status } = conflictStatus(of(inDepth))
    expect(status.message).toMatch(/^Apply failed with 100000 conflicts: /)
    expect(status.message?.length).toBeLessThan(2_000_000)
    expect(status.details?.causes?.length).toBeGreaterThan(100)
  })

  it('of types, too', SOON, () => {
    const node = deep<MergeNode>(400, KEYED, (inner) => mapOf({ 'a-field-with-a-name': inner }))
    const list = many((at) => ({ name: `n${String(at)}`, value: 1 }), 2 * COUNT)
    const value = deep<unknown>(400, list, (inner) => ({ 'a-field-with-a-name': inner }))
    let message = ''
    try {
      checkTyped(node, value)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain('expected string, got')
    expect(message.length).toBeLessThan(2_000_000)
  })
})
