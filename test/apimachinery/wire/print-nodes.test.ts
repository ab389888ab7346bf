/** YAML as the third go-yaml prints nodes without a style; what is wanted here is what it printed. */
import { describe, expect, it } from 'vitest'
import { printYamlNodes } from '../../../src/apimachinery/wire/yaml/print-nodes.ts'

const PRINTED: readonly (readonly [value: unknown, text: string])[] = [
  ['a b', 'a b\n'],
  ['', '""\n'],
  ['true', '"true"\n'],
  ['yes', 'yes\n'],
  ['12:30', '12:30\n'],
  ['<<', '<<\n'],
  ['1', '"1"\n'],
  ['2020-01-01', '"2020-01-01"\n'],
  ["it's: so", "'it''s: so'\n"],
  [' a', "' a'\n"],
  ['a\tb', '"a\\tb"\n'],
  ['\u{1f600}', '"\\U0001F600"\n'],
  ['self.a == "b"', 'self.a == "b"\n'],
  ['a\nb', '|-\n    a\n    b\n'],
  ['\n', '|4+\n\n'],
  [1.5, '1.5\n'],
  [null, 'null\n'],
  [[], '[]\n'],
  [{}, '{}\n'],
  [[{ group: '', kind: 'Pod' }, 'b'], '- group: ""\n  kind: Pod\n- b\n'],
  [{ a: ['b', ['c', 'd']], e: {} }, 'a:\n    - b\n    - - c\n      - d\ne: {}\n'],
  [[{ a: { b: 'c\n' } }], '- a:\n    b: |\n        c\n'],
  [{ rule: 'x\n', z: 1 }, 'rule: |\n    x\nz: 1\n'],
  [{ '': 1, 'a b': 2 }, '"": 1\na b: 2\n'],
  ['x '.repeat(100) + 'x', `${'x '.repeat(100)}x\n`],
]

describe('a value as YAML in blocks', () => {
  it.each(PRINTED)('%j', (value, text) => {
    expect(printYamlNodes(value)).toBe(text)
  })

  it('stays JSON where indentation would be most of it', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 500; level++) deep = [deep]
    const long = { ['k'.repeat(129)]: 1 }
    for (const value of [deep, long]) expect(printYamlNodes(value)).toBe(`${JSON.stringify(value)}\n`)
  })
})
