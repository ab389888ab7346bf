/**
 * Whole numbers that are written as floats: Go makes floats of them, which no rule takes for integers; what is stored,
 * and what YAML says, are integers (k8s.io/apiserver pkg/cel/common/values.go).
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../support/api.ts'
import { CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
const integer = { type: 'integer' }
const ruled = (schema: object, rule: string): object => ({ ...schema, 'x-kubernetes-validations': [{ rule }] })

const SPEC = ruled({
  type: 'object',
  properties: {
    i: integer,
    list: ruled({ type: 'array', items: integer }, 'self.all(x, x < 10)'),
    map: ruled({ type: 'object', additionalProperties: integer }, 'self.all(k, self[k] < 10)'),
    own: ruled(integer, 'self != 77'),
    items: { type: 'array', items: ruled(integer, 'self != 77') },
    either: ruled({ 'x-kubernetes-int-or-string': true }, 'type(self) == int'),
    number: ruled({ type: 'number' }, 'self != 77.0'),
    unruled: integer,
    asked: ruled({ type: 'object', properties: { port: integer } }, 'has(self.port)'),
    bounded: { type: 'number', maximum: 1_000_000 },
    chosen: { type: 'integer', enum: [1] },
    text: { type: 'string' },
  },
}, '!has(self.i) || self.i != 3')

const INT = (rule: string, type: string): string =>
  `Invalid value: "${type}": invalid data, expected int, got float64 evaluating rule: ${rule}`

let world: CustomWorld

beforeEach(async () => {
  world = new CustomWorld()
  const openAPIV3Schema = { type: 'object', properties: { spec: SPEC } }
  await world.define(aDefinition({ versions: [aVersion({ schema: { openAPIV3Schema } })] }))
})

/** `"@1.0"` stands for what JSON.stringify does not write. */
const written = (value: unknown): string => JSON.stringify(value).replaceAll(/"@([^"]*)"/g, '$1')

function causesOf(body: Json): string[] {
  const { causes = [] } = (body as { details?: { causes?: { field: string; message: string }[] } }).details ?? {}
  return causes.map(({ field, message }) => `${field}: ${message}`)
}

describe('a whole number that is written as a float', () => {
  it.each([
    [{ i: '@5.0' }, `spec: ${INT('!has(self.i) || self.i != 3', 'object')}`],
    [{ i: '@3e0' }, `spec: ${INT('!has(self.i) || self.i != 3', 'object')}`],
    [{ asked: { port: '@5.0' } }, `spec.asked: ${INT('has(self.port)', 'object')}`],
    [{ list: [1, '@2.0'] }, `spec.list: ${INT('self.all(x, x < 10)', 'array')}`],
    [{ map: { a: '@1.0' } }, `spec.map: ${INT('self.all(k, self[k] < 10)', 'object')}`],
    [{ own: '@1.0' }, `spec.own: ${INT('self != 77', 'integer')}`],
    [{ items: [1, '@1.0'] }, `spec.items[1]: ${INT('self != 77', 'integer')}`],
    [{ either: '@1.0' }, 'spec.either: Invalid value: "": invalid data, expected XIntOrString value to be either a ' +
      'string or integer evaluating rule: type(self) == int'],
  ])('is no integer to a rule: %j', async (spec, cause) => {
    const made = await world.ask('POST', WIDGETS, { body: written(aWidget('one', { spec })) })
    expect([made.code, causesOf(made.body)]).toEqual([422, [cause]])
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patched = await world.ask('PATCH', `${WIDGETS}/one`, { body: written({ spec }), headers })
    expect([patched.code, causesOf(patched.body)]).toEqual([422, [cause]])
    const { body: read } = await world.ask('GET', `${WIDGETS}/one`)
    const replaced = await world.ask('PUT', `${WIDGETS}/one`, { body: written({ ...read, spec }) })
    expect([replaced.code, causesOf(replaced.body)]).toEqual([422, [cause]])
  })

  it('is an integer where no rule asks for it, and to all once it is stored', async () => {
    const spec = { unruled: '@5.0', number: '@6.0' }
    const made = await world.ask('POST', WIDGETS, { body: written(aWidget('one', { spec })) })
    expect([made.code, made.body['spec']]).toEqual([201, { unruled: 5, number: 6 }])
  })

  it.each([
    ['bounded', 'Invalid value: 5e+09: spec.bounded in body should be less than or equal to 1e+06'],
    ['chosen', 'Unsupported value: 5e+09: supported values: "1"'],
    ['text', 'Invalid value: "number": spec.text in body must be of type string: "number"'],
  ])('is told as the float that it is: %s', async (field, message) => {
    const refused = await world.ask('POST', WIDGETS, { body: written(aWidget('one', { spec: { [field]: '@5e9' } })) })
    expect(causesOf(refused.body)).toContain(`spec.${field}: ${message}`)
  })

  it('is nothing where a write of the status leaves what was there', async () => {
    const openAPIV3Schema = { type: 'object', properties: { spec: ruled(integer, 'self < 9'), status: integer } }
    const version = aVersion({ schema: { openAPIV3Schema }, subresources: { status: {} } })
    world = new CustomWorld()
    await world.define(aDefinition({ versions: [version] }))
    await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: 5 }) })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const body = '{"spec":5.0,"status":1}'
    const patched = await world.ask('PATCH', `${WIDGETS}/one/status`, { body, headers })
    expect([patched.code, patched.body['spec'], patched.body['status']]).toEqual([200, 5, 1])
  })

  it('is one in YAML, which becomes JSON first', async () => {
    const body = written(aWidget('one', { spec: { i: '@5.0', own: '@9007199254740993.0' } }))
    const made = await world.ask('POST', WIDGETS, { body, headers: { 'content-type': 'application/yaml' } })
    expect(made.code).toBe(201)
  })

  it('that no double holds is refused by what reads it', async () => {
    const refused = await world.ask('POST', WIDGETS, { body: written(aWidget('one', { spec: { number: '@1e999' } })) })
    const why = 'json: cannot unmarshal number 1e999 into Go value of type float64'
    expect([refused.code, refused.body.message]).toEqual([
      400, `Widget in version "v1" cannot be handled as a Widget: ${why}`,
    ])
  })
})
