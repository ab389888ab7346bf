/** OpenAPI with its texts, which come from an asset that is read only when a document is built. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { DefinitionIndex } from '../../../src/registry/kinds/definition-index.ts'
import { testApi } from '../../support/api.ts'
import { documentsOf } from '../../../src/objects/worker/documents.ts'

const FOLDER = new URL('../../../src/dashboard/assets', import.meta.url)

/** The files of the deployment, or none of them. */
function assets(isThere: boolean): Pick<Env, 'ASSETS'> & { readonly read: string[] } {
  const read: string[] = []
  return {
    read,
    ASSETS: {
      fetch(address) {
        const { pathname } = new URL(new Request(address).url)
        read.push(pathname)
        const text = isThere ? readFileSync(`${FOLDER.pathname}${pathname}`, 'utf8') : 'not found'
        return Promise.resolve(new Response(text, { status: isThere ? 200 : 404 }))
      },
    },
  }
}

interface Document {
  readonly components: { readonly schemas: Record<string, Schema> }
}

interface Schema {
  readonly description?: string
  readonly properties: Record<string, { readonly description?: string }>
}

const noDefinitions = (): DefinitionIndex => new DefinitionIndex(testApi('').scope.store)

async function ask(env: Pick<Env, 'ASSETS'>, path: string): Promise<Response | undefined> {
  const url = new URL(`https://test${path}`)
  // Only the assets are asked for here.
  return documentsOf(env as Env, 'default', noDefinitions)(new Request(url), url)
}

const whole = assets(true)

describe('descriptions', () => {
  let document: Document

  // The documents of an isolate keep the first deployment that they were asked of.
  beforeAll(async () => {
    expect((await ask(whole, '/openapi/v3'))?.status).toBe(200)
    expect(whole.read).toEqual([])
    document = (await (await ask(whole, '/openapi/v3/api/v1'))?.json()) as Document
  })

  it('are in the document of a version, for types and for fields', () => {
    const { description, properties } = document.components.schemas['io.k8s.api.core.v1.PodSpec'] as Schema
    expect(description).toBe('PodSpec is a description of a pod.')
    expect(properties['containers']?.description).toMatch(/^List of containers belonging to the pod/)
  })

  it('of a field of another type are its own', () => {
    const { properties } = document.components.schemas['io.k8s.api.core.v1.PodSpec'] as Schema
    expect(properties['affinity']?.description).toBe("If specified, the pod's scheduling constraints")
  })

  it('are read from the one asset, and only for documents', () => {
    expect(whole.read).toEqual(['/generated/descriptions.json'])
  })
})

// k8s.io/kube-openapi pkg/handler3/handler.go; k8s.io/apiserver pkg/endpoints/filters/cachecontrol.go
describe('addresses with a hash', () => {
  it('of what a document was lead to what it is, and that is kept for ever', async () => {
    const old = await ask(whole, '/openapi/v3/apis/apps/v1?hash=OLD')
    const location = old?.headers.get('location') ?? ''
    expect(old?.status).toBe(301)
    expect(location).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/)
    expect(old?.headers.get('cache-control')).toBe('no-cache, private')
    const answer = await ask(whole, location)
    expect([answer?.status, answer?.headers.get('cache-control')]).toEqual([200, 'public, immutable'])
    const expires = answer?.headers.get('expires') ?? ''
    expect(expires).toMatch(/ UTC$/)
    expect(Date.parse(expires)).toBeGreaterThan(Date.now() + 364 * 86_400_000)
  })

  it('are not asked for: nobody on the way keeps what is found without', async () => {
    for (const path of ['/openapi/v3', '/openapi/v3/apis/apps/v1', '/api/v1', '/version']) {
      expect((await ask(whole, path))?.headers.get('cache-control')).toBe('no-cache, private')
    }
  })
})

// k8s.io/kube-aggregator pkg/controllers/openapiv3/aggregator; net/http/fs.go, ServeContent
const asked = async (path: string, headers: Record<string, string>): Promise<Response | undefined> => {
  const url = new URL(`https://test${path}`)
  return documentsOf(whole as unknown as Env, 'default', noDefinitions)(new Request(url, { headers }), url)
}

it('does not say what discovery is to who has it already', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const etag = (await asked('/apis', { accept }))?.headers.get('etag') ?? ''
  const again = await asked('/apis', { accept, 'if-none-match': etag })
  const headers = { 'cache-control': 'public', etag, vary: 'Accept' }
  expect([again?.status, Object.fromEntries(again?.headers ?? [])]).toEqual([304, headers])
})

