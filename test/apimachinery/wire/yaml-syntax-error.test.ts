/** What is said of texts that are no YAML: go-yaml v2's scannerc.go, parserc.go and decode.go (fail), after libyaml. */
import { describe, expect, it } from 'vitest'
import { readYaml } from '../../../src/apimachinery/wire/yaml.ts'

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n'
const START = 'found character that cannot start any token'
const CONTEXT = 'are not allowed in this context'
const NAME = 'did not find expected alphabetic or numeric character'

describe('a text that is no YAML', () => {
  it.each([
    ['a tab as indent', `${HEAD}data:\n\ta: b\n`, `line 6: ${START}`],
    ['a tab at the beginning', '\ta: b\n', START],
    ['a tab before a brace', '\t{"a":"b"}', START],
    ['a tab behind the indent', `${HEAD}data:\n  \ta: b\n`, `line 6: ${START}`],
    ['an entry too far to the right', `${HEAD}data:\n  a: b\n   c: d\n`, `line 7: mapping values ${CONTEXT}`],
    ['an entry too far to the left', `${HEAD}data:\n    a: b\n  c: d\n`, 'line 6: did not find expected key'],
    ['an open double quote', `${HEAD}data:\n  a: "b\n`, 'line 7: found unexpected end of stream'],
    ['an open single quote', `${HEAD}data:\n  a: 'b\n`, 'line 7: found unexpected end of stream'],
    ['an open quote on the first line', '{"apiVersion":"v1', 'found unexpected end of stream'],
    ['an open map', `${HEAD}data: {a: b\n`, "line 5: did not find expected ',' or '}'"],
    ['an open list', `${HEAD}data: [a, b\n`, "line 5: did not find expected ',' or ']'"],
    ['a map without its last value', '{"apiVersion":"v1",\n"kind":', 'line 2: did not find expected node content'],
    ['a key without a colon', `${HEAD}data\n`, "line 6: could not find expected ':'"],
    ['such a key among others', 'apiVersion: v1\nkind\nmetadata:\n', "line 3: could not find expected ':'"],
    ['two colons', `${HEAD}data: a: b\n`, `line 5: mapping values ${CONTEXT}`],
    ['no comma', `${HEAD}data: {a: b c: d}\n`, "line 4: did not find expected ',' or '}'"],
    ['a brace too many', `${HEAD}data: {a: b}}\n`, 'line 4: did not find expected key'],
    ['text behind a quote', `${HEAD}data:\n  a: "b" c\n`, 'line 5: did not find expected key'],
    ['an escape of JSON alone', `${HEAD}data:\n  a: "b\\/"\n`, 'line 6: found unknown escape character'],
    ['half of a character', `${HEAD}data:\n  a: "\\ud83d\\ude00"\n`,
      'line 6: found invalid Unicode character escape code'],
    ['an escape that is none', `${HEAD}data:\n  a: "\\q"\n`, 'line 6: found unknown escape character'],
    ['half an escape', `${HEAD}data:\n  a: "\\x4"\n`, 'line 6: did not find expected hexdecimal number'],
    ['an at sign', `${HEAD}data:\n  a: @b\n`, `line 6: ${START}`],
    ['an item in a map', `${HEAD}data:\n  a: b\n  - c\n`, 'line 6: did not find expected key'],
    ['an entry in a list', `${HEAD}data:\n  - a\n  b: c\n`, "line 6: did not find expected '-' indicator"],
    ['an item behind a key', `${HEAD}data: - a\n`, `line 5: block sequence entries ${CONTEXT}`],
    ['an alias of nothing', `${HEAD}data:\n  a: *\n`, `line 6: ${NAME}`],
    ['an anchor without a name', `${HEAD}data:\n  a: & b\n`, `line 6: ${NAME}`],
    ['a header of a block', `${HEAD}data:\n  a: |x\n    b\n`, 'line 6: did not find expected comment or line break'],
    ['a block indented too little', `${HEAD}data:\n  a: |2\n  b\n`, "line 8: could not find expected ':'"],
    ['an indent of nothing', `${HEAD}data:\n  a: |0\n`, 'line 6: found an indentation indicator equal to 0'],
    ['two tags', `${HEAD}data:\n  a: !!str !!int 1\n`, 'line 5: did not find expected key'],
    ['directives without a document', '%YAML 1.1\na: b\n', 'line 1: did not find expected <document start>'],
    ['a control character', `${HEAD}data:\n  a: b\u0001c\n`, 'control characters are not allowed'],
    ['another version', '%YAML 2.0\n---\na: b\n', 'found incompatible YAML document'],
    ['a newer version', '%YAML 1.2\n---\na: b\n', 'found incompatible YAML document'],
    ['half a version', '%YAML 1\n---\na: b\n', "did not find expected digit or '.' character"],
    ['no version', '%YAML x\n---\na: b\n', 'did not find expected version number'],
    ['a long version', '%YAML 1.2222222222\n---\na: b\n', 'found extremely long version number'],
    ['two versions', '%YAML 1.1\n%YAML 1.1\n---\na: b\n', 'line 1: found duplicate %YAML directive'],
    ['a word behind its version', '%YAML 1.1 x\n---\na: b\n', 'did not find expected comment or line break'],
    ['an unknown directive', '%FOO bar\n---\na: b\n', 'found unknown directive name'],
    ['a nameless directive', '% YAML 1.1\n---\na: b\n', 'could not find expected directive name'],
    ['a handle that is none', '%TAG !x y\n---\na: b\n', "did not find expected '!'"],
    ['a handle twice', '%TAG !a! x\n%TAG !a! y\n---\na: b\n', 'line 1: found duplicate %TAG directive'],
    ['a long key', `${HEAD}data:\n  a: b\n  ${'k'.repeat(1025)}: v\n`, "line 7: could not find expected ':'"],
    ['a long quoted key', `${HEAD}data:\n  a: b\n  "${'k'.repeat(1023)}": v\n`, "line 7: could not find expected ':'"],
    ['a long first key', `${HEAD}data:\n  ${'k'.repeat(1025)}: v\n`, `line 6: mapping values ${CONTEXT}`],
    ['a long key in a line', `{data: {${'k'.repeat(1025)}: v}}`, "did not find expected ',' or '}'"],
  ])('is told to have %s', (_, text, message) => {
    expect(() => readYaml(text)).toThrow(`yaml: ${message}`)
  })

  it.each([
    '%YAML 1.1 # c\n%TAG ! tag:x\n---\na: b\n', `a:\n  ${'k'.repeat(1024)}: v\n`, `? ${'k'.repeat(2000)}\n: v\n`,
    'a: 1', '- a\n- b: c\n  d: [e, {f: g}, h: i]\n', 'a:\n- b\n-\n- - c\nd: |\n  x\n  y: z\ne: f\n', '? a\n: b\n? c\n',
    "a: 'it''s'\nb: \"x\\\n  y\\u00e9\"\n", '--- # c\na: b\n...\n%x\n', '&x a: *x\n', 'a: >-\n\n  b\n\n  c\nd: e', '',
    '{"a": [1, 2], "b":{"c":null}}', 'a: b\n  c\n  d\n', '[a, ]', '{a, b: }', '!!map {a: !x b}',
  ])('is not: %j', (text) => {
    expect(() => readYaml(text)).not.toThrow(/line|expected/)
  })
})
