/**
 * JSON that an object only keeps comes back in the letters in which it came, whatever is asked for in whichever form;
 * what makes maps of it, as strategic patches and applies do, gives it the form of maps. Upstream: k8s.io/apimachinery
 * pkg/runtime/extension.go, converter.go; evanphx/json-patch v4.
 */
import { describe, expect, it } from 'vitest'
import { testApi, type TestApi } from '../../support/api.ts'
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH } from '../refusals/refusal-world.ts'

const REVISIONS = '/apis/apps/v1/namespaces/team/controllerrevisions'
const CLASSES = '/apis/resource.k8s.io/v1/deviceclasses'

const KEPT = '{"b":1.0,"10":-0,"9":12345678901234567890,"a":1E2,"a":"\\u0041\\/","c":[{"z":null,"y":0.50}]}'

const revision = (data: string): string => `{"metadata":{"name":"one"},"data":${data},"revision":1}`

async function apiWithRevision(data: string): Promise<TestApi> {
  const api = testApi('team')
  expect((await api.request('POST', REVISIONS, { body: revision(data) })).status).toBe(201)
  return api
}

async function textOf(api: TestApi, path: string, accept: string): Promise<string> {
  const response = await api.request('GET', path, { headers: { accept } })
  return new TextDecoder().decode(await response.arrayBuffer())
}

