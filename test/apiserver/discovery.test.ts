/** Discovery documents, as the clients that read them expect. */
import { describe, expect, it } from 'vitest'
import { readEnvelope } from '../../src/apimachinery/wire/protobuf/codec.ts'
import { protobufCodec } from '../../src/apis/facts/protobuf-facts.ts'
import { KINDS } from '../../src/apis/kinds.ts'
import { defineKind } from '../../src/apis/define-kind.ts'
import { AGGREGATED_PARAMETERS, createDiscovery } from '../../src/apiserver/discovery/discovery.ts'
import type { KindDefinition } from '../../src/apis/define-kind.ts'
import { storageVersionHash } from '../../src/apiserver/discovery/storage-version-hash.ts'
import { compareVersions } from '../../src/apimachinery/meta.ts'

const build = { version: '0.1.0', commit: 'abc', date: '2026-11-24T00:00:00Z' }
const drainable = defineKind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  scope: 'Namespaced',
  type: 'V1Pod',
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    { name: 'status', verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', verbs: ['create'], bodyKind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  ],
})
const small = createDiscovery({ kinds: [drainable], build })
const discovery = createDiscovery({ kinds: KINDS, build, serverAddress: '127.0.0.1:6443' })
const read = (path: string, accept: string | null = null): unknown =>
  JSON.parse(String(discovery.document(path, accept)?.body ?? 'null'))
const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** Protobuf does not tell false and empty texts from what is not there. */
const withoutZeros = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_name, inner: unknown) => (inner === false || inner === '' ? undefined : inner)))

const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

