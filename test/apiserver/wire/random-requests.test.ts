/**
 * Anything at all, sent to a whole cluster in this process: patches of every type with bodies that look like patches,
 * and addresses, options and headers that look like some. Nothing is the server's fault but what upstream calls so,
 * everything is answered, and what is stored can be read again in every form.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { answerRequest } from '../../../src/apiserver/chain.ts'
import { ADMIN } from '../../support/api.ts'
import { CustomWorld, aDefinition } from '../../system/custom-resources/custom-world.ts'
import { PROTOBUF } from './protobuf-client.ts'

/**
 * Internal errors that upstream gives, too: of versions that are no numbers, or where there can be none, of patches
 * that are none of their type, and of addresses that begin like those of proxies.
 */
const FAULTS_OF_UPSTREAM = new RegExp(
  [
    'resourceVersion should not be set on objects to be created',
    String.raw`strconv\.ParseUint: parsing `,
    'failed to create typed patch object',
    String.raw`expected a (?:\[\]|map\[string\])interface \{\}, but received a `,
    'unknown patch type: ', 'unable to find api field in struct ', 'does not contain declared merge key: ',
    'list element types are not identical: ', 'no elements in any of the given', 'The order in patch list:',
    'value for key .* is not a map', 'merging lists cannot yet be specified in the patch',
    'cannot merge lists without merge key', 'failed to create RequestInfo: ',
  ].join('|'),
)

/** FUZZ_RUNS asks for more of them. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400)

const NS = '/api/v1/namespaces/ns'
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

const podSpec = {
  containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: 'b' }] }],
}
const workload = {
  selector: { matchLabels: { a: 'b' } },
  template: { metadata: { labels: { a: 'b' } }, spec: podSpec },
}

interface Stored {
  readonly apiVersion: string
  readonly kind: string
  readonly data?: object
  readonly rules?: readonly object[]
  readonly spec?: object
}

const LEASE = 'coordination.k8s.io/v1'

/** What is patched, by the address of its collection. */
const STORED: Readonly<Record<string, Stored>> = {
  [`${NS}/configmaps`]: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1', b: '2' } },
  [`${NS}/pods`]: { apiVersion: 'v1', kind: 'Pod', spec: podSpec },
  [`${NS}/services`]: { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } },
  [`${NS}/secrets`]: { apiVersion: 'v1', kind: 'Secret', data: { a: 'YQ==' } },
  '/apis/apps/v1/namespaces/ns/deployments': { apiVersion: 'apps/v1', kind: 'Deployment', spec: workload },
  [`/apis/${LEASE}/namespaces/ns/leases`]: { apiVersion: LEASE, kind: 'Lease', spec: { holderIdentity: 'me' } },
  '/apis/rbac.authorization.k8s.io/v1/clusterroles': {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  '/apis/example.com/v1/namespaces/ns/widgets': { apiVersion: 'example.com/v1', kind: 'Widget', spec: { a: { b: [1, 2] } } },
}

class Fuzzed {
  readonly world = new CustomWorld(['ns'])

  async begin(): Promise<void> {
    await this.world.define(aDefinition())
    for (const [path, object] of Object.entries(STORED)) await this.make(path, object)
  }

  async make(path: string, object: object): Promise<void> {
    const made = { metadata: { name: 'one' }, ...object }
    const { code, body } = await this.world.ask('POST', path, { body: made })
    if (code !== 201) throw new Error(`${path}: ${JSON.stringify(body)}`)
  }

