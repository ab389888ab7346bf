/**
 * YAML as go-yaml writes it (go.yaml.in/yaml/v2 encode.go, emitterc.go, resolve.go, sorter.go), which is what
 * `application/yaml` is answered in.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printYaml } from '../../../src/apimachinery/wire/print-yaml.ts'
import { readYaml } from '../../../src/apimachinery/wire/yaml.ts'

const LONG = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore'

describe('a text', () => {
  it.each([
    // As it is.
    ['web', 'web'],
    ['a:b', 'a:b'],
    ['a#b', 'a#b'],
    ['a,b [c] {d}', 'a,b [c] {d}'],
    ['-a', '-a'],
    ['?a', '?a'],
    [':a', ':a'],
    ['=', '='],
    ['<<', '<<'],
    ['\\n', '\\n'],
    ["it's", "it's"],
    ['1.2.3', '1.2.3'],
    ['1e999', '1e999'],
    ['0xFFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFFF'],
    ['2001-02-30', '2001-02-30'],
    ['2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.10 -5'],
    ['100m', '100m'],
    ['über', 'über'],
    ['日本語', '日本語'],
    // What would be something else without quotes.
    ['', '""'],
    ['~', '"~"'],
    ['null', '"null"'],
    ['y', '"y"'],
    ['Off', '"Off"'],
    ['TRUE', '"TRUE"'],
    ['1', '"1"'],
    ['-1', '"-1"'],
    ['+1', '"+1"'],
    ['012', '"012"'],
    ['08', '"08"'],
    ['0o17', '"0o17"'],
    ['0x1F', '"0x1F"'],
    ['-0b11', '"-0b11"'],
    ['1_000', '"1_000"'],
    ['18446744073709551616', '"18446744073709551616"'],
    ['1.', '"1."'],
    ['.5', '".5"'],
    ['.51_0', '".51_0"'],
    ['1e3', '"1e3"'],
    ['.inf', '".inf"'],
    ['-.INF', '"-.INF"'],
    ['.NaN', '".NaN"'],
    ['22:22', '"22:22"'],
    ['1:2:3.5', '"1:2:3.5"'],
    ['2001-1-1', '"2001-1-1"'],
    ['2026-11-27T01:02:03Z', '"2026-11-27T01:02:03Z"'],
    ['2001-12-14t21:59:43.10-05:00', '"2001-12-14t21:59:43.10-05:00"'],
    ['2001-12-14 21:59:43.10', '"2001-12-14 21:59:43.10"'],
    // What would be a mark.
    ['*/5 * * * *', "'*/5 * * * *'"],
    ['# a', "'# a'"],
    ['a #b', "'a #b'"],
    ['a: b', "'a: b'"],
    ['a:', "'a:'"],
    ['- a', "'- a'"],
    ['-', "'-'"],
    ['---', "'---'"],
    ['...a', "'...a'"],
    ['[a]', "'[a]'"],
    ['{"a":"b"}', `'{"a":"b"}'`],
    ["'a'", "'''a'''"],
    ['"a"', `'"a"'`],
    ['@a', "'@a'"],
    ['%a', "'%a'"],
    ['`a`', "'`a`'"],
    [' a', "' a'"],
    ['a ', "'a '"],
    ['a\u2028b', "'a\u2028  b'"],
    // What cannot be printed as it is.
    ['a\tb', '"a\\tb"'],
    ['a\rb', '"a\\rb"'],
    ['\x00\x07\x1b\x01', '"\\0\\a\\e\\x01"'],
    ['😀', '"\\U0001F600"'],
    ['\ufeffab', '"\\uFEFF\\x61\\x62"'],
    ['a\ufeff', '"a\\uFEFF"'],
    // Several lines.
    ['a\nb\n', '|\n  a\n  b'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n\n', '|+\n  a\n'],
    ['\n', '|2+\n'],
    ['\na', '|2-\n\n  a'],
    [' a\nb', '|2-\n   a\n  b'],
    ['a\n b', '|-\n  a\n   b'],
    ['a\n#b\n', '|\n  a\n  #b'],
    ['a \nb', '"a \\nb"'],
    ['a\nb ', '"a\\nb "'],
    ['a\n\tb', '"a\\n\\tb"'],
    [`${LONG}\nb`, `|-\n  ${LONG}\n  b`],
    // Long ones are folded at the first space behind column 80.
    [LONG, LONG.replace(' ut', '\n  ut')],
    [`*${LONG}`, `'*${LONG.replace(' incididunt', '\n  incididunt')}'`],
    [`${LONG}\t`, `"${LONG.replace(' ut', '\n  ut')}\\t"`],
    [`${'x'.repeat(90)}  b c`, `${'x'.repeat(90)}  b\n  c`],
    [`${'x'.repeat(90)}\t  b`, `"${'x'.repeat(90)}\\t\n  \\ b"`],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('%j is written by its rule', (text, printed) => {
    expect(printYaml({ k: text })).toBe(`k: ${printed}\n`)
  })

  it('that go-yaml would not read back from JSON is refused in its words', () => {
    expect(() => printYaml({ k: 'a\x7f' })).toThrow('yaml: control characters are not allowed')
  })

  it('has its next lines folded, as go-yaml reads them', () => {
    expect(printYaml({ k: 'a \u0085 b\u0085\u0085c' })).toBe('k: |-\n  a b\n  c\n')
  })
})

