/** YAML as sigs.k8s.io/yaml reads it. */
import { describe, expect, it } from 'vitest'
import {
  formatYamlDuplicates,
  readYaml,
  YamlError,
} from '../../../src/apimachinery/wire/yaml.ts'

describe('reading YAML', () => {
  it.each([
    ['a: yes', { a: true }],
    ['a: Off', { a: false }],
    ['a: "yes"', { a: 'yes' }],
    ['a: y\nb: N\nc: "y"', { a: true, b: false, c: 'y' }],
    ['a: 012', { a: 10 }],
    ['a: 0o14', { a: 12 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 0b101', { a: 5 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 08', { a: 8 }],
    ['a: -5', { a: -5 }],
    ['a: 0', { a: 0 }],
    ['a: 1.50', { a: 1.5 }],
    ['a: 1e3', { a: 1000 }],
    ['a: 9007199254740993.0', { a: 9_007_199_254_740_992n }],
    ['a: .5', { a: 0.5 }],
    ['a: 22:22', { a: '22:22' }],
    ['a: 2026-01-02', { a: '2026-01-02' }],
    ['a: 2026-01-02T03:04:05Z', { a: '2026-01-02T03:04:05Z' }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['a: 1.2.3', { a: '1.2.3' }],
    ['a: 100m', { a: '100m' }],
    ['a: 1Gi', { a: '1Gi' }],
    ['1: x\ntrue: z', { 1: 'x', true: 'z' }],
    ['base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3', { base: { x: 1, z: 2 }, use: { x: 1, z: 3 } }],
    ['{"a": [1, "b"]}', { a: [1, 'b'] }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: 1\n---\nb: 2', { a: 1 }],
    ['a: "x\u0085  y"\u0085b: z', { a: 'x y', b: 'z' }],
    ['', null],
    ['a: "x\ny"\nb:\n    "p\n q\n\nr"', { a: 'x y', b: 'p q\nr' }],
    ["a:\n  - 's\n\nt'", { a: ['s\nt'] }],
    ['a: "x\\\n  \\  y"', { a: 'x  y' }],
    ['a: b\u2028c: d\u2029', { a: 'b', c: 'd' }],
    ['a: "x \u2028 y\u2029\u2028z"\nb: |\n  p\u2028  q\n', { a: 'x\u2028y\u2029\u2028z', b: 'p\u2028q\n' }],
    ['a: 0B1\nb: 0X1f\nc: .5_0\nd: 0xfffffffffffffffff', { a: 1, b: 31, c: 0.5, d: '0xfffffffffffffffff' }],
    ['a: 1e1_0\nb: 5_.0\nc: ._5', { a: 10_000_000_000, b: 5, c: '._5' }],
    [`a: b\n...\n${' '.repeat(600)}\u0001`, { a: 'b' }],
    ['[a: b, c: ]', [{ a: 'b' }, { c: null }]],
    ['a: !%41 b\nc: !<x> d', { a: 'b', c: 'd' }],
  ])('%j is %j', (text, want) => {
    expect(readYaml(text)).toEqual(want)
  })

  it('tells keys that are set twice, by line, and lets the last one count', () => {
    const complaints: string[] = []
    const value = readYaml('a: 1\nb:\n  c: 1\n  d: {e: 1, e: 2}\n  "c": 2\na: 3\n', (text) => complaints.push(text))
    expect(value).toEqual({ a: 3, b: { c: 2, d: { e: 2 } } })
    expect(complaints).toEqual([
      'line 4: key "e" already set in map',
      'line 5: key "c" already set in map',
      'line 6: key "a" already set in map',
    ])
    expect(formatYamlDuplicates(complaints.slice(0, 2))).toBe(
      'yaml: unmarshal errors:\n  line 4: key "e" already set in map\n  line 5: key "c" already set in map',
    )
  })

  it.each([
    ['a: 1\na:\n  b: 1\n', [3]],
    ['a: 1\na:\n\n# why\n- 1\n', [5]],
    ['a: 1\na: {b: 1,\n c: 2}\n', [2]],
    ['a: 1\na: |\n  text\n', [2]],
    ['a: 1\na:\n  folded\n  text\n', [3]],
    ['a: 1\na:\nb: 2\nb: &x 3\nc: 4\nc: *x\n', [2, 4, 6]],
    ['a: 1\na: !!str\n  text\n', [2]],
  ])('names the line on which the value begins: %j', (text, lines) => {
    const found: string[] = []
    readYaml(text, (complaint) => found.push(complaint))
    expect(found.map((complaint) => Number(/^line (\d+): key /.exec(complaint)?.[1]))).toEqual(lines)
  })

  it('tells what is inside of a value first', () => {
    const complaints: string[] = []
    readYaml('a:\n  b: 1\na:\n  c: 1\n  c: 2\n  "d\\"": 3\n  "d\\"": 4\n', (text) => complaints.push(text))
    expect(complaints).toEqual([
      'line 5: key "c" already set in map',
      'line 7: key "d\\"" already set in map',
      'line 4: key "a" already set in map',
    ])
  })

  it('does not take two uses of a merge key for a duplicate, nor values for keys', () => {
    const complaints: string[] = []
    const text = 'x: &x {a: 1}\nw: &w {b: 1}\ny: {<<: *x, <<: *w}\nz: [a, a, {a: 1}, {a: 1}]'
    readYaml(text, (complaint) => complaints.push(complaint))
    expect(complaints).toEqual([])
  })

  it.each([
    ['before it', 'x: &x {a: "1"}\nz:\n  a: "0"\n  <<: *x\n', { a: '1' }, ['line 1: key "a" already set in map']],
    ['after it', 'x: &x {a: "1", b: "1"}\nz:\n  <<: *x\n  a: "3"\n', { a: '3', b: '1' },
      ['line 4: key "a" already set in map']],
    ['in maps of one list, of which the first counts', 'x: &x {a: 1}\nv: &v {a: 2, c: 2}\nz:\n  <<: [*x, *v]\n',
      { a: 1, c: 2 }, ['line 1: key "a" already set in map']],
  ])('takes merged keys for keys like all others: %s', (_, text, want, told) => {
    const complaints: string[] = []
    expect(readYaml(text, (complaint) => complaints.push(complaint))).toMatchObject({ z: want })
    expect(complaints).toEqual(told)
  })

  it.each([
    ['a: !foo b', { a: 'b' }],
    ['a: !!str 5', { a: '5' }],
    ['a: !!float 1', { a: 1 }],
    ['a: !!int "3"', { a: 3 }],
    ['a: !!timestamp 2024-01-01', { a: '2024-01-01' }],
    ['a: !!binary YWJj', { a: 'abc' }],
    ['a: !!binary 4oIi', { a: '\ufffd\ufffd"' }],
    ['a: ! 5', { a: '5' }],
    ['a: !!seq {b: 1}', { a: { b: 1 } }],
    ['a: !!set {b, c}', { a: { b: null, c: null } }],
    ['%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 5', { a: '5' }],
    ['yes: 1\n0x10: 2\n1.50: 3\n', { true: 1, 16: 2, 1.5: 3 }],
    ['a: 1\n---\n[', { a: 1 }],
    ['# none\n---\na: 1\n...\n{]', { a: 1 }],
    ['{"a": 1}\n\n{}', { a: 1 }],
  ])('reads %j, as go-yaml does', (text, want) => {
    expect(readYaml(text)).toEqual(want)
  })

  it.each([
    ['a: *b', "yaml: unknown anchor 'b' referenced"],
    ['a: &b [*b]', "yaml: anchor 'b' value contains itself"],
    ['a: !!int x', 'yaml: cannot decode !!str `x` as a !!int'],
    ['a: !!binary "!"', 'yaml: !!binary value contains invalid base64 data'],
    ['a: !!binary yes', 'yaml: !!binary value contains invalid base64 data'],
    ['a: !!binary "YW Jj=="', 'yaml: !!binary value contains invalid base64 data'],
    ['<<: [1]', 'yaml: map merge requires map or sequence of maps as the value'],
    ['? [a, 1]\n: x', 'yaml: invalid map key: []interface {}{"a", 1}'],
    ['~: x', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"'],
  ])('refuses what cannot become JSON: %j', (text, message) => {
    expect(() => readYaml(text)).toThrow(new YamlError(message))
  })

  it.each([
    ['[.inf, {~: x}]', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"'],
    ['[.inf, {~: x}, *a]', "yaml: unknown anchor 'a' referenced"],
    ['{b: .nan, a: -.inf}', 'json: unsupported value: -Inf'],
    ['{a: {1Gi: .nan, 8: .inf}}', 'json: unsupported value: NaN'],
    ['? {1: 2.5, <<: {a: ~}, 18446744073709551615: x}\n: x',
      'yaml: invalid map key: map[interface {}]interface {}{"a":interface {}(nil), 0xffffffffffffffff:"x", 1:2.5}'],
  ])('tells of what is no YAML before what is no JSON: %j', (text, message) => {
    expect(() => readYaml(text)).toThrow(new YamlError(message))
  })

  it('takes no key for wrong whose map was replaced', () => {
    expect(readYaml('a: {~: x}\na: 1\nb: .inf\nb: 2')).toEqual({ a: 1, b: 2 })
  })

  it.each<[string, number[], unknown]>([
    ['little-endian', [0xff, 0xfe, 0x61, 0, 0x3a, 0, 0x20, 0, 0x3d, 0xd8, 0, 0xde], { a: '\u{1f600}' }],
    ['big-endian', [0xfe, 0xff, 0, 0x61, 0, 0x3a, 0, 0x20, 0, 0xe9], { a: 'é' }],
    ['cut off', [0xff, 0xfe, 0x61, 0, 0x3a], 'yaml: incomplete UTF-16 character'],
    ['cut off within a pair', [0xff, 0xfe, 0x3d, 0xd8], 'yaml: incomplete UTF-16 surrogate pair'],
    ['with half a pair', [0xff, 0xfe, 0x3d, 0xd8, 0x61, 0], 'yaml: expected low surrogate area'],
    ['with the other half', [0xfe, 0xff, 0xde, 0, 0, 0x61], 'yaml: unexpected low surrogate area'],
    ['with a control character', [0xfe, 0xff, 0, 1], 'yaml: control characters are not allowed'],
  ])('reads UTF-16 that is %s', (_name, bytes, want) => {
    const read = (): unknown => readYaml(Uint8Array.from(bytes))
    if (typeof want === 'string') expect(read).toThrow(new YamlError(want))
    else expect(read()).toEqual(want)
  })

  it('tells of a character that cannot be read where it is needed, 512 bytes at a time', () => {
    const [wrong, filler] = ['a: [\n]]\n', '# '.repeat(300)]
    expect(() => readYaml(`${wrong}\u0001`)).toThrow(new YamlError('yaml: control characters are not allowed'))
    expect(() => readYaml(`${wrong}${filler}\u0001`)).toThrow(new YamlError('yaml: line 1: did not find expected key'))
    expect(() => readYaml(`a: b\n${filler}\u0001`)).toThrow(new YamlError('yaml: control characters are not allowed'))
  })

  it('copies what an alias repeats', () => {
    const value = readYaml('a: &a {x: [1]}\nb: *a') as Record<string, { x: unknown[] }>
    value['a']?.x.push(2)
    expect(value['b']).toEqual({ x: [1] })
  })

  it('refuses alias bombs and circles', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
    for (let level = 1; level < 9; level++) {
      bomb.push(
        `a${String(level)}: &a${String(level)} [${Array.from({ length: 10 }, () => `*a${String(level - 1)}`).join(',')}]`,
      )
    }
    expect(() => readYaml(bomb.join('\n'))).toThrow(new YamlError('yaml: document contains excessive aliasing'))
    expect(() => readYaml('a: &a [*a]')).toThrow(YamlError)
  })

  it.each([
    ['a: b: c', /^yaml: mapping values are not allowed in this context$/],
    ['a:\n\t- b', /^yaml: line 2: /],
    ['a: [1', /^yaml: line \d+: /],
    ['a: .inf', /^json: unsupported value: \+Inf$/],
    ['.inf: .NaN', /^json: unsupported value: NaN$/],
    ['12345678901234567890: x', /^unsupported map key of type: uint64, key: 0xab54a98ceb1f0ad2, value: "x"$/],
    [`${'['.repeat(600)}`, /^yaml: /],
  ])('refuses %j, naming the line', (text, message) => {
    expect(() => readYaml(text)).toThrow(message)
  })

  it('reads keys that no number of JSON could be', () => {
    expect(readYaml('.inf: a\n-.Inf: b\n.nan: c\n')).toEqual({ '.inf': 'a', '-.inf': 'b', '.nan': 'c' })
    expect(readYaml('1000000.0: a\n1000000: b\n1.0: c\n100000000000000000000: d\n9007199254740993: e\n')).toEqual({
      '1e+06': 'a', 1000000: 'b', 1: 'c', '1e+20': 'd', ['9007199254740993']: 'e',
    })
  })
})

it('refuses keys that JSON has not without looking through all others of them', () => {
  const startMs = performance.now()
  expect(() => readYaml(`[${'{~: 1},'.repeat(120_000)}]`)).toThrow(/^unsupported map key of type: %!s\(<nil>\)/)
  expect(performance.now() - startMs).toBeLessThan(10_000)
})
