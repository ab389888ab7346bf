/**
 * What documents say of addresses: operations, what they take and how they answer. Upstream: k8s.io/apiserver
 * pkg/endpoints/installer.go; k8s.io/kube-openapi pkg/builder and pkg/builder3.
 */
import { describe, expect, it } from 'vitest'
import { ascending } from '../../../src/lib/order.ts'
import { KINDS } from '../../../src/apis/kinds.ts'
import type { DocumentedKind } from '../../../src/apis/custom/listed-kind.ts'
import { createOpenApi } from '../../../src/apiserver/openapi/openapi.ts'
import { build, read, readV2, type OpenApiV3 } from './reading.ts'

const PODS = '/api/v1/namespaces/{namespace}/pods'
const JSON_YAML_PROTOBUF = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']

async function core(): Promise<OpenApiV3['paths']> {
  return (await read<OpenApiV3>('/openapi/v3/api/v1')).paths
}

describe('paths', () => {
  it.each([
    [PODS, { get: 'listCoreV1NamespacedPod', post: 'createCoreV1NamespacedPod',
      delete: 'deleteCoreV1CollectionNamespacedPod' }],
    [`${PODS}/{name}`, { get: 'readCoreV1NamespacedPod', put: 'replaceCoreV1NamespacedPod',
      patch: 'patchCoreV1NamespacedPod', delete: 'deleteCoreV1NamespacedPod' }],
    [`${PODS}/{name}/ephemeralcontainers`, { get: 'readCoreV1NamespacedPodEphemeralcontainers' }],
    [`${PODS}/{name}/eviction`, { post: 'createCoreV1NamespacedPodEviction' }],
    [`${PODS}/{name}/exec`, { get: 'connectCoreV1GetNamespacedPodExec', post: 'connectCoreV1PostNamespacedPodExec' }],
    [`${PODS}/{name}/proxy`, { head: 'connectCoreV1HeadNamespacedPodProxy',
      options: 'connectCoreV1OptionsNamespacedPodProxy', put: 'connectCoreV1PutNamespacedPodProxy' }],
    [`${PODS}/{name}/proxy/{path}`, { patch: 'connectCoreV1PatchNamespacedPodProxyWithPath' }],
    ['/api/v1/pods', { get: 'listCoreV1PodForAllNamespaces' }],
    ['/api/v1/watch/pods', { get: 'watchCoreV1PodListForAllNamespaces' }],
    ['/api/v1/watch/namespaces/{namespace}/pods', { get: 'watchCoreV1NamespacedPodList' }],
    ['/api/v1/watch/namespaces/{namespace}/pods/{name}', { get: 'watchCoreV1NamespacedPod' }],
    ['/api/v1/', { get: 'getCoreV1APIResources' }],
  ])('at %s are named as upstream names them', async (path, wanted) => {
    const { [path]: item } = await core()
    for (const [method, id] of Object.entries(wanted)) expect(item).toMatchObject({ [method]: { operationId: id } })
  })

  it.each([
    ['api', '/api/', 'getCoreAPIVersions', 'core', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions'],
    ['apis', '/apis/', 'getAPIVersions', 'apis', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList'],
    ['apis/rbac.authorization.k8s.io', '/apis/rbac.authorization.k8s.io/', 'getRbacAuthorizationAPIGroup',
      'rbacAuthorization', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup'],
    ['version', '/version/', 'getCodeVersion', 'version', 'io.k8s.apimachinery.pkg.version.Info'],
  ])('of the document %s are %s and no other', async (document, path, id, tag, definition) => {
    const { paths, components } = await read<OpenApiV3>(`/openapi/v3/${document}`)
    expect(Object.keys(paths)).toEqual([path])
    expect(paths[path]?.get).toMatchObject({ operationId: id, tags: [tag] })
    const content = paths[path]?.get.responses['200']?.content?.['application/json']
    expect(content).toEqual({ schema: { $ref: `#/components/schemas/${definition}` } })
    expect(components.schemas).toHaveProperty([definition])
  })

  it('without a resource answer in text or as their media type says', async () => {
    const { paths } = await read<OpenApiV3>('/openapi/v3/openid/v1/jwks')
    const { get } = paths['/openid/v1/jwks/'] ?? {}
    expect(get?.responses['200']?.content).toEqual({ 'application/jwk-set+json': { schema: { type: 'string' } } })
  })
})

describe('operations', () => {
  it.each([
    [PODS, 'get', 'list or watch objects of kind Pod', [...JSON_YAML_PROTOBUF, ...STREAMS], ['200']],
    [PODS, 'post', 'create a Pod', JSON_YAML_PROTOBUF, ['200', '201', '202']],
    [PODS, 'delete', 'delete collection of Pod', JSON_YAML_PROTOBUF, ['200']],
    [`${PODS}/{name}`, 'get', 'read the specified Pod', JSON_YAML_PROTOBUF, ['200']],
    [`${PODS}/{name}`, 'put', 'replace the specified Pod', JSON_YAML_PROTOBUF, ['200', '201']],
    [`${PODS}/{name}`, 'patch', 'partially update the specified Pod', JSON_YAML_PROTOBUF, ['200', '201']],
    [`${PODS}/{name}`, 'delete', 'delete a Pod', JSON_YAML_PROTOBUF, ['200', '202']],
    [`${PODS}/{name}/status`, 'get', 'read status of the specified Pod', JSON_YAML_PROTOBUF, ['200']],
    [`${PODS}/{name}/log`, 'get', 'read log of the specified Pod', ['text/plain', ...JSON_YAML_PROTOBUF], ['200']],
    [`${PODS}/{name}/exec`, 'post', 'connect POST requests to exec of Pod', ['*/*'], ['200']],
    ['/api/v1/namespaces/{namespace}/endpoints', 'post', 'create Endpoints', JSON_YAML_PROTOBUF, ['200', '201', '202']],
  ] as const)('at %s: %s says what it does and how it answers', async (path, method, text, produced, codes) => {
    const operation = (await core())[path]?.[method]
    expect(operation?.['description']).toBe(text)
    expect(Object.keys(operation?.responses ?? {})).toEqual([...codes, '401'])
    const inOrder = produced.toSorted(ascending)
    for (const code of codes) expect(Object.keys(operation?.responses[code]?.content ?? {})).toEqual(inOrder)
  })

  it('answer deletions with a Status, or with what is gone', async () => {
    const paths = await core()
    const answer = (path: string): unknown =>
      paths[path]?.delete.responses['202']?.content?.['application/json']?.schema
    expect(answer(`${PODS}/{name}`)).toEqual({ $ref: '#/components/schemas/io.k8s.api.core.v1.Pod' })
    expect(answer('/api/v1/namespaces/{namespace}/configmaps/{name}')).toEqual({
      $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Status',
    })
  })

  it('take patches of every kind, and bodies that have to be there', async () => {
    const { put, patch, delete: deletion } = (await core())[`${PODS}/{name}`] ?? {}
    expect(Object.keys(patch?.requestBody?.content ?? {})).toEqual([
      'application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json',
      'application/strategic-merge-patch+json',
    ])
    expect([put, patch, deletion].map((one) => one?.requestBody?.required)).toEqual([true, true, undefined])
  })

  it('share what all of a path take, in the order of names, with its texts', async () => {
    const paths = await core()
    expect(paths[`${PODS}/{name}`]?.parameters?.map(({ name }) => name)).toEqual(['name', 'namespace', 'pretty'])
    expect(paths[`${PODS}/{name}`]?.parameters?.[0]?.description).toBe('name of the Pod')
    expect(paths[`${PODS}/{name}/exec`]?.parameters?.[2]?.description).toBe('name of the PodExecOptions')
    expect(paths['/api/v1/pods']?.parameters?.map(({ name }) => name)).toEqual([
      'allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'pretty', 'resourceVersion',
      'resourceVersionMatch', 'sendInitialEvents', 'shardSelector', 'timeoutSeconds', 'watch',
    ])
    const limit = paths[PODS]?.get.parameters?.find(({ name }) => name === 'limit')
    expect(limit).toEqual({
      name: 'limit', in: 'query', description: 'How many.', schema: { type: 'integer', uniqueItems: true },
    })
    const both = paths[`${PODS}/{name}/proxy/{path}`]?.parameters?.map(({ name, in: place }) => `${place} ${name}`)
    expect(both).toEqual(['path name', 'path namespace', 'path path', 'query path'])
  })

  it('of version 2 refer to parameters that many have, but for those that kubectl looks for', async () => {
    const { paths, parameters } = await readV2()
    const names = Object.keys(parameters)
    const pretty = names.filter((name) => name.startsWith('pretty-'))
    expect(pretty).toHaveLength(1)
    expect(pretty[0]).toMatch(/^pretty-[\w-]{8}$/)
    expect(names.some((name) => /^(name|dryRun|fieldValidation)-/.test(name))).toBe(false)
    expect(paths['/api/v1/pods']?.parameters).toContainEqual({ $ref: `#/parameters/${pretty[0] ?? ''}` })
    for (const [, name = ''] of JSON.stringify(paths).matchAll(/"#\/parameters\/([^"]+)"/g))
      expect(names).toContain(name)
  })

  it('say in which groups deletions have options', async () => {
    const { schemas } = (await read<OpenApiV3>('/openapi/v3/apis/apps/v1')).components
    const kind = 'DeleteOptions'
    const said = schemas[`io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`]?.['x-kubernetes-group-version-kind']
    expect(said).toEqual([{ group: '', version: 'v1', kind }, { group: 'apps', version: 'v1', kind }])
    const { definitions } = await readV2()
    const everywhere = definitions[`io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`]?.['x-kubernetes-group-version-kind']
    expect(everywhere).toContainEqual({ group: 'batch', version: 'v1', kind })
    expect(everywhere).toContainEqual({ group: 'extensions', version: 'v1beta1', kind })
  })
})

// k8s.io/apiextensions-apiserver pkg/controller/openapi/builder/builder.go
describe('custom resources', () => {
  const gear: DocumentedKind = {
    group: 'my-gears.example.com', version: 'v1', kind: 'Gear', resource: 'gears', scope: 'Namespaced',
    singular: 'gear', listKind: 'GearList', shortNames: [], categories: [],
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    subresources: [{ name: 'scale', verbs: ['get', 'patch', 'update'] }],
    type: 'com.example.my-gears.v1.Gear',
    definition: { name: 'gears.my-gears.example.com', revision: 1 },
  }
  const openApi = createOpenApi({
    kinds: [...KINDS, gear], build, descriptions: () => Promise.resolve({}),
    customModel: () => ({ schema: { type: 'object' }, selectableFields: ['spec.teeth'] }),
  })
  const document = () => read<OpenApiV3>('/openapi/v3/apis/my-gears.example.com/v1', openApi)
  const GEARS = '/apis/my-gears.example.com/v1/namespaces/{namespace}/gears'

  it('have paths without watches, and a document of their own', async () => {
    const { info, paths } = await document()
    expect(info).toEqual({ title: 'Kubernetes CRD Swagger', version: 'v0.1.0' })
    expect(Object.keys(paths)).toEqual([
      '/apis/my-gears.example.com/v1/gears', GEARS, `${GEARS}/{name}`, `${GEARS}/{name}/scale`,
    ])
  })

  it('say their own media types, patches, answers and kind', async () => {
    const { paths } = await document()
    const { get, patch } = paths[`${GEARS}/{name}/scale`] ?? {}
    expect(get).toMatchObject({
      operationId: 'readMyGearsExampleComV1NamespacedGearScale',
      tags: ['myGearsExampleCom_v1'],
      'x-kubernetes-group-version-kind': { group: 'my-gears.example.com', version: 'v1', kind: 'Gear' },
    })
    expect(Object.keys(patch?.requestBody?.content ?? {})).toEqual([
      'application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json',
    ])
    expect(Object.keys(patch?.responses ?? {})).toEqual(['200', '401'])
    expect(paths[GEARS]?.get['description']).toBe('list objects of kind Gear')
    expect(paths[GEARS]?.delete.requestBody).toBeUndefined()
    const created = paths[GEARS]?.post.responses['201']?.content ?? {}
    expect(Object.keys(created)).toEqual(['application/json', 'application/yaml'])
  })

  it('have options of deletions in every version that clients know', async () => {
    const { schemas } = (await document()).components
    const said = schemas['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']?.['x-kubernetes-group-version-kind']
    const versions = (said as { group: string; version: string }[]).map(({ group, version }) => `${group}/${version}`)
    expect(versions).toEqual(expect.arrayContaining(['/v1', 'apps/v1beta2', 'storagemigration.k8s.io/v1beta1']))
    expect(versions).not.toContain('apiextensions.k8s.io/v1')
    expect(versions).toHaveLength(53)
  })

  it('say of lists, too, what they can be selected by', async () => {
    const { schemas } = (await document()).components
    const list = schemas['com.example.my-gears.v1.GearList']
    expect(list?.['x-kubernetes-selectable-fields']).toEqual([{ fieldPath: 'spec.teeth' }])
    expect(list?.description).toBe('GearList is a list of Gear')
  })
})