describe('documents of OpenAPI', () => {
  it('are dated, and their list is called a text', async () => {
    const index = await ask(whole, '/openapi/v3')
    expect(index?.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(index?.headers.get('last-modified')).toMatch(/ GMT$/)
    const document = await ask(whole, '/openapi/v3/apis/apps/v1')
    expect(document?.headers.get('content-type')).toBe('application/json')
    const since = document?.headers.get('last-modified') ?? ''
    expect((await asked('/openapi/v3/apis/apps/v1', { 'if-modified-since': since }))?.status).toBe(304)
  })

  it('have an index that is dated when it is asked for, so that two changes in a second are not taken for one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const since = (await asked('/openapi/v3', {}))?.headers.get('last-modified') ?? ''
      expect((await asked('/openapi/v3', { 'if-modified-since': since }))?.status).toBe(200)
      const next = new Date(Date.parse(since) + 1_000).toUTCString()
      expect((await asked('/openapi/v3', { 'if-modified-since': next }))?.status).toBe(304)
      vi.setSystemTime(Date.parse(since) + 1_000)
      const later = await asked('/openapi/v3', { 'if-modified-since': since })
      expect([later?.status, later?.headers.get('last-modified')]).toEqual([200, new Date().toUTCString()])
    } finally {
      vi.useRealTimers()
    }
  })

  it('have a name each, but for the index, which has one form and no name', async () => {
    const index = await asked('/openapi/v3', { accept: 'text/html' })
    expect([index?.status, index?.headers.get('etag'), index?.headers.get('vary')]).toEqual([200, null, null])
    const document = await asked('/openapi/v3/apis/apps/v1', {})
    expect([document?.headers.get('etag'), document?.headers.get('vary')]).toEqual([expect.any(String), 'Accept'])
  })

  // k8s.io/kube-openapi pkg/handler/handler.go: version 2 goes through a handler that compresses
  it.each([
    ['/openapi/v2', 'Accept-Encoding, Accept'],
    ['/openapi/v3/apis/apps/v1', 'Accept'],
  ])('are not there in other forms: %s', async (path, vary) => {
    const answer = await asked(path, { accept: 'text/html' })
    expect([answer?.status, await answer?.text()]).toEqual([406, ''])
    expect([answer?.headers.get('cache-control'), answer?.headers.get('vary')]).toEqual(['no-cache, private', vary])
    const compressed = await asked(path, { 'accept-encoding': 'gzip' })
    expect(compressed?.headers.get('vary')?.split(', ').toSorted()).toEqual(['Accept', 'Accept-Encoding'])
  })

  it('are nothing at all for who asks for no form', async () => {
    const answer = await asked('/openapi/v3/apis/apps/v1', { accept: 'junk' })
    expect([answer?.status, await answer?.text(), answer?.headers.get('vary')]).toEqual([200, '', null])
    expect((await asked('/openapi/v2', { accept: 'junk' }))?.status).toBe(406)
  })

  it('are given in parts, of what they are before they are compressed', async () => {
    const headers = { range: 'bytes=0-10', 'accept-encoding': 'gzip' }
    const answer = await asked('/openapi/v3/apis/apps/v1', headers)
    expect([answer?.status, await answer?.text()]).toEqual([206, '{"openapi":'])
    expect(answer?.headers.get('content-encoding')).toBe(null)
  })
})

it('gives no document out whose texts cannot be read', async () => {
  // An isolate of its own, so to say: nothing was built in it yet.
  vi.resetModules()
  const { documentsOf: documentsOfAnother } = await import('../../../src/objects/worker/documents.ts')
  const url = new URL('https://test/openapi/v2')
  const answer = documentsOfAnother(assets(false) as unknown as Env, 'default', noDefinitions)(new Request(url), url)
  await expect(answer).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
    message: 'descriptions of the API cannot be read, please try again',
  })
})

