/** JSONPath, as columns and selectable fields use it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileJsonPath, readableJsonPath } from '../../../src/apis/custom/json-path.ts'

const OBJECT = {
  metadata: { name: 'one', labels: { 'a.b/c': 'x' } },
  spec: { replicas: 3, ports: [{ name: 'http', port: 80 }, { name: 'https', port: 443 }], empty: null },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Synced', status: 'False' },
    ],
  },
}

describe('a path finds', () => {
  it.each([
    ['.spec.replicas', [3]],
    ['$.spec.replicas', [3]],
    ['.metadata.labels.a\\.b/c', ['x']],
    [".metadata.labels['a.b/c']", ['x']],
    ['.spec.ports[0].name', ['http']],
    ['.spec.ports[-1].port', [443]],
    ['.spec.ports[*].port', [80, 443]],
    ['.spec.ports[0:1].name', ['http']],
    ['.spec.ports[0,1].name', ['http', 'https']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    ['.status.conditions[?(@.type==\'Synced\')].status', ['False']],
    ['.spec.ports[?(@.port>100)].name', ['https']],
    ['.spec.ports[?(@.port<=80)].name', ['http']],
    ['.spec.ports[?(@.name!="http")].port', [443]],
    ['.spec.ports[?(@.nothing)].port', []],
    ['..port', [80, 443]],
    ['.spec.empty', [null]],
    ['.spec.nothing.at.all', []],
    ['.spec.replicas.deeper', []],
    ['.constructor', []],
  ])('%s: %j', (path, found) => {
    expect(compileJsonPath(path)(OBJECT)).toEqual(found)
  })
})

it.each([
  ['spec', 'unrecognized character in action: "s"'],
  ['.spec[', 'unterminated array'],
  ['.spec[x]', 'invalid array index x'],
  ['.a[?(@.b==c)]', 'unrecognized identifier c'],
  ['.a[0:2:0]', 'step must be > 0'],
])('%s is no path: %s', (path, message) => {
  expect(() => compileJsonPath(path)).toThrow(message)
  expect(readableJsonPath(path)).toBeUndefined()
})

it.each([
  ['the same twice, each time', "['','']".repeat(22), [1]],
  ['all below all below all', '..*'.repeat(8), Array.from({ length: 200 }).reduce((inner) => ({ a: inner }), {})],
])('%s: too many values are none', { timeout: 2_000 }, (_what, path, value) => {
  expect(compileJsonPath(path)(value)).toEqual([])
})

it('whatever is written as a path, and whatever it is asked of, is answered', () => {
  const characters = fc.constantFrom(...'.[]()?@=!<>"\'\\*,:-$ab01 ')
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 40 }), fc.jsonValue(), (text, value) => {
      expect(Array.isArray(readableJsonPath(`.${text.join('')}`)?.(value) ?? [])).toBe(true)
    }),
  )
})
