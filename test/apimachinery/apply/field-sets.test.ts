/** Sets of fields: their arithmetic against plain lists of paths, their order, and what clients may write. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  difference, hasPath, intersection, isSameSet, isSubset, readFieldSet, recursiveDifference, setOf,
  sortSet, union, type FieldSet,
} from '../../../src/apimachinery/apply/field-set.ts'
import { pathsOf } from './paths-of.ts'
import { compareElements, formatElement } from '../../../src/apimachinery/apply/elements/path-element.ts'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"a"}', 'k:{"name":"b"}', 'v:"x"', 'v:1')
const path = fc.array(element, { minLength: 1, maxLength: 4 })
const paths = fc.array(path, { maxLength: 12 })

function textsOf(set: FieldSet): string[] {
  return pathsOf(set).map((one) => one.join(' ')).toSorted()
}

function textsOfPaths(all: readonly (readonly string[])[]): string[] {
  return [...new Set(all.map((one) => one.join(' ')))].toSorted()
}

describe('the arithmetic of sets', () => {
  test('is that of their paths', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [one, other] = [setOf(...left), setOf(...right)]
        const [lefts, rights] = [textsOfPaths(left), textsOfPaths(right)]
        expect(textsOf(one)).toEqual(lefts)
        expect(textsOf(union(one, other))).toEqual(textsOfPaths([...left, ...right]))
        expect(textsOf(intersection(one, other))).toEqual(lefts.filter((text) => rights.includes(text)))
        expect(textsOf(difference(one, other))).toEqual(lefts.filter((text) => !rights.includes(text)))
        expect(textsOf(recursiveDifference(one, other))).toEqual(
          lefts.filter((text) => !rights.some((gone) => text === gone || text.startsWith(`${gone} `))))
        expect(isSubset(one, other)).toBe(lefts.every((text) => rights.includes(text)))
        expect(isSameSet(one, other)).toBe(lefts.join() === rights.join())
        for (const wanted of [...left, ...right]) {
          expect(hasPath(one, wanted)).toBe(lefts.includes(wanted.join(' ')))
        }
        // Nothing of this has changed what it was done with.
        expect([textsOf(one), textsOf(other)]).toEqual([lefts, rights])
      }),
    )
  })

  test('does not depend on the order of steps, and neither does what is printed', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const [one, other] = [setOf(...all), setOf(...all.toReversed())]
        expect(isSameSet(one, other)).toBe(true)
        expect(JSON.stringify(sortSet(one))).toBe(JSON.stringify(sortSet(other)))
        const sorted = sortSet(one)
        expect(sortSet(sorted)).toBe(sorted)
        expect(isSameSet(readFieldSet(JSON.parse(JSON.stringify(one))), one)).toBe(true)
      }),
    )
  })
})

describe('the order of steps', () => {
  test.each([
    ['fields before keys before values before places', ['f:z', 'k:{"a":1}', 'v:"a"', 'i:0']],
    ['fields by name', ['f:A', 'f:a', 'f:ab', 'f:b']],
    ['numbers by value', ['v:2', 'v:10', 'v:"1"', 'v:true']],
    ['texts by what they are, not by how they are written', ['v:"a"', 'v:"a!"', 'v:"a\\""', 'v:"aa"', 'v:"b"']],
    ['keys by name, then by value', ['k:{"a":2}', 'k:{"a":10}', 'k:{"a":"1"}', 'k:{"a":"1","b":"0"}', 'k:{"b":1}']],
    ['lists before maps before nothing', ['v:true', 'v:[]', 'v:[1]', 'v:[1,2]', 'v:[2]', 'v:{"a":1}', 'v:null']],
    ['maps by the first name that one lacks', ['v:{"a":1}', 'v:{"a":1,"c":1}', 'v:{"a":2}', 'v:{"c":0}']],
    ['numbered names', ['k:{"name":"VAR_1"}', 'k:{"name":"VAR_10"}', 'k:{"name":"VAR_2"}']],
  ])('is %s', (_name, sorted) => {
    expect(sorted.toReversed().toSorted(compareElements)).toEqual(sorted)
  })
})

describe('what clients write', () => {
  test.each([
    ['keys in another order', { 'k:{"protocol":"TCP", "port":80}': {} }, { 'k:{"port":80,"protocol":"TCP"}': {} }],
    ['steps of a kind that nobody knows', { 'x:a': {}, 'f:a': { 'y:b': {} } }, { 'f:a': {} }],
    ['null for nothing', { 'f:a': null }, { 'f:a': {} }],
    ['the same step twice', { 'v:1': {}, 'v:1.0': { 'f:a': {} } }, { 'v:1': { '.': {}, 'f:a': {} } }],
    [
      'the same step twice, of which the last counts',
      { 'v:1': { '.': {}, 'f:a': {} }, 'v:1.0': { 'f:b': {} }, 'v:1.00': {} }, { 'v:1': { '.': {}, 'f:b': {} } },
    ],
    ['what stands behind a value', { 'v:1 2': {}, 'v:"a"b': {}, 'v:{"a":[1]}x': {}, 'k:{"a":1}x': {} },
      { 'v:1': {}, 'v:"a"': {}, 'v:{"a":[1]}': {}, 'k:{"a":1}': {} }],
    ['small numbers', { 'v:0.0000001': {}, 'v:1.5e-10': {}, 'k:{"a":1e-8}': {} },
      { 'v:1e-07': {}, 'v:1.5e-10': {}, 'k:{"a":1e-08}': {} }],
    ['less than nothing', { 'v:-0.0': {}, 'i:-0': {} }, { 'v:-0': {}, 'i:0': {} }],
    ['the same key twice', { 'k:{"b":0,"a":1, "a":2}': {} }, { 'k:{"a":1,"a":2,"b":0}': {} }],
    ['no keys', { 'k:null': {} }, { 'k:{}': {} }],
    ['maps', { 'v:{"b":1,"a":{"d":1,"c":2}}': {} }, { 'v:{"a":{"c":2,"d":1},"b":1}': {} }],
    ['escapes', { [String.raw`v:"\b\f\n\u0041\ud800"`]: {} }, { [String.raw`v:"\u0008\u000c\nA` + '\uFFFD"']: {} }],
    ['names of keys that HTML would read', { 'k:{"<":"<"}': {} }, { 'k:{"<":"\\u003c"}': {} }],
    ['places of 64 bits', { 'i:+9223372036854775807': {} }, { 'i:9223372036854775807': {} }],
    ['what HTML would read', { 'v:"<a>"': {} }, { 'v:"\\u003ca\\u003e"': {} }],
  ])('is made canonical: %s', (_name, written, read) => {
    expect(readFieldSet(written)).toEqual(read)
  })

  test.each([
    ['a step without a colon', { ab: {} }, 'missing colon: ab'],
    ['a step of one character', { a: {} }, 'key must be 2 characters long:'],
    ['a value that is no JSON', { 'v:x': {} }, 'no JSON: x'],
    ['a value that is out of range', { 'v:1e400': {} }, 'value out of range: 1e400'],
    ['an item without an end', { 'v:[1': {} }, 'no JSON: [1'],
    ['a value that is too deep', { [`v:${'['.repeat(100_000)}${']'.repeat(100_000)}`]: {} }, 'exceeded max depth'],
    ['keys that are too deep', { [`k:{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`]: {} }, 'exceeded max depth'],
    ['keys without an end', { 'k:{"a":1': {} }, 'expected a comma or the end: {"a":1'],
    ['keys of a list', { 'k:[]': {} }, 'expected an object of keys: []'],
    ['a key without a value', { 'k:{"a"}': {} }, 'expected a name and a colon: {"a"}'],
    ['a place of more bits', { 'i:99999999999999999999': {} }, 'value out of range'],
    ['a place that is no number', { 'i:x': {} }, 'strconv.Atoi: parsing "x": invalid syntax'],
    ['a set that is no object', { 'f:a': 1 }, 'a set of fields is no JSON object'],
  ])('is refused: %s', (_name, written, message) => {
    expect(() => readFieldSet(written)).toThrow(message)
  })
})

test.each([
  ['f:replicas', '.replicas'],
  ['k:{"containerPort":8080,"protocol":"TCP"}', '[containerPort=8080,protocol="TCP"]'],
  ['v:"a\\"b"', '[="a\\"b"]'],
  ['v:1000000', '[=1e+06]'],
  ['v:0.00001', '[=1e-05]'],
  ['v:true', '[=true]'],
  ['i:3', '[3]'],
])('shows %s as %s', (step, shown) => {
  expect(formatElement(step)).toBe(shown)
})