describe('legacy discovery', () => {
  it('names the versions of the core group', () => {
    expect(read('/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }],
    })
  })

  it('lists at the root what there is', () => {
    const { paths } = read('/') as { paths: string[] }
    expect(paths).toEqual([...paths].sort())
    const some = ['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/version', '/apis/', '/openapi/v3/']
    expect(paths).toEqual(expect.arrayContaining(some))
    expect(paths).toEqual(expect.arrayContaining(['/healthz/ping', '/livez/etcd', '/readyz/etcd-readiness']))
    expect(paths).not.toContain('/livez/etcd-readiness')
    for (const path of paths.filter((one) => one.startsWith('/api'))) expect(read(path), path).not.toBeNull()
    expect(read('/index.html')).toEqual({ paths })
    // Nothing is negotiated there.
    for (const accept of ['text/*', 'application/yaml', PROTOBUF]) {
      expect(discovery.document('/', accept)?.contentType).toBe('application/json')
    }
  })

  it('lists all paths as an index, too, and under no other name', () => {
    expect(discovery.document('/index.html', null)).toEqual(discovery.document('/', null))
    expect(discovery.document('//', null)).toBeUndefined()
    expect(discovery.document('/index.html/', null)).toBeUndefined()
  })

  it("lists groups in upstream's order, with the newest version preferred", () => {
    const { groups } = read('/apis') as { groups: { name: string; preferredVersion: object; versions: object[] }[] }
    const names = groups.map(({ name }) => name)
    expect(names.indexOf('apps')).toBeLessThan(names.indexOf('events.k8s.io'))
    expect(names.at(-1)).toBe('workernetes.dev')
    expect(names).not.toContain('')
    expect(read('/apis/autoscaling')).toMatchObject({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'autoscaling',
      versions: [
        { groupVersion: 'autoscaling/v2', version: 'v2' },
        { groupVersion: 'autoscaling/v1', version: 'v1' },
      ],
      preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
    })
  })

  it('tells drain that pods/eviction takes policy/v1', () => {
    expect(JSON.parse(String(small.document('/api/v1', null)?.body))).toEqual({
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [
        {
          name: 'pods',
          storageVersionHash: 'xPOwRZ+Yhw8=',
          singularName: 'pod',
          namespaced: true,
          kind: 'Pod',
          shortNames: ['po'],
          categories: ['all'],
          verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        },
        {
          name: 'pods/eviction',
          singularName: '',
          namespaced: true,
          group: 'policy',
          version: 'v1',
          kind: 'Eviction',
          verbs: ['create'],
        },
        { name: 'pods/status', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get', 'patch', 'update'] },
      ],
    })
  })

  it('lists every served kind under its version, sorted by name', () => {
    for (const { group, version, resource } of KINDS) {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
      const { resources } = read(path) as { resources: { name: string }[] }
      const names = resources.map(({ name }) => name)
      expect(names).toContain(resource)
      expect(names).toEqual(names.toSorted())
    }
  })

  it.each([
    '/apis/none',
    '/apis/apps/v9',
    '/api/v2',
    '/apis/apps/v1/deployments',
    '/api/v1/pods',
    '/apis//v1',
    '/other',
  ])('has nothing at %s', (path) => {
    expect(discovery.document(path, null)).toBeUndefined()
  })

  it.each(['/api', '/apis', '/apis/apps', '/api/v1', '/apis/apps/v1'])('speaks protobuf when asked: %s', (path) => {
    const document = discovery.document(path, `${PROTOBUF},application/json`)
    expect(document?.contentType).toBe(PROTOBUF)
    const { apiVersion, kind, raw } = readEnvelope(document?.body as Uint8Array)
    const said = read(path) as Record<string, unknown>
    expect({ kind, ...(apiVersion === '' ? {} : { apiVersion }) }).toEqual({
      kind: said['kind'],
      ...(said['apiVersion'] === undefined ? {} : { apiVersion: said['apiVersion'] }),
    })
    const { kind: _kind, apiVersion: _apiVersion, ...fields } = said
    const decoded = protobufCodec.decode(`meta.v1.${kind}`, raw)
    expect(withoutZeros(decoded)).toEqual(withoutZeros(fields))
  })

  it('says the version in JSON only, whatever shape of it is asked for', () => {
    const shaped = 'application/json;as=Table;g=meta.k8s.io;v=v1'
    expect(discovery.document('/version', shaped)?.contentType).toBe('application/json')
    expect(discovery.document('/version', null)?.body).toContain('{\n  "major": "1",\n')
    expect(() => discovery.document('/version', PROTOBUF)).toThrow(
      '406: Not Acceptable\n\nAvailable representations: application/json',
    )
  })

  // github.com/emicklei/go-restful route.go, k8s.io/apiserver pkg/endpoints/discovery/root.go
  it.each(['/api', '/api/v1', '/apis/apps/v1'])('asks at %s for a form by its name', (path) => {
    expect(() => discovery.document(path, 'application/*')).toThrow('406: Not Acceptable')
    expect(discovery.document('/apis', 'application/*')?.contentType).toBe('application/json')
  })

  it('knows nothing where nothing is, whatever form is asked for', () => {
    expect(discovery.document('/apis/nosuch', 'text/html')).toBeUndefined()
  })

  it('speaks YAML when asked, and ignores a slash at the end', () => {
    expect(discovery.document('/apis/apps/', 'application/yaml')).toMatchObject({
      contentType: 'application/yaml',
      body: expect.stringContaining('name: apps'),
    })
  })
})

describe('aggregated discovery', () => {
  it('says all of a version in one answer', () => {
    expect(JSON.parse(String(small.document('/api', V2)?.body))).toEqual({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: [
        {
          metadata: {},
          versions: [
            {
              version: 'v1',
              freshness: 'Current',
              resources: [
                {
                  resource: 'pods',
                  responseKind: { group: '', version: '', kind: 'Pod' },
                  scope: 'Namespaced',
                  singularResource: 'pod',
                  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
                  shortNames: ['po'],
                  categories: ['all'],
                  subresources: [
                    {
                      subresource: 'eviction',
                      responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
                      verbs: ['create'],
                    },
                    {
                      subresource: 'status',
                      responseKind: { group: '', version: '', kind: 'Pod' },
                      verbs: ['get', 'patch', 'update'],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('is given to kubectl, which asks for v2, v2beta1 and plain JSON, with the parameters repeated and an ETag', () => {
    const accept = `${V2},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`
    const document = discovery.document('/apis', accept)
    expect(document?.contentType).toBe(`application/json${AGGREGATED_PARAMETERS}`)
    expect(document?.etag).toMatch(/^"[0-9A-F]{16}"$/)
    expect(discovery.document('/apis', accept)?.etag).toBe(document?.etag)
    expect(createDiscovery({ kinds: KINDS.slice(1), build }).document('/apis', V2)?.etag).toBe(document?.etag)
    expect(createDiscovery({ kinds: KINDS.slice(0, -1), build }).document('/apis', V2)?.etag).not.toBe(document?.etag)
  })

  it('is given in protobuf, too, and where a later clause asks for it', () => {
    const inProtobuf = discovery.document('/apis', `application/json,${V2.replace('application/json', PROTOBUF)}`)
    expect(inProtobuf?.contentType).toBe(`${PROTOBUF}${AGGREGATED_PARAMETERS}`)
    expect(inProtobuf?.etag).toBe(discovery.document('/apis', V2)?.etag)
    const { raw, kind } = readEnvelope(inProtobuf?.body as Uint8Array)
    expect(kind).toBe('APIGroupDiscoveryList')
    const { items } = protobufCodec.decode('apidiscovery.v2.APIGroupDiscoveryList', raw) as { items: unknown }
    const said = JSON.stringify((read('/apis', V2) as { items: unknown }).items)
    // What is decoded has no empty texts.
    expect(items).toEqual(JSON.parse(said.replaceAll('"group":"","version":"",', '')))
  })

  it('is not given as v2beta1, nor below the roots', () => {
    const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
    expect(discovery.document('/apis', `${beta},application/json`)?.contentType).toBe('application/json')
    expect(() => discovery.document('/apis', beta)).toThrow('only the following media types are accepted')
    expect(discovery.document('/apis/apps', `${V2},application/json`)?.contentType).toBe('application/json')
  })
})

describe('the version', () => {
  it('is 1.36 with our own suffix as build metadata', () => {
    expect(read('/version')).toMatchObject({
      major: '1',
      minor: '36',
      gitVersion: 'v1.36.0+workernetes.0.1.0',
      gitCommit: 'abc',
    })
  })

  it.each([
    ['v2', 'v1'],
    ['v10', 'v2'],
    ['v1', 'v3beta1'],
    ['v1beta2', 'v1beta1'],
    ['v1beta1', 'v2alpha1'],
    ['v1alpha1', 'foo'],
  ])('%s comes before %s', (first, second) => {
    expect(compareVersions(first, second)).toBeLessThan(0)
    expect(compareVersions(second, first)).toBeGreaterThan(0)
  })
})

// The hashes that kubernetes 1.36 prints (api/discovery of its source).
describe('the hash of a storage version', () => {
  const kindAt = (group: string, version: string, kind: string): KindDefinition => {
    const found = KINDS.find((one) => one.group === group && one.version === version && one.kind === kind)
    if (found === undefined) throw new Error(`no kind ${kind}`)
    return found
  }
  it.each([
    ['', 'v1', 'Pod', 'xPOwRZ+Yhw8='],
    ['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'jfWCUB31mvA='],
    ['apps', 'v1', 'Deployment', '8aSe+NMegvE='],
    ['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'jfWCUB31mvA='],
    ['autoscaling', 'v1', 'HorizontalPodAutoscaler', 'qwQve8ut294='],
    ['autoscaling', 'v2', 'HorizontalPodAutoscaler', 'qwQve8ut294='],
    ['events.k8s.io', 'v1', 'Event', 'r2yiGXH7wu8='],
    ['flowcontrol.apiserver.k8s.io', 'v1', 'FlowSchema', 'GJVAJZSZBIw='],
    ['rbac.authorization.k8s.io', 'v1', 'Role', '7FuwZcIIItM='],
  ])('of %s/%s %s is that of the version in which it is stored', (group, version, kind, hash) => {
    expect(storageVersionHash(kindAt(group, version, kind))).toBe(hash)
  })

  it('is not told of what is never stored', () => {
    const { resources } = read('/apis/authorization.k8s.io/v1') as { resources: object[] }
    for (const resource of resources) expect(resource).not.toHaveProperty('storageVersionHash')
  })
})
