/**
 * Numbers of built-in kinds as they are written: Go reads `1.0` and `1e2` into no integer, and quotes what it refuses.
 * What goes through its converter from maps, as strategic patches do, is asked for its value only. Upstream:
 * encoding/json decode.go (literalStore); k8s.io/apimachinery pkg/runtime/converter.go (fromUnstructured).
 */
import { describe, expect, it } from 'vitest'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, YAML } from './refusal-world.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

/** A Deployment whose `spec` says this too. */
function deployment(name: string, said: string): string {
  const spec = JSON.stringify({ selector: { matchLabels: { app: 'web' } }, template }).slice(1)
  return `{"metadata":{"name":"${name}"},"spec":{${said},${spec}}`
}

async function apiWithDeployment(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', DEPLOYMENTS, { body: deployment('web', '"replicas":2') })
  return api
}

const REFUSED = ['1.0', '1E2', '1.5', '-1.0', '1e400', '2147483648', '9223372036854775808', '12345678901234567890']

describe('an integer of a built-in kind', () => {
  it.each(REFUSED)('is nothing that is written %s, which the refusal quotes', async (number) => {
    const { code, body } = await testApi('team').json('POST', DEPLOYMENTS, {
      body: deployment('web', `"replicas":${number}`),
    })
    const why = `json: cannot unmarshal number ${number} into Go struct field DeploymentSpec.spec.replicas of type int32`
    expect([code, body['message']]).toEqual([
      400,
      `Deployment in version "v1" cannot be handled as a Deployment: ${why}`,
    ])
  })

  it.each([
    ['an int64', '"metadata":{"name":"c","generation":1.0}', 'ObjectMeta.metadata.generation of type int64'],
    ['a byte', '"metadata":{"name":"c"},"binaryData":{"k":[1,1.0]}', 'ConfigMap.binaryData of type uint8'],
  ])('is none as %s either', async (_what, fields, where) => {
    const { code, body } = await testApi('team').json('POST', CONFIG_MAPS, { body: `{${fields}}` })
    expect([code, body['message']]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: ' +
        `json: cannot unmarshal number 1.0 into Go struct field ${where}`,
    ])
  })

  it.each([
    [MERGE_PATCH, '{"spec":{"replicas":1.0}}'],
    [JSON_PATCH, '[{"op":"replace","path":"/spec/replicas","value":1.0}]'],
  ])('is none in a patch: %j', async (headers, body) => {
    const api = await apiWithDeployment()
    const answer = await api.json('PATCH', `${DEPLOYMENTS}/web`, { body, headers })
    const why = 'json: cannot unmarshal number 1.0 into Go struct field DeploymentSpec.spec.replicas of type int32'
    expect([answer.code, answer.body['message']]).toEqual([422, expect.stringMatching(new RegExp(`"replicas.*: ${why}$`))])
  })

  it('is what YAML writes with a fraction, which its reader makes whole', async () => {
    const body = deployment('web', '"replicas": 3.0')
    const { code, body: answer } = await testApi('team').json('POST', DEPLOYMENTS, { body, headers: YAML })
    expect([code, answer['spec']?.['replicas']]).toEqual([201, 3])
  })

  it('is not looked for in texts', async () => {
    const data = { a: ',1.0,', b: '[2.5]', c: ': 1e9}', d: '[1234567890123456]' }
    const { code, body } = await testApi('team').json('POST', CONFIG_MAPS, { body: { metadata: { name: 'c' }, data } })
    expect([code, body['data']]).toEqual([201, data])
  })
})

describe('in a strategic patch', () => {
  it.each([
    ['{"spec":{"replicas":3.0}}', 3],
    ['{"spec":{"replicas":1E1}}', 10],
    ['{"spec":{"replicas":4294967297}}', 1],
    ['{"spec":{"replicas":1e19}}', 0],
  ])('%s is the integer that Go converts it to', async (body, replicas) => {
    const api = await apiWithDeployment()
    const answer = await api.json('PATCH', `${DEPLOYMENTS}/web`, { body, headers: STRATEGIC_PATCH })
    expect([answer.code, answer.body['spec']?.['replicas']]).toEqual([200, replicas])
  })

  it.each([
    ['{"spec":{"replicas":1.5}}', 'map[spec:map[replicas:1.5]]', 'cannot convert float64 to int32'],
    ['{"metadata":{"labels":{"a":1.0}}}', 'map[metadata:map[labels:map[a:1]]]', 'unrecognized type: string'],
    ['{"metadata":{"labels":{"a":1234567.5}}}', 'map[metadata:map[labels:map[a:1.2345675e+06]]]', 'unrecognized type: string'],
    ['{"metadata":{"labels":{"a":1234567}}}', 'map[metadata:map[labels:map[a:1234567]]]', 'cannot convert int64 to string'],
    [
      '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1.5}}}}',
      'map[spec:map[strategy:map[rollingUpdate:map[maxSurge:1.5]]]]',
      'json: cannot unmarshal number 1.5 into Go value of type int32',
    ],
    [
      '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":9223372036854775808}}}}',
      'map[spec:map[strategy:map[rollingUpdate:map[maxSurge:9.223372036854776e+18]]]]',
      'json: cannot unmarshal number 9223372036854776000 into Go value of type int32',
    ],
    [
      '{"spec":{"template":{"metadata":{"creationTimestamp":5}}}}',
      'map[spec:map[template:map[metadata:map[creationTimestamp:5]]]]',
      'json: cannot unmarshal number into Go value of type string',
    ],
  ])('%s is refused in the words of the converter', async (body, shown, why) => {
    const api = await apiWithDeployment()
    const answer = await api.json('PATCH', `${DEPLOYMENTS}/web`, { body, headers: STRATEGIC_PATCH })
    const message = ` "" is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${why}`
    expect([answer.code, answer.body['message']]).toEqual([422, message])
  })
})

