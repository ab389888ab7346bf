/** JSON that libyaml refuses: go-yaml v2 scannerc.go, parserc.go. */
import { expect, it } from 'vitest'
import { isTooLongInYaml, yamlFaultOf } from '../../../src/apimachinery/wire/json-beside-yaml.ts'

const ESCAPE = 'found unknown escape character'
const HALF = 'found invalid Unicode character escape code'
const COLON = "did not find expected ',' or '}'"

it.each<[string, string | undefined]>([
  ['{"a":"b"}', undefined],
  ['{"a" :\n"b"\n, "c": {\n}}', undefined],
  ['{"a":"\\\\/ \\\\ud83d \\u00e9 \\u2028"}', undefined],
  ['{"a":"x\\/y"}', `yaml: ${ESCAPE}`],
  ['{"a":"\\ud83d\\ude00"}', `yaml: ${HALF}`],
  ['{"a":\n"\\\\\\uD83D"}', `yaml: line 2: ${HALF}`],
  ['{"a"\n:1}', `yaml: line 1: ${COLON}`],
  ['{"b":":",\n"a" \n\n :"\\/"}', `yaml: line 3: ${COLON}`],
])('%j: %s', (json, why) => {
  expect(() => { JSON.parse(json) }).not.toThrow()
  expect(yamlFaultOf(json)).toBe(why)
})

it.each<[string, boolean]>([
  ['{"a":1,"b":{"c":[]}}', false],
  [`{"${'k'.repeat(1022)}":1}`, false],
  [`{"${'k'.repeat(1022)}" :1}`, true],
  [`{"a":{"${'k'.repeat(1023)}":1}}`, true],
  [`{"${'😀'.repeat(1022)}":1}`, false],
  [`{"a":"${'k:'.repeat(1000)}","b":"${'k'.repeat(2000)}","c":1}`, false],
])('a key is too long where its colon is more than 1,024 characters behind its beginning: %#', (json, isTooLong) => {
  expect(isTooLongInYaml(json)).toBe(isTooLong)
})

it('finds a long key behind a text of quotes, which is looked at once', () => {
  const startMs = performance.now()
  expect(isTooLongInYaml(JSON.stringify({ a: '"x'.repeat(80_000), ['k'.repeat(1_023)]: 1 }))).toBe(true)
  expect(performance.now() - startMs).toBeLessThan(10_000)
})
