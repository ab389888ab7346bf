/**
 * Conversion by a webhook as operators run one: an isolate answers ConversionReviews over HTTP behind a Service, and
 * kubectl reads, lists, watches, changes and applies in both versions. What the webhook gets wrong is told in the words
 * of upstream (k8s.io/apiextensions-apiserver pkg/apiserver/conversion/webhook_converter.go), and nothing is written.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolateServer } from '../fixtures/isolate-server.ts'
import type { Answer, RunKubectl } from '../support/cluster.ts'
import { Cluster, printedBy } from '../support/cluster.ts'
import { kubectls } from '../support/kubectl/kubectl.ts'

const WAIT = { timeout: 30_000, interval: 100 }

/** `size` of v1 is `length` of v2. An object says itself, by its `trouble`, what becomes of it. */
const SERVER = `
    const convert = (object, desired) => {
      const { size, length, ...rest } = object.spec
      const spec = desired.endsWith('v2') ? { ...rest, length: size ?? length } : { ...rest, size: length ?? size }
      return { ...object, apiVersion: desired, spec }
    }
    const TROUBLES = {
      rename: (object) => ({ ...object, metadata: { ...object.metadata, name: 'other' } }),
      label: (object) => ({ ...object, metadata: { ...object.metadata, labels: { a: 'b' } } }),
    }
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    export default {
      async fetch(request) {
        const { request: asked, apiVersion, kind } = await request.json()
        const { trouble } = asked.objects[0].spec
        if (trouble === 'crash') return new Response('out of order', { status: 500 })
        if (trouble === 'prose') return new Response('here you are')
        if (trouble === 'refuse') {
          const result = { status: 'Failure', message: 'too round' }
          return Response.json({ apiVersion, kind, response: { uid: asked.uid, result } })
        }
        if (trouble === 'slow') await wait(1_000)
        const converted = asked.objects.map((object) => convert(object, asked.desiredAPIVersion))
        const convertedObjects = trouble === 'lose' ? [] : converted.map(TROUBLES[trouble] ?? ((object) => object))
        const response = { uid: asked.uid, result: { status: 'Success' }, convertedObjects }
        return Response.json({ apiVersion, kind, response })
      },
    }
`

const OBJECTS = isolateServer('converter', SERVER)

const version = (name: string, field: string, isStored: boolean): object => ({
  name,
  served: true,
  storage: isStored,
  additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: `.spec.${field}` }],
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { [field]: { type: 'integer', minimum: 1 }, trouble: { type: 'string' } },
        },
      },
    },
  },
})

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ropes.conv.example.org' },
  spec: {
    group: 'conv.example.org',
    scope: 'Namespaced',
    names: { plural: 'ropes', kind: 'Rope' },
    versions: [version('v1', 'size', true), version('v2', 'length', false)],
    conversion: {
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1'],
        clientConfig: { service: { namespace: 'default', name: 'converter', path: '/convert' } },
      },
    },
  },
}

const V1 = 'ropes.v1.conv.example.org'
const V2 = 'ropes.v2.conv.example.org'
const rope = (name: string, apiVersion: 'v1' | 'v2', spec: object): object => ({
  apiVersion: `conv.example.org/${apiVersion}`,
  kind: 'Rope',
  metadata: { name },
  spec,
})

const tool = (await kubectls()).at(-1)
const because = tool === undefined ? ' (skipped: no kubectl here)' : ''