describe('a document', () => {
  const definitionsOf = async (field: string): Promise<DefinitionIndex> => {
    const { scope, request } = testApi('')
    const properties = { spec: { type: 'object', properties: { [field]: { type: 'string' } } } }
    const schema = { openAPIV3Schema: { type: 'object', properties } }
    const created = await request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gears.a.org' },
        spec: {
          group: 'a.org',
          scope: 'Namespaced',
          names: { kind: 'Gear', plural: 'gears' },
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      },
    })
    const definition = await created.json<Record<string, unknown>>()
    const conditions = ['NamesAccepted', 'Established'].map((type) => ({
      type, status: 'True', reason: 'Made', message: '', lastTransitionTime: '2026-11-26T12:00:00Z',
    }))
    const acceptedNames = { kind: 'Gear', plural: 'gears', singular: 'gear', listKind: 'GearList' }
    const status = { conditions, acceptedNames, storedVersions: ['v1'] }
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gears.a.org/status'
    expect((await request('PUT', path, { body: { ...definition, status } })).status).toBe(200)
    return new DefinitionIndex(scope.store)
  }

  type Headers = Record<string, string>
  const asking = (documents: ReturnType<typeof documentsOf>) => (path: string, headers: Headers = {}) => {
    const url = new URL(`https://test${path}`)
    return documents(new Request(url, { headers }), url)
  }

  it('is built once for all who ask for it, also at the same time, compressed or not', async () => {
    vi.resetModules()
    const { documentsOf: fresh } = await import('../../../src/objects/worker/documents.ts')
    const env = assets(true)
    const ask = asking(fresh(env as unknown as Env, 'default', noDefinitions))
    const plain = await Promise.all([1, 2, 3].map(() => ask('/openapi/v3/apis/apps/v1')))
    expect(env.read).toHaveLength(1)
    const gzip = { 'accept-encoding': 'gzip' }
    const compressed = [await ask('/openapi/v3/apis/apps/v1', gzip), await ask('/openapi/v3/apis/apps/v1', gzip)]
    expect(env.read).toHaveLength(2)
    const text = await plain[0]?.text()
    expect(await plain[2]?.text()).toBe(text)
    for (const answer of compressed) {
      expect(answer?.headers.get('content-encoding')).toBe('gzip')
      expect(answer?.headers.get('vary')).toBe('Accept, Accept-Encoding')
      const whole = answer?.body?.pipeThrough(new DecompressionStream('gzip'))
      expect(await new Response(whole).text()).toBe(text)
    }
  })

  it('of one cluster is not another’s whose definitions have the same names and revisions', async () => {
    const indexes = [await definitionsOf('teeth'), await definitionsOf('radius')]
    const env = whole as unknown as Env
    const [one, other] = indexes.map((index, at) => asking(documentsOf(env, `c${String(at)}`, () => index)))
    const [first, second] = [await one?.('/openapi/v3/apis/a.org/v1'), await other?.('/openapi/v3/apis/a.org/v1')]
    expect(first?.headers.get('etag')).toBe(second?.headers.get('etag'))
    expect(await first?.text()).toContain('"teeth"')
    expect(await second?.text()).toContain('"radius"')
  })
})

describe('discovery', () => {
  it('tells the server’s own address, whoever asks', async () => {
    expect(await text('/api')).toContain('[{"clientCIDR":"0.0.0.0/0","serverAddress":"127.0.0.1:6443"}]')
  })

  const text = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const url = new URL(`https://test${path}`)
    const answer = await documentsOf(whole as unknown as Env, 'default', noDefinitions)(new Request(url, { headers }), url)
    return (await answer?.text()) ?? ''
  }
  const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }

  it.each([
    ['/apis/apps', {}, '{"kind":"APIGroup","apiVersion":"v1","name":"apps",', '"version":"v1"}}\n'],
    ['/apis/apps?pretty=true', {}, '{\n  "kind": "APIGroup",\n  "apiVersion": "v1",\n', '"version": "v1"\n  }\n}'],
    ['/apis/apps', { 'user-agent': 'curl/8' }, '{\n  "kind": "APIGroup",\n', '\n  }\n}'],
    ['/apis', aggregated, '{"kind":"APIGroupDiscoveryList",', ']}]}\n'],
    ['/apis/apps', { accept: 'application/json;pretty=1' }, '{\n  "kind": "APIGroup",\n  "apiVersion": "v1",\n', '"version": "v1"\n  }\n}'],
    ['/apis?pretty=1', aggregated, '{\n  "kind": "APIGroupDiscoveryList",\n', '\n  ]\n}'],
    ['/version', {}, '{\n  "major": "1",\n', '\n}'],
    ['/version?pretty=1', {}, '{\n  "major": "1",\n', '\n}'],
  ])('at %s for %o is written as upstream does', async (path, headers, start, end) => {
    const written = await text(path, headers)
    expect(written.slice(0, start.length)).toBe(start)
    expect(written.slice(-end.length)).toBe(end)
  })
})
