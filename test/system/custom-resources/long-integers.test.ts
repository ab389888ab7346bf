/**
 * Whole numbers of 64 bits in custom resources: kept to the last digit on every way in and out, compared and judged as
 * what they are. Answers are looked at as text, because a parsed one would have lost what is tested.
 */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { byKey } from '../../../src/lib/order.ts'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { ADMIN } from '../../support/api.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
const ODD = '9007199254740993'
const MAX = '9223372036854775807'
const MIN = '-9223372036854775808'
const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const APPLY = 'application/apply-patch+yaml'
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

const integer = { type: 'integer' }
const properties = {
  count: integer,
  defaulted: { ...integer, default: 'DEFAULT' },
  low: { ...integer, maximum: 9007199254740991 },
  third: { ...integer, multipleOf: 3 },
  one: { ...integer, enum: ['ODD', 5] },
  short: { ...integer, format: 'int32' },
  rising: { ...integer, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'only up' }] },
  wanted: { ...integer, 'x-kubernetes-validations': [{ rule: `self != ${ODD}`, message: 'not this one' }] },
  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: integer },
  keyed: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['id'],
    items: { type: 'object', required: ['id'], properties: { id: integer, note: { type: 'string' } } },
  },
  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
}

let world: CustomWorld

beforeEach(async () => {
  world = new CustomWorld()
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties }, status } }
  const version = aVersion({
    schema: { openAPIV3Schema },
    subresources: { status: {} },
    selectableFields: [{ jsonPath: '.spec.count' }],
    additionalPrinterColumns: [
      { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
      { name: 'Text', type: 'string', jsonPath: '.spec.count' },
    ],
  })
  const definition = JSON.stringify(aDefinition({ versions: [version] }))
  await world.define(JSON.parse(definition.replace('"DEFAULT"', '1').replace('"ODD"', '7')) as object)
})

