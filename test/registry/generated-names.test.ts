/** Names that the server makes: drawn anew when they are taken, and given up after a few tries. */
import { expect, it } from 'vitest'
import type { Random } from '../../src/lib/random.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { testApi } from '../support/api.ts'

const PATH = '/api/v1/namespaces/team/configmaps'
const made = (metadata: object): object => ({ body: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })

/** Draws the same letter `count` times, and then what chance gives. */
function stuck(count: number): Random {
  const random = seededRandom(1)
  let left = count
  return { uuid: () => random.uuid(), next: () => (left-- > 0 ? 0 : random.next()) }
}

it('a generated name that is taken is drawn anew', async () => {
  const api = testApi('team', { ports: { random: stuck(10) } })
  await api.json('POST', PATH, made({ name: 'job-bbbbb' }))
  const { code, body } = await api.json('POST', PATH, made({ generateName: 'job-' }))
  expect([code, body['metadata']?.['name']]).toEqual([201, expect.stringMatching(/^job-(?!bbbbb).{5}$/)])
})

it('after eight names that are all taken the create is refused, and the client may try again', async () => {
  const api = testApi('team', { ports: { random: stuck(Infinity) } })
  await api.json('POST', PATH, made({ name: 'job-bbbbb' }))
  const { code, body } = await api.json('POST', PATH, made({ generateName: 'job-' }))
  expect([code, body]).toMatchObject([
    409,
    {
      reason: 'AlreadyExists',
      message:
        'configmaps "job-bbbbb" already exists, the server was not able to generate a unique name for the object',
      details: { name: 'job-bbbbb', kind: 'configmaps', retryAfterSeconds: 1 },
    },
  ])
})

it('a name of the client’s own is not changed although it begins as generateName says', async () => {
  const api = testApi('team')
  const own = made({ name: 'job-bbbbb', generateName: 'job-' })
  await api.json('POST', PATH, own)
  expect(await api.json('POST', PATH, own)).toMatchObject({ code: 409, body: { details: { name: 'job-bbbbb' } } })
})

it('a generated name of a namespace is a label of it, which is judged by the name alone', async () => {
  const api = testApi('')
  const asked = (generateName: string): object => ({
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName } },
  })
  const { body } = await api.json('POST', '/api/v1/namespaces', asked('team-'))
  const name = body['metadata']?.['name']
  expect(name).toMatch(/^team-.{5}$/)
  expect(body['metadata']?.['labels']).toEqual({ 'kubernetes.io/metadata.name': name })
  const refused = await api.json('POST', '/api/v1/namespaces', asked('-team'))
  const { causes } = refused.body['details'] as unknown as { causes: { field: string }[] }
  expect(causes.map(({ field }) => field)).toEqual(['metadata.generateName', 'metadata.name'])
})

it('an address that is to be generated is what it is to begin with, and may be taken', async () => {
  const api = testApi('')
  const addresses = '/apis/networking.k8s.io/v1/ipaddresses'
  const spec = { parentRef: { resource: 'services', namespace: 'a', name: 'b' } }
  const asked = (generateName: string): object => ({ body: { metadata: { generateName }, spec } })
  const { code, body } = await api.json('POST', addresses, asked('10.96.0.9'))
  expect([code, body['metadata']?.['name']]).toEqual([201, '10.96.0.9'])
  expect(await api.json('POST', addresses, asked('10.96.0.9'))).toMatchObject({ code: 409 })
  const refused = await api.json('POST', addresses, asked('a-'))
  expect(refused.body['message']).toContain('metadata.name: Invalid value: "a-": must be a valid IP address')
})

it.each([
  ['a%b', '%'],
  ['a/b', '/'],
])('a prefix that fits into no path (%s) is refused beside a name, too', async (generateName, what) => {
  const body = { metadata: { name: 'x', generateName }, spec: {} }
  const answer = await testApi('').json('POST', '/apis/resource.k8s.io/v1/deviceclasses', { body })
  const why = `metadata.generateName: Invalid value: "${generateName}": may not contain '${what}'`
  expect([answer.code, answer.body['message']]).toEqual([422, `DeviceClass.resource.k8s.io "x" is invalid: ${why}`])
})