describe('raw JSON', () => {
  it.each([
    ['an object', `${REVISIONS}/one`, 'application/json'],
    ['a list', REVISIONS, 'application/json'],
    ['a table', `${REVISIONS}?includeObject=Object`, 'application/json;as=Table;v=v1;g=meta.k8s.io'],
    ['protobuf', `${REVISIONS}/one`, 'application/vnd.kubernetes.protobuf'],
    ['a list in protobuf', REVISIONS, 'application/vnd.kubernetes.protobuf'],
  ])('is in its letters in %s', async (_what, path, accept) => {
    const api = await apiWithRevision(KEPT)
    expect(await textOf(api, path, accept)).toContain(KEPT)
  })

  it('is what go-yaml reads in YAML, which is no escaped slash', async () => {
    const api = await apiWithRevision('{"b":1.0,"9":18446744073709551615,"z":18446744073709551616,"a":-0.0}')
    const shown = 'data:\n  "9": 18446744073709551615\n  a: -0\n  b: 1\n  z: 1.8446744073709552e+19\n'
    expect(await textOf(api, `${REVISIONS}/one`, 'application/yaml')).toContain(shown)
    const other = await apiWithRevision('{"a":"\\/"}')
    const refusal = await textOf(other, `${REVISIONS}/one`, 'application/yaml')
    expect(refusal).toContain('found unknown escape character')
  })

  it('has the floats that applied numbers beyond 2^63 are', async () => {
    const api = testApi('team')
    const body = '{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"one"},"revision":1,' +
      '"data":{"a":12345678901234567890,"b":9223372036854775807}}'
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    expect((await api.request('PATCH', `${REVISIONS}/one?fieldManager=me`, { headers, body })).status).toBe(201)
    expect(await textOf(api, `${REVISIONS}/one`, 'application/json'))
      .toContain('"data":{"a":12345678901234567000,"b":9223372036854775807}')
  })

  it('is kept without blanks, and with escapes of what HTML would read', async () => {
    const api = await apiWithRevision(' { "a" : "< b" ,\n"c":[ 1.0 ] } ')
    expect(await textOf(api, `${REVISIONS}/one`, 'application/json')).toContain('"data":{"a":"\\u003c b","c":[1.0]},')
  })

  it.each([
    [MERGE_PATCH, '{"metadata":{"labels":{"a":"b"}}}'],
    [JSON_PATCH, '[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]'],
  ])('stays as it is where something else is patched: %j', async (headers, body) => {
    const api = await apiWithRevision(KEPT)
    expect((await api.request('PATCH', `${REVISIONS}/one`, { headers, body })).status).toBe(200)
    expect(await textOf(api, `${REVISIONS}/one`, 'application/json')).toContain(`"labels":{"a":"b"}`)
    expect(await textOf(api, `${REVISIONS}/one`, 'application/json')).toContain(KEPT)
  })

  it.each([
    [STRATEGIC_PATCH, '', '{"metadata":{"labels":{"a":"b"}}}'],
    [{ 'content-type': 'application/apply-patch+yaml' }, '?fieldManager=me',
      '{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"one","labels":{"a":"b"}}}'],
  ])('becomes a map in between, which is another where it must not change: %j', async (headers, query, body) => {
    const api = await apiWithRevision('{"b":1.0,"10":1,"9":"<"}')
    const { code, body: answer } = await api.json('PATCH', `${REVISIONS}/one${query}`, { headers, body })
    expect([code, answer['message']]).toEqual([422, 'ControllerRevision.apps "one" is invalid: ' +
      'data: Invalid value: {"10":1,"9":"\\u003c","b":1}: field is immutable'])
    const sorted = await apiWithRevision('{"10":1,"9":2,"b":1}')
    expect((await sorted.json('PATCH', `${REVISIONS}/one${query}`, { headers, body })).code).toBe(200)
    expect(await textOf(sorted, `${REVISIONS}/one`, 'application/json')).toContain('"data":{"10":1,"9":2,"b":1}')
  })

  it('has what a JSON patch copies there in the order in which it is printed, managed fields and all', async () => {
    const api = await apiWithRevision('{}')
    const body = '[{"op":"copy","from":"/metadata","path":"/data"}]'
    const { body: answer } = await api.json('PATCH', `${REVISIONS}/one`, { headers: JSON_PATCH, body })
    expect(answer['message']).toMatch(/data: Invalid value: \{"name":"one",.*"creationTimestamp":.*,"managedFields":\[/)
  })

  it('is refused with a number that no double holds', async () => {
    const { code, body } = await testApi('team').json('POST', REVISIONS, { body: revision('{"a":1e999}') })
    expect(code).toBe(400)
    expect(body['message']).toMatch(/cannot unmarshal number 1e999 into Go value of type float64$/)
  })
})

describe('a patch that goes into raw JSON', () => {
  const PARAMETERS = '{"b":1.0,"c":{"z":1.00,"y":2},"a":"\\u0041"}'
  const body = `{"metadata":{"name":"one"},"spec":{"config":[{"opaque":{"driver":"d.example","parameters":${PARAMETERS}}}]}}`
  const at = '/spec/config/0/opaque/parameters'
  const config = (parameters: string): string =>
    `{"spec":{"config":[{"opaque":{"driver":"d.example","parameters":${parameters}}}]}}`

  it.each<[Record<string, string>, string, string]>([
    [JSON_PATCH, `[{"op":"add","path":"${at}/10","value":{"y":1.0,"x":"\\/"}}]`,
      '{"10":{"y":1.0,"x":"\\/"},"a":"\\u0041","b":1.0,"c":{"z":1.00,"y":2}}'],
    [JSON_PATCH, `[{"op":"remove","path":"${at}/c/y"}]`, '{"a":"\\u0041","b":1.0,"c":{"z":1.00}}'],
    [JSON_PATCH, `[{"op":"test","path":"${at}/b","value":1.0},{"op":"copy","from":"${at}/c","path":"${at}/d"}]`,
      '{"a":"\\u0041","b":1.0,"c":{"z":1.00,"y":2},"d":{"z":1.00,"y":2}}'],
    [JSON_PATCH, `[{"op":"test","path":"${at}","value":{"c":{"y":2,"z":1.00},"a":"\\u0041","b":1.0}}]`,
      '{"a":"\\u0041","b":1.0,"c":{"y":2,"z":1.00}}'],
    [JSON_PATCH, '[{"op":"replace","path":"/spec","value":{"config":[{"opaque":{"driver":"d.example",' +
      '"parameters":{"b":1.0,"a":[]}}}]}}]', '{"b":1.0,"a":[]}'],
    [MERGE_PATCH, config('{"z":1.0,"a":{"y":1.50,"b":null,"9":"\\u0041"}}'), '{"a":{"9":"\\u0041","y":1.50},"z":1.0}'],
    [STRATEGIC_PATCH, config('{"z":1.0,"a":{"y":1.50,"9":"\\u0041"}}'), '{"a":{"9":"A","y":1.5},"z":1}'],
  ])('%j %s', async (headers, patch, expected) => {
    const api = testApi('')
    expect((await api.json('POST', CLASSES, { body })).code).toBe(201)
    const { code } = await api.json('PATCH', `${CLASSES}/one`, { headers, body: patch })
    expect(code).toBe(200)
    expect(await textOf(api, `${CLASSES}/one`, 'application/json')).toContain(`"parameters":${expected}`)
  })

  it.each([['{"a":1,"b":"A"}', 'me'], ['{"b":"A","a":1}', 'other'], ['{"a":1.0,"b":"A"}', 'other']])(
    'is a change where it stands in a list, by its letters: %s', async (parameters, owner) => {
      const api = testApi('')
      const given = body.replace(PARAMETERS, '{"a":1,"b":"A"}')
      await api.json('POST', `${CLASSES}?fieldManager=me`, { body: given })
      const patch = `[{"op":"replace","path":"${at}","value":${parameters}}]`
      const { body: answer } = await api.json('PATCH', `${CLASSES}/one?fieldManager=other`, { headers: JSON_PATCH, body: patch })
      const { managedFields } = answer['metadata'] as unknown as { managedFields: { manager: string }[] }
      expect(managedFields.map(({ manager }) => manager)).toEqual([owner])
    })

  it.each<[string, Record<string, string>, (data: string) => string]>([
    ['a merge patch', MERGE_PATCH, (data) => `{"data":${data}}`],
    ['a test', JSON_PATCH, (data) => `[{"op":"test","path":"/data","value":${data}}]`],
  ])('is gone through once by %s, however deep it is', { timeout: 5_000 }, async (_what, headers, patchOf) => {
    const depth = 900
    const data = '{"a":'.repeat(depth) + `[${'"",'.repeat(400_000)}0]` + '}'.repeat(depth)
    const api = await apiWithRevision(data)
    expect((await api.request('PATCH', `${REVISIONS}/one`, { headers, body: patchOf(data) })).status).toBe(200)
  })

  it('finds numbers and texts only as they are written', async () => {
    const api = testApi('')
    await api.json('POST', CLASSES, { body })
    for (const value of ['1', '1.00', '"1.0"']) {
      const patch = `[{"op":"test","path":"${at}/b","value":${value}}]`
      expect((await api.json('PATCH', `${CLASSES}/one`, { headers: JSON_PATCH, body: patch })).code).toBe(422)
    }
  })
})

describe('a quantity', () => {
  const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
  const resources = (memory: string): string => `"resources":{"limits":{"memory":${memory}}}`
  const container = (memory: string): string => `{"name":"c","image":"i",${resources(memory)}}`
  const template = (memory: string): string => `"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[${container(memory)}]}}`
  const deployment = (memory: string): string =>
    `{"metadata":{"name":"one"},"spec":{"selector":{"matchLabels":{"a":"b"}},${template(memory)}}}`
  const at = '/spec/template/spec/containers/0'
  const WHY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

  it.each(['"1\\u0030"', '"\\u00a01"', '"1\\n"', '"1\\u0020"', '"\ufeff1"'])('is read as it stands in JSON: %s', async (written) => {
    const api = testApi('team')
    const { code, body } = await api.json('POST', DEPLOYMENTS, { body: deployment(written) })
    expect([code, body['message']]).toEqual([
      400, `Deployment in version "v1" cannot be handled as a Deployment: ${WHY}`])
    await api.json('POST', DEPLOYMENTS, { body: deployment('"1"') })
    for (const [headers, patch] of [
      [MERGE_PATCH, `{"spec":{"template":{"spec":{"containers":[${container(written)}]}}}}`],
      [JSON_PATCH, `[{"op":"replace","path":"${at}/resources/limits/memory","value":${written}}]`],
      [JSON_PATCH, `[{"op":"replace","path":"${at}","value":${container(written)}}]`],
    ] as const) {
      const answer = await api.json('PATCH', `${DEPLOYMENTS}/one`, { headers, body: patch })
      expect([answer.code, String(answer.body['message']).endsWith(WHY)]).toEqual([422, true])
    }
  })

  it('may have spaces about it, and escapes where a map was made of it', async () => {
    const api = testApi('team')
    expect((await api.json('POST', DEPLOYMENTS, { body: deployment('" \u00a01\u0085"') })).code).toBe(201)
    const body = `{"spec":{"template":{"spec":{"containers":[{"name":"c",${resources('"1\\u0030"')}}]}}}}`
    const answer = await api.json('PATCH', `${DEPLOYMENTS}/one`, { headers: STRATEGIC_PATCH, body })
    expect([answer.code, JSON.stringify(answer.body)]).toEqual([200, expect.stringContaining('"memory":"10"')])
  })
})