async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const request = new Request(`https://test${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const response = await answerRequest(world.api.scope(path.startsWith(CRD_PATH) ? '' : 'ns').host, request, ADMIN)
  return { code: response.status, text: await response.text() }
}

function widget(name: string, spec: string): string {
  return `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"${name}"},"spec":${spec}}`
}

const patch = (type: string, body: string, query = '') =>
  ask('PATCH', `${WIDGETS}/a${query}`, body, { 'content-type': type })

describe('an integer beyond 2^53', () => {
  it.each(['application/json', 'application/yaml'])('are floats beyond 64 bits: %s', async (type) => {
    const made = await ask('POST', WIDGETS, widget('a', '{"open":{"n":9223372036854775808}}'), { 'content-type': type })
    expect(made.text).toContain('"open":{"n":9223372036854776000}')
  })

  it('is kept by creation, reading, lists, tables, watches and both formats', async () => {
    const spec = `{"count":${ODD},"open":{"max":${MAX},"min":[${MIN}]}}`
    const created = await ask('POST', WIDGETS, widget('a', spec))
    expect([created.code, created.text]).toEqual([201, expect.stringContaining(`"count":${ODD}`)])
    for (const path of [`${WIDGETS}/a`, WIDGETS]) {
      const { text } = await ask('GET', path)
      expect(text).toContain(`"open":{"max":${MAX},"min":[${MIN}]}`)
    }
    const events = (await world.stream(`${WIDGETS}?watch=true&resourceVersion=0`)).getReader()
    expect(new TextDecoder().decode((await events.read()).value)).toContain(`"count":${ODD}`)
    await events.cancel()
    expect((await ask('GET', WIDGETS, undefined, TABLE)).text).toContain(`"cells":["a",${ODD},"${ODD}"]`)
    const yaml = await ask('GET', `${WIDGETS}/a`, undefined, { accept: 'application/yaml' })
    expect(yaml.text).toContain(`count: ${ODD}\n`)
    expect((await ask('GET', `${WIDGETS}/a?pretty=true`)).text).toContain(`"max": ${MAX}`)
    const text = `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: b}\nspec: {count: ${MIN}}\n`
    const read = await ask('POST', WIDGETS, text, { 'content-type': 'application/yaml' })
    expect(read.text).toContain(`"count":${MIN}`)
    expect((await ask('GET', `${WIDGETS}?fieldSelector=spec.count%3D${ODD}`)).text).toContain(`"count":${ODD}`)
    expect((await ask('GET', `${WIDGETS}?fieldSelector=spec.count%3D9007199254740992`)).text).toContain('"items":[]')
  })

  it('is kept by updates and patches of every type, and a patch that changes nothing writes nothing', async () => {
    const { text } = await ask('POST', WIDGETS, widget('a', `{"count":${ODD}}`))
    const version = /"resourceVersion":"(\d+)"/.exec(text)?.[1] ?? ''
    const same = await patch(MERGE_PATCH, `{"spec":{"count":${ODD}}}`)
    expect(same.text).toContain(`"resourceVersion":"${version}"`)
    const other = await patch(MERGE_PATCH, '{"spec":{"count":9007199254740992}}')
    expect(other.text).toContain('"generation":2')
    expect(other.text).toContain('"count":9007199254740992')
    const json = `[{"op":"test","path":"/spec/count","value":9007199254740992},` +
      `{"op":"replace","path":"/spec/count","value":${MAX}}]`
    expect((await patch(JSON_PATCH, json)).text).toContain(`"count":${MAX}`)
    const wrong = `[{"op":"test","path":"/spec/count","value":9223372036854775806}]`
    expect((await patch(JSON_PATCH, wrong)).code).toBe(422)
    expect((await ask('PUT', `${WIDGETS}/a`, (await ask('GET', `${WIDGETS}/a`)).text)).text).toContain(`"count":${MAX}`)
    const type = { 'content-type': MERGE_PATCH }
    const status = await ask('PATCH', `${WIDGETS}/a/status`, `{"status":{"seen":${MIN}}}`, type)
    expect(status.text).toContain(`"status":{"seen":${MIN}}`)
    expect(status.text).toContain(`"count":${MAX}`)
  })

  it('tells items of sets and of keyed lists apart, and their owners', async () => {
    const items = `{"set":[${ODD},9007199254740992],"keyed":[{"id":${ODD},"note":"x"},{"id":9007199254740992}]}`
    const applied = await patch(APPLY, widget('a', items), '?fieldManager=one')
    expect(applied.code).toBe(201)
    expect(applied.text).toContain(`"v:${ODD}":{}`)
    expect(applied.text).toContain(`"k:{\\"id\\":${ODD}}"`)
    const conflict = await patch(APPLY, widget('a', `{"keyed":[{"id":${ODD},"note":"y"}]}`), '?fieldManager=two')
    expect([conflict.code, conflict.text]).toEqual([409, expect.stringContaining(`.spec.keyed[id=${ODD}].note`)])
    const less = await patch(APPLY, widget('a', `{"set":[${ODD}]}`), '?fieldManager=one')
    expect(less.text).toContain(`"set":[${ODD}]`)
    expect(less.text).not.toContain('9007199254740992')
    const twice = await ask('POST', WIDGETS, widget('b', `{"set":[${ODD},${ODD}]}`))
    expect([twice.code, twice.text]).toEqual([422, expect.stringContaining(`Duplicate value: ${ODD}`)])
  })

  it.each([
    ['low', ODD, `Invalid value: ${ODD}: spec.low in body should be less than or equal to 9007199254740991`],
    ['third', '9007199254740992', 'spec.third in body should be a multiple of 3'],
    ['third', ODD, undefined],
    ['one', ODD, `Unsupported value: ${ODD}`],
    ['short', ODD, 'Checked value must be of type integer with format int32 in spec.short'],
    ['wanted', ODD, 'not this one'],
    ['wanted', '9007199254740992', undefined],
    ['count', '9223372036854775808', 'spec.count in body must be of type integer'],
    ['count', '1e18', 'spec.count in body must be of type integer'],
    ['count', '1e2', undefined],
    ['count', '1.0', undefined],
  ])('is judged by what its schema says: %s of %s', async (field, value, refusal) => {
    const { code, text } = await ask('POST', WIDGETS, widget('a', `{"${field}":${value}}`))
    expect([code, text]).toEqual([refusal === undefined ? 201 : 422, expect.stringContaining(refusal ?? '"Widget"')])
  })

  it('is compared exactly by rules about what was before', async () => {
    await ask('POST', WIDGETS, widget('a', `{"rising":${ODD}}`))
    expect((await patch(MERGE_PATCH, '{"spec":{"rising":9007199254740992}}')).text).toContain('only up')
    expect((await patch(MERGE_PATCH, '{"spec":{"rising":9007199254740994}}')).code).toBe(200)
  })

  it('is nothing that JSON cannot hold', async () => {
    const { code, text } = await ask('POST', WIDGETS, widget('a', '{"open":{"a":1e400}}'))
    expect([code, text]).toEqual([400, expect.stringContaining('cannot unmarshal number 1e400')])
  })

  it('comes back with the value that it went in with, wherever it is', async () => {
    const value = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
    const json = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        value,
        fc.array(tie('node'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('node'), { maxKeys: 3 }).map((fields) =>
          `{${Object.entries(fields).toSorted(byKey).map(([name, inner]) => `"${name}":${inner}`).join(',')}}`),
      ),
    })).node
    let count = 0
    await fc.assert(
      fc.asyncProperty(json, async (inner) => {
        const name = `w${String(count++)}`
        await ask('POST', WIDGETS, widget(name, `{"open":{"x":${inner}}}`))
        await ask('PATCH', `${WIDGETS}/${name}`, '{"metadata":{"labels":{"a":"b"}}}', { 'content-type': MERGE_PATCH })
        expect((await ask('GET', `${WIDGETS}/${name}`)).text).toContain(`"open":{"x":${inner}}`)
      }),
      { numRuns: 50 },
    )
  })
})