  async send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const namespace = /\/namespaces\/([^/?]+)\/./.exec(path)?.[1] ?? ''
    const scope = this.world.api.scope(namespace === 'ns' ? 'ns' : '')
    return answerRequest(scope.host, new Request(`https://test${path}`, { ...init, method }), ADMIN)
  }

  /** What is stored, in each form: no write may leave behind what cannot be read. */
  async checkReadable(collection: string): Promise<void> {
    const isCustom = collection.includes('example.com')
    for (const accept of ['application/json', TABLE, PARTIAL, 'application/yaml', ...(isCustom ? [] : [PROTOBUF])]) {
      for (const path of accept === PARTIAL ? [`${collection}/one`] : [`${collection}/one`, collection]) {
        const response = await this.send('GET', path, { headers: { accept } })
        expect([path, accept, response.status]).toEqual([path, accept, 200])
        const text = await response.text()
        if (accept.includes('json')) expect(JSON.parse(text)).toBeTypeOf('object')
      }
    }
  }
}

/** Answers that are the server's fault; '' where it is the client's, or nobody's. */
async function faultOf(response: Response): Promise<string> {
  if (response.status < 500 || response.status === 504) {
    await response.body?.cancel()
    return ''
  }
  // YAML folds what is long.
  const text = (await response.text()).replaceAll(/\s*\n\s*/g, ' ')
  return FAULTS_OF_UPSTREAM.test(text) ? '' : `${String(response.status)} ${text.slice(0, 400)}`
}

const NAMES = [
  ...['metadata', 'spec', 'status', 'data', 'binaryData', 'immutable', 'rules', 'kind', 'apiVersion', 'name'],
  ...['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields', 'generation', 'namespace'],
  ...['containers', 'initContainers', 'ports', 'containerPort', 'env', 'value', 'image', 'template', 'selector'],
  ...['replicas', 'strategy', 'tolerations', 'volumes', 'holderIdentity', 'matchLabels', 'a', 'b', 'x', '', '-', '0'],
  ...['$patch', '$retainKeys', '$setElementOrder/containers', '$setElementOrder/finalizers', '$setElementOrder/', '$x'],
  ...['$deleteFromPrimitiveList/finalizers', '$deleteFromPrimitiveList/x', '__proto__', 'constructor', 'toString'],
  ...['k:{"name":"c"}', 'f:spec', '.', 'resourceVersion', 'uid', 'deletionTimestamp', 'manager', 'fieldsV1', 'time'],
]
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
/** Stand for what JSON.stringify does not write: numbers of other forms, and half characters. */
const RAW = ['1e400', '-0', '1.0', '12345678901234567890', '1E2', '"\\ud800"', '"\\u0000"', '0.1e-7']
const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 2 ** 40, 1.5, '', 'a', 'delete', 'merge', 'replace', 'c'),
  fc.constantFrom<unknown>('one', 'v1', 'Pod', 'IfNotPresent', 'YQ==', '1Gi', '2026-01-01T00:00:00Z', '80', 'http'),
  fc.constantFrom(...RAW.map((text) => `raw:${text}`)),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.double(),
)
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    { weight: 2, arbitrary: scalar },
    { weight: 4, arbitrary: fc.dictionary(name, tie('json'), { maxKeys: 4, noNullPrototype: true }) },
    { weight: 2, arbitrary: fc.array(tie('json'), { maxLength: 3 }) },
  ),
}))
const STANDING_FOR = /"raw:((?:[^"\\]|\\.)*)"/g
const print = (value: unknown): string =>
  JSON.stringify(value).replaceAll(STANDING_FOR, (_all, inner: string) => JSON.parse(`"${inner}"`) as string)
const text = json.map(print)
const fields = fc.dictionary(name, json, { maxKeys: 3, noNullPrototype: true })

/** With what is stored around it, so that more of it is looked at, or alone. */
const objectTextOf = ({ spec, ...stored }: Stored): fc.Arbitrary<string> =>
  fc.tuple(fields, fields, fc.boolean()).map(([more, inSpec, isAlone]) => {
    if (isAlone) return print(more)
    return print({ metadata: { name: 'one' }, ...stored, spec: { ...spec, ...inSpec }, ...more })
  })