it.each([
  [MERGE_PATCH, '{"spec":{"replicas":1e400}}', 'error decoding patch: json: cannot unmarshal number 1e400 into Go value'],
  [STRATEGIC_PATCH, '{"spec":{"replicas":1e400,"replicas":1}}', 'json: cannot unmarshal number 1e400 into Go value'],
  [STRATEGIC_PATCH, '{"spec":{"replicas":1e400}}', 'json: cannot unmarshal number 1e400 into Go value'],
  [
    JSON_PATCH,
    '[{"op":"replace","path":"/spec/replicas","value":1e400}]',
    'error decoding patch: json: cannot unmarshal number 1e400 into Go struct field jsonPatchOp.value',
  ],
])('a number that no double holds is none in a patch: %j', async (headers, body, message) => {
  const answer = await (await apiWithDeployment()).json('PATCH', `${DEPLOYMENTS}/web`, { body, headers })
  expect([answer.code, answer.body['message']]).toEqual([400, `${message} of type float64`])
})

it('of several mistakes the converter comes to that in the first field of the type first', async () => {
  const body = '{"spec":{"paused":5,"replicas":"x"}}'
  const answer = await (await apiWithDeployment()).json('PATCH', `${DEPLOYMENTS}/web`, { body, headers: STRATEGIC_PATCH })
  expect([answer.code, answer.body['message']]).toEqual([422, expect.stringMatching(/: unrecognized type: int32$/)])
})

it.each([
  ['5.0', 5], ['1e1', 10], ['9007199254740993.0', undefined], ['1e400', undefined],
])('%s in JSON that is applied is what YAML has it for', async (number, replicas) => {
  const spec = `{"replicas":${number},${JSON.stringify({ selector: { matchLabels: { app: 'web' } }, template }).slice(1)}`
  const body = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":${spec}}`
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  const path = `${DEPLOYMENTS}/web?fieldManager=m&dryRun=All`
  const answer = await testApi('team').json('PATCH', path, { body, headers })
  // The text `1e400`, and the lowest 32 bits of 9007199254740992.
  const code = number === '1e400' ? 500 : 201
  expect([answer.code, answer.body['spec']?.['replicas']]).toEqual([code, code === 500 ? undefined : (replicas ?? 0)])
})

it('a test in a JSON patch compares numbers as they are written', async () => {
  const api = await apiWithDeployment()
  const test = async (number: string): Promise<number> =>
    (await api.json('PATCH', `${DEPLOYMENTS}/web`, {
      body: `[{"op":"test","path":"/spec/replicas","value":${number}}]`,
      headers: JSON_PATCH,
    })).code
  expect([await test('2'), await test('2.0'), await test('2e0')]).toEqual([200, 422, 422])
})

it('a quantity is the number that is written', async () => {
  const limits = '"resources":{"limits":{"cpu":1.50,"memory":9223372036854775808,"nvidia.com/gpu":1E2}}'
  const body = `{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i",${limits}}]}}`
  const api = testApi('team')
  await api.json('POST', '/api/v1/namespaces/team/serviceaccounts', { body: { metadata: { name: 'default' } } })
  const { code, body: pod } = await api.json('POST', '/api/v1/namespaces/team/pods', { body })
  const { resources } = (pod['spec'] as unknown as { containers: { resources: { limits: object } }[] }).containers[0] ?? {}
  expect([code, resources?.limits]).toEqual([
    201,
    { cpu: '1500m', memory: '9223372036854775808', 'nvidia.com/gpu': '100' },
  ])
})

it('JSON that nobody looks into keeps its numbers', async () => {
  const body = '{"metadata":{"name":"r"},"revision":1,"data":{"a":[1.0,{"b":2.5}],"c":1e2}}'
  const { code, body: made } = await testApi('team').json('POST', '/apis/apps/v1/namespaces/team/controllerrevisions', {
    body,
  })
  expect([code, made['data']]).toEqual([201, { a: [1, { b: 2.5 }], c: 100 }])
})