describe('a key', () => {
  it.each([
    ['', '""'],
    ['1', '"1"'],
    ['y', '"y"'],
    ['*a', "'*a'"],
    ['k:{"a":1}', 'k:{"a":1}'],
    ['a b', 'a b'],
    ['<<', '<<'],
    ['.', '.'],
    ['x'.repeat(128), 'x'.repeat(128)],
  ])('%j stands before its colon', (key, printed) => {
    expect(printYaml({ [key]: 1 })).toBe(`${printed}: 1\n`)
  })

  it.each([
    ['x'.repeat(129), `? ${'x'.repeat(129)}`],
    ['ü'.repeat(65), `? ${'ü'.repeat(65)}`],
    ['a\nb', '? |-\n  a\n  b'],
  ])('%j takes a line of its own', (key, printed) => {
    expect(printYaml({ [key]: [1] })).toBe(`${printed}\n:   - 1\n`.replace(':   -', ': -'))
  })

  it('comes in the order of go-yaml: numbers by their value, letters behind the rest', () => {
    const keys = [
      ...['', '.1', '.2', '.a', '1', '2', 'a!10', 'a/0001', 'a/002', 'a/3', 'a/10', 'a/11', 'a/0012', 'a/100', 'a~10'],
      ...['ab/1', 'b/1', 'b/01', 'b/2', 'b/02', 'b/3', 'b/03', 'b1', 'b01', 'b3', 'c2.10', 'c10.2', 'd1', 'd7', 'd7abc'],
      ...['d12', 'd12a', 'e21a', 'e2b'],
    ]
    const shuffled = keys.toSorted((one, other) => (one.length === other.length ? (one < other ? 1 : -1) : 1))
    const printed = printYaml(Object.fromEntries(shuffled.map((key) => [key, null])))
    expect(printed.split('\n').slice(0, -1).map((line) => line.replace(/^"|"?: null$/g, ''))).toEqual(keys)
  })
})

describe('a value', () => {
  it.each([
    [{}, '{}'],
    [[], '[]'],
    [null, 'null'],
    [true, 'true'],
    [1, '1'],
    [-0.5, '-0.5'],
    [1000000.5, '1.0000005e+06'],
    [1e-7, '1e-07'],
    [1e20, '1e+20'],
    [1e21, '1e+21'],
    [9007199254740993n, '9007199254740993'],
    [2n ** 64n - 1n, '18446744073709551615'],
  ])('%j is written as go-yaml reads it', (value, printed) => {
    expect(printYaml({ k: value })).toBe(`k: ${printed}\n`)
    expect(printYaml({ k: [value] })).toBe(`k:\n- ${printed}\n`)
  })

  it('is indented below maps, not below keys of lists', () => {
    const value = { b: [{ c: 1, d: ['e', { f: [] }] }, [['g'], []]], a: { h: { i: {} } } }
    expect(printYaml(value)).toBe(
      'a:\n  h:\n    i: {}\nb:\n- c: 1\n  d:\n  - e\n  - f: []\n- - - g\n  - []\n',
    )
    expect(printYaml(['a', { b: 'c\nd' }])).toBe('- a\n- b: |-\n    c\n    d\n')
    expect(printYaml('a')).toBe('a\n')
    expect(printYaml('\n a')).toBe('|2-\n\n   a\n')
  })

  it('reads back as what it was', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'abyN019  ::--##?,[]{}&*!|>\'"%@`=~._/\\<+\n\n\t\r', 'ü', '日', '😀') }),
      fc.array(fc.constantFrom('lorem', 'ipsum', "it's", '', 'a:', '#', '\n'), { maxLength: 60 }).map((some) => some.join(' ')),
      fc.constantFrom('yes', 'Off', '0x1', '1_0', '.5', '1e3', '~', '-', '# a', 'a: b', '\t', '0o7'),
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(text.filter((key) => key !== '<<'), tie('tree'), { maxKeys: 3 }),
      ),
    }))
    // Within something: what go-yaml indents a text by itself by is not what others expect.
    const within = fc.property(tree, (value) => { expect(readYaml(printYaml({ k: value }))).toEqual({ k: value }) })
    fc.assert(within, { numRuns: 300 })
  })
})