const step = fc.oneof(name, fc.constantFrom('~0', '~1', '~', '-', '00', '1', '99999999999'))
const pointer = fc.array(step, { maxLength: 5 }).map((steps) => steps.map((one) => `/${one}`).join(''))
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x', ''),
    path: pointer,
    from: pointer,
    value: json,
  },
  { requiredKeys: [], noNullPrototype: true },
)
const jsonPatch = fc.array(operation, { maxLength: 4 }).map(print)

/** One character of it taken away or put in. */
const broken = fc.tuple(fc.oneof(text, jsonPatch), fc.nat(), fc.string({ unit: 'binary', maxLength: 1 })).map(
  ([whole, where, more]) => {
    const at = where % (whole.length + 1)
    return whole.slice(0, at) + more + whole.slice(at + (more === '' ? 1 : 0))
  },
)
const APPLY = 'application/apply-patch+yaml'
const PATCHES: Readonly<Record<string, (stored: Stored) => fc.Arbitrary<string>>> = {
  'application/json-patch+json': () => jsonPatch,
  'application/merge-patch+json': (stored) => fc.oneof(text, objectTextOf(stored)),
  'application/strategic-merge-patch+json': (stored) => fc.oneof(text, objectTextOf(stored)),
  [APPLY]: (stored) =>
    fc.oneof({ weight: 4, arbitrary: objectTextOf(stored) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }),
}
const OPTIONS = [
  ...['', '?dryRun=All', '?fieldManager=m', '?fieldManager=m&force=true', '?fieldManager=m&fieldValidation=Strict'],
  ...['/status', '/status?fieldManager=m'],
]

const fuzzed = new Fuzzed()
beforeAll(() => fuzzed.begin())

describe('a random patch', () => {
  it.each(Object.entries(PATCHES))('is taken or refused, and leaves what can be read: %s', async (type, patchOf) => {
    const patches = fc.constantFrom(...Object.entries(STORED)).chain(([collection, stored]) => {
      const patch = fc.oneof({ weight: 4, arbitrary: patchOf(stored) }, { weight: 1, arbitrary: broken })
      return fc.tuple(fc.constant(collection), fc.constant(stored), patch)
    })
    await fc.assert(
      fc.asyncProperty(
        patches,
        fc.constantFrom(...OPTIONS),
        async ([collection, stored, patch], options) => {
          const isApply = type === APPLY
          const query = isApply && !options.includes('?') ? `${options}?fieldManager=m` : options
          const response = await fuzzed.send('PATCH', `${collection}/one${query}`, {
            body: patch,
            headers: { 'content-type': type },
          })
          expect(await faultOf(response)).toBe('')
          if (response.status < 300) await fuzzed.checkReadable(collection)
          const read = await fuzzed.send('GET', `${collection}/one`)
          await read.body?.cancel()
          // A patch may let go of the last finalizer of what was to go.
          if (read.status === 404) await fuzzed.make(collection, stored)
        },
      ),
      { numRuns: RUNS },
    )
  })
})