describe.skipIf(tool === undefined)(`conversion by a webhook${because}`, { timeout: 90_000 }, () => {
  let cluster: Cluster
  let kubectl: RunKubectl

  const run = (...args: readonly string[]): Promise<string> => printedBy(kubectl, args)
  const write = async (verb: string, content: unknown, ...more: readonly string[]): Promise<string> =>
    run(verb, '-f', await cluster.file('written.yaml', content), ...more)
  const spec = (kind: string, name: string): Promise<string> => run('get', kind, name, '-o', 'jsonpath={.spec}')
  const get = (kind: string, name: string): Promise<Answer> => kubectl(['get', kind, name])

  beforeAll(async () => {
    cluster = await Cluster.start()
    if (tool !== undefined) kubectl = cluster.kubectl(tool, 'default')
    await write('apply', OBJECTS)
    await run('wait', '--for=condition=Ready', 'pod/converter', '--timeout=30s')
    await write('create', DEFINITION)
    await run('wait', '--for=condition=Established', 'crd/ropes.conv.example.org', '--timeout=30s')
  }, 90_000)
  afterAll(async () => cluster.stop())

  it('objects are written and read in either version', async () => {
    // The router learns of the new endpoints within a moment.
    const probe = await cluster.file('probe.yaml', rope('probe', 'v2', { length: 1 }))
    await expect.poll(async () => (await kubectl(['apply', '-f', probe])).exitCode, WAIT).toBe(0)
    await write('create', rope('one', 'v2', { length: 3 }))
    expect(await spec(V1, 'one')).toBe('{"size":3}')
    expect(await spec(V2, 'one')).toBe('{"length":3}')
    await run('patch', V2, 'one', '--type=merge', '-p', '{"spec":{"length":4}}')
    await run('patch', V1, 'one', '--type=json', '-p', '[{"op":"test","path":"/spec/size","value":4}]')
    const { stderr } = await kubectl(['patch', V2, 'one', '--type=merge', '-p', '{"spec":{"length":0}}'])
    expect(stderr).toContain('spec.length in body should be greater than or equal to 1')
    expect(await run('get', V2)).toMatch(/^NAME +SIZE\none +4\nprobe +1\n$/)
    expect(await run('get', V1, '-A')).toMatch(/^NAMESPACE +NAME +SIZE\ndefault +one +4\ndefault +probe +1\n$/)
  })

  it('appliers of two versions own what they applied', async () => {
    await write('apply', rope('two', 'v1', { size: 1 }), '--server-side', '--field-manager=first')
    await write('apply', rope('two', 'v2', { length: 1 }), '--server-side', '--field-manager=second')
    await write('apply', rope('two', 'v1', { size: 2 }), '--server-side', '--field-manager=first', '--force-conflicts')
    expect(await spec(V2, 'two')).toBe('{"length":2}')
  })

  it('a watch shows each change in the version that is watched', async () => {
    await write('create', rope('three', 'v1', { size: 1 }))
    await run('patch', V1, 'three', '--type=merge', '-p', '{"spec":{"size":2}}')
    await run('delete', V1, 'three')
    const query = 'watch=true&timeoutSeconds=2&resourceVersion=1&fieldSelector=metadata.name%3Dthree'
    const stream = await run('get', '--raw', `/apis/conv.example.org/v2/namespaces/default/ropes?${query}`)
    const events = stream.trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: object })
    expect(events.map(({ type, object }) => [type, object])).toMatchObject([
      ['ADDED', { apiVersion: 'conv.example.org/v2', spec: { length: 1 } }],
      ['MODIFIED', { apiVersion: 'conv.example.org/v2', spec: { length: 2 } }],
      ['DELETED', { apiVersion: 'conv.example.org/v2', spec: { length: 2 } }],
    ])
  })

  const FAILED = 'conversion webhook for conv.example.org/v1, Kind=Rope'
  it.each([
    ['rename', 'returned invalid object: must have the same name: rename != other'],
    ['lose', 'returned 0 objects, expected 1'],
    ['refuse', 'failed: too round'],
    ['crash', 'failed: an error on the server ("out of order") has prevented the request from succeeding'],
    ['prose', 'failed: '],
  ])('a webhook that is in trouble (%s) is an error', async (trouble, message) => {
    await write('create', rope(trouble, 'v1', { size: 1, trouble }))
    const { exitCode, stderr } = await get(V2, trouble)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${FAILED} ${message}`)
    expect(await spec(V1, trouble)).toBe(`{"size":1,"trouble":"${trouble}"}`)
    const { stderr: refused } = await kubectl(['patch', V2, trouble, '--type=merge', '-p', '{"spec":{"length":9}}'])
    expect(refused).toContain(`${FAILED} ${message}`)
    expect(await spec(V1, trouble)).toBe(`{"size":1,"trouble":"${trouble}"}`)
    await run('delete', V1, trouble)
  })

  it('one that takes its time is waited for, and one may label what it converts', async () => {
    for (const trouble of ['slow', 'label']) await write('create', rope(trouble, 'v1', { size: 1, trouble }))
    expect(await spec(V2, 'slow')).toBe('{"length":1,"trouble":"slow"}')
    expect(await run('get', V2, 'label', '-o', 'jsonpath={.metadata.labels}')).toBe('{"a":"b"}')
  })

  it('a Service that is not there is told', async () => {
    await run('delete', 'service', 'converter')
    await expect.poll(async () => (await get(V2, 'one')).stderr, WAIT).toContain(
      `${FAILED} failed: Post "https://converter.default.svc/convert?timeout=30s": There is no Service "converter" in namespace "default".`,
    )
    expect(await spec(V1, 'one')).toBe('{"size":4}')
  })
})
