/** Random and broken protobuf into every verb: refused with a Status that says what is wrong, never a 500 or a hang. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import { formatGroupVersion } from '../../../src/apimachinery/meta.ts'
import { protobufCodec, protobufMessageOf } from '../../../src/apis/facts/protobuf-facts.ts'
import { testApi } from '../../support/api.ts'
import { storedObjects } from '../../apimachinery/wire/protobuf/stored-objects.ts'
import { PROTOBUF } from './protobuf-client.ts'

const SENT = { 'content-type': PROTOBUF }

/** Internal errors that upstream gives, too: of a store that finds a version, and of a binding's target. */
const FAULTS_OF_UPSTREAM = /"message":"(?:resourceVersion should not be set on objects to be created|\[?target\.)/

/** Answers that are the server's fault. */
async function faultOf(response: Response): Promise<string> {
  const text = await response.text()
  if (response.status < 500 || FAULTS_OF_UPSTREAM.test(text)) return ''
  return `${String(response.status)} ${text.slice(0, 400)}`
}

const enveloped = fc
  .tuple(
    fc.constantFrom('v1', 'apps/v1', 'nonsense', 'a/b/c', ''),
    fc.constantFrom('ConfigMap', 'Pod', '', 'x'),
    fc.uint8Array(),
  )
  .map(([apiVersion, kind, raw]) => {
    const bytes = protobufCodec.encode('meta.v1.Status', { apiVersion, kind }, {})
    // In place of the message's own bytes: its last fields, before the closing ones of the envelope, become random.
    bytes.set(raw.slice(0, Math.max(0, bytes.length - 20)), bytes.length - Math.min(raw.length, bytes.length - 20) - 4)
    return bytes
  })

const bodies: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  enveloped,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array([0x6b, 0x38, 0x73, 0, ...bytes])),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
)

describe('random bytes', () => {
  it('are the client’s fault, whatever the verb', async () => {
    const api = testApi('team', { calls: { issueToken: (_account, request) => Promise.resolve(request) } })
    const base = '/api/v1/namespaces/team'
    await api.json('POST', `${base}/configmaps`, { body: { metadata: { name: 'one' } } })
    await api.json('POST', `${base}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    await api.json('POST', `${base}/replicationcontrollers`, {
      body: {
        metadata: { name: 'rc' },
        spec: {
          selector: { a: 'b' },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    })
    await api.json('POST', `${base}/pods`, {
      body: { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    })
    const requests = [
      ['POST', `${base}/configmaps`],
      ['PUT', `${base}/configmaps/one`],
      ['PATCH', `${base}/configmaps/one`],
      ['DELETE', `${base}/secrets/none`],
      ['DELETE', `${base}/secrets`],
      ['PUT', `${base}/replicationcontrollers/rc/scale`],
      ['PUT', `${base}/replicationcontrollers/rc/status`],
      ['POST', `${base}/pods/none/binding`],
      ['POST', `${base}/bindings`],
      ['POST', `${base}/pods/p/eviction`],
      ['PUT', `${base}/pods/p/ephemeralcontainers`],
      ['PUT', `${base}/pods/p/resize`],
      ['PUT', `${base}/pods/p/status`],
      ['POST', `${base}/serviceaccounts/default/token`],
      ['POST', '/apis/authorization.k8s.io/v1/namespaces/team/localsubjectaccessreviews'],
    ] as const
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom(...requests), async (bytes, [method, path]) => {
        const response = await api.request(method, path, { bytes, headers: SENT })
        expect(await faultOf(response)).toBe('')
      }),
      { numRuns: 600 },
    )
  })
})

describe('random objects of every kind', () => {
  const created = KINDS.filter(
    (kind) => protobufMessageOf(kind) !== undefined && kind.verbs.includes('create') && kind.isVirtual !== true,
  )

  it.each(created.map((kind) => [formatGroupVersion(kind) + ' ' + kind.kind, kind] as const))(
    'are stored and can be read, or refused: %s',
    async (_name, kind) => {
      const isNamespaced = kind.scope === 'Namespaced'
      const api = testApi(isNamespaced ? 'team' : '')
      const root = kind.group === '' ? '/api/v1' : `/apis/${formatGroupVersion(kind)}`
      const path = `${root}${isNamespaced ? '/namespaces/team' : ''}/${kind.resource}`
      const type = { apiVersion: formatGroupVersion(kind), kind: kind.kind }
      await fc.assert(
        fc.asyncProperty(storedObjects(kind.type), fc.nat(), async (object, number) => {
          const metadata = { ...object.metadata, name: `n-${String(number)}`, namespace: isNamespaced ? 'team' : '' }
          const bytes = protobufCodec.encode(protobufMessageOf(kind) ?? '', type, { ...object, metadata })
          const response = await api.request('POST', path, { bytes, headers: SENT })
          const { status } = response
          expect(await faultOf(response)).toBe('')
          if (status !== 201) return
          const read = await api.request('GET', `${path}/n-${String(number)}`, { headers: { accept: PROTOBUF } })
          expect(read.status).toBe(200)
          await read.body?.cancel()
        }),
        { numRuns: 15 },
      )
    },
  )
})