const QUERY_NAMES = [
  ...['watch', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'timeoutSeconds', 'labelSelector'],
  ...['fieldSelector', 'allowWatchBookmarks', 'sendInitialEvents', 'pretty', 'timeout', 'dryRun', 'force'],
  ...['fieldValidation', 'gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'includeObject', 'uid', 'as'],
  ...['ignoreStoreReadErrorWithClusterBreakingPotential', 'container', 'follow', 'tailLines', 'fieldManager', 'x', ''],
]
const QUERY_VALUES = [
  ...['', '0', '1', '-1', 'true', 'false', 'x', '99999999999999999999', '1.5', 'NaN', 'Exact', 'NotOlderThan', 'All'],
  ...['a=b', 'a in (b,c)', '!a', 'a,b', 'a==b,c!=d', 'metadata.name=one', 'spec.x=1', '1s', '1h', '%', 'None'],
  ...['Object', 'Background', 'Orphan', 'Foreground', 'Strict', '\u0000'],
  // A continue token.
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0',
]
const queryValue = fc.oneof(fc.constantFrom(...QUERY_VALUES), fc.string({ unit: 'grapheme' }))
const query = fc
  .array(fc.tuple(fc.constantFrom(...QUERY_NAMES), queryValue), { maxLength: 4 })
  .map((pairs) => new URLSearchParams(pairs).toString())
const HEADER_VALUES = [
  ...['', '*/*', 'application/json', 'application/yaml', PROTOBUF, TABLE, PARTIAL, 'text/html', 'application/json;q=x'],
  ...['application/json;as=Table;g=meta.k8s.io;v=v9', 'application/merge-patch+json', 'text/plain; charset=latin1'],
  ...['application/vnd.kubernetes.protobuf;stream=watch', 'gzip', 'gzip;q=0', 'W/"x"', 'Upgrade', 'websocket', ';;;,'],
  'x'.repeat(9_000),
]
const HEADER_NAMES = [
  ...['accept', 'content-type', 'accept-encoding', 'if-none-match', 'audit-id', 'traceparent', 'user-agent', 'upgrade'],
]
const headers = fc.dictionary(
  fc.constantFrom(...HEADER_NAMES),
  fc.oneof(fc.constantFrom(...HEADER_VALUES), fc.string({ unit: 'grapheme-ascii', maxLength: 20 })),
  { maxKeys: 3, noNullPrototype: true },
)
const SEGMENTS = [
  ...['api', 'apis', 'v1', 'v9', 'namespaces', 'ns', 'nope', 'configmaps', 'pods', 'one', 'log', 'exec', 'status'],
  ...['apps', 'deployments', 'example.com', 'widgets', 'watch', 'proxy', 'openapi', 'v2', 'v3', 'version', 'flagz'],
  ...['metrics', 'nodes', 'eviction', 'binding', 'token', 'finalize', 'resize', 'attach', 'portforward'],
  ...['..', '.', '%2e%2e', '%00', '%', '%zz', '%F0%9F%98%80', 'a%2Fb', ' ', '*', '', 'logs', 'scale', '.well-known'],
]
const path = fc.oneof(
  fc.constantFrom(...Object.keys(STORED)),
  fc.constantFrom(...Object.keys(STORED)).map((collection) => `${collection}/one`),
  fc.constantFrom(...Object.keys(STORED)).chain((collection) =>
    fc.constantFrom(...SEGMENTS).map((segment) => `${collection}/one/${segment}`),
  ),
  fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 9 }).map((segments) => `/${segments.join('/')}`),
)

/** An address or a header that no HTTP client would send is none of ours. */
function requestOf(where: string, init: RequestInit): Request | undefined {
  try {
    return new Request(`https://test${where}`, init)
  } catch {
    return undefined
  }
}

describe('a random request', () => {
  it('is answered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PURGE'),
        path,
        query,
        headers,
        fc.oneof(text, jsonPatch, broken),
        async (method, where, asked, sent, body) => {
          const hasBody = method !== 'GET' && method !== 'HEAD'
          const init = { method, headers: sent, ...(hasBody ? { body } : {}) }
          const request = requestOf(`${where}?${asked}`, init)
          if (request === undefined) return
          const { pathname } = new URL(request.url)
          const scope = fuzzed.world.api.scope(/\/namespaces\/ns\/./.test(pathname) ? 'ns' : '')
          const response = await answerRequest(scope.host, request, ADMIN)
          expect(`${method} ${where}: ${await faultOf(response)}`).toBe(`${method} ${where}: `)
          for (const [collection, object] of Object.entries(STORED)) {
            if (!hasBody || !pathname.startsWith(collection)) continue
            const read = await fuzzed.send('GET', `${collection}/one`)
            await read.body?.cancel()
            if (read.status === 404) await fuzzed.make(collection, object)
            else await fuzzed.checkReadable(collection)
          }
        },
      ),
      { numRuns: 4 * RUNS },
    )
  })
})
