/** OpenAPI documents, as kubectl and other clients read them. */
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import { createOpenApi } from '../../../src/apiserver/openapi/openapi.ts'
import { ask, build, openApi, read, readV2, type OpenApiV3 } from './reading.ts'

describe('/openapi/v3', () => {
  it('lists each group and version with a hash that its kinds determine', async () => {
    const { paths } = await read<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')
    expect(paths['apis/apps/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/)
    expect(Object.keys(paths)).toContain('api/v1')
    expect(Object.keys(paths)).toContain('apis/workernetes.dev/v1')
    expect(Object.keys(paths)).toEqual(Object.keys(paths).toSorted())
    const fewer = createOpenApi({ kinds: KINDS.slice(1), build, descriptions: () => Promise.resolve({}) })
    const etags = (path: string) => [fewer, openApi].map((one) => ask(path, null, one).etag)
    const [coreOfFewer, core] = etags('/openapi/v3/api/v1')
    expect(coreOfFewer).not.toBe(core)
    const [appsOfFewer, apps] = etags('/openapi/v3/apis/apps/v1')
    expect(appsOfFewer).toBe(apps)
  })

  // k8s.io/apiserver pkg/server/routes/{openapi,version,openidmetadata}.go
  it('lists what tells of groups, of the version and of how tokens are verified', async () => {
    const { paths } = await read<{ paths: object }>('/openapi/v3')
    const others = ['api', 'apis', 'apis/apps', 'version', '.well-known/openid-configuration', 'openid/v1/jwks']
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(others))
    const without = createOpenApi({ kinds: KINDS, build, descriptions: () => Promise.resolve({}) })
    expect(without.document('/openapi/v3/openid/v1/jwks', null)).toBeUndefined()
  })

  it('names kinds where kubectl explain looks for them', async () => {
    const { paths, components } = await read<OpenApiV3>('/openapi/v3/api/v1')
    const gvk = { group: '', version: 'v1', kind: 'Pod' }
    expect(paths['/api/v1/namespaces/{namespace}/pods/{name}']?.['get']).toMatchObject({
      'x-kubernetes-action': 'get',
      'x-kubernetes-group-version-kind': gvk,
      operationId: 'readCoreV1NamespacedPod',
    })
    const pod = components.schemas['io.k8s.api.core.v1.Pod']
    expect(pod?.['x-kubernetes-group-version-kind']).toEqual([gvk])
    expect(pod?.description).toBe("A pod's text.")
    expect(pod?.properties?.['spec']).toEqual({
      description: 'What is wanted.',
      default: {},
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' }],
    })
  })

  it('says how lists merge, and what is required', async () => {
    const { schemas } = (await read<OpenApiV3>('/openapi/v3/api/v1')).components
    const spec = schemas['io.k8s.api.core.v1.PodSpec']
    expect(spec?.required).toEqual(['containers'])
    expect(spec?.properties?.['containers']).toEqual({
      type: 'array',
      items: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    expect(schemas['io.k8s.api.core.v1.Pod']?.required).toBeUndefined()
    expect(spec?.properties?.['volumes']?.['x-kubernetes-patch-strategy']).toBe('merge,retainKeys')
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector']?.['x-kubernetes-map-type']).toBe('atomic')
    expect(schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    })
  })

  // k8s.io/api core/v1, discovery/v1, flowcontrol/v1 types.go: +enum, +default, +union, and what Go always prints.
  it.each<[string, string, string, Record<string, unknown>]>([
    ['api/v1', 'core.v1.PodSpec', 'restartPolicy', { enum: ['Always', 'Never', 'OnFailure'] }],
    ['api/v1', 'core.v1.ContainerPort', 'protocol', { default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] }],
    ['api/v1', 'core.v1.ContainerPort', 'containerPort', { default: 0 }],
    ['api/v1', 'core.v1.Container', 'name', { default: '' }],
    ['api/v1', 'core.v1.AzureDiskVolumeSource', 'kind', { default: 'Shared' }],
    ['api/v1', 'core.v1.PodStatus', 'hostIP', { default: undefined }],
    ['api/v1', 'core.v1.PodSpec', 'hostNetwork', { default: undefined }],
    ['api/v1', 'core.v1.PersistentVolumeClaimSpec', 'accessModes', {
      enum: undefined,
      items: {
        type: 'string', default: '', enum: ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'],
      },
    }],
    ['api/v1', 'core.v1.ConfigMap', 'data', { additionalProperties: { type: 'string', default: '' } }],
    ['api/v1', 'core.v1.ConfigMap', 'binaryData', { additionalProperties: { type: 'string', format: 'byte' } }],
    ['api/v1', 'core.v1.ContainerRestartRuleOnExitCodes', 'values', {
      items: { type: 'integer', format: 'int32', default: 0 },
    }],
    ['api/v1', 'core.v1.ResourceRequirements', 'limits', {
      additionalProperties: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' },
    }],
    ['apis/discovery.k8s.io/v1', 'discovery.v1.EndpointSlice', 'addressType', { enum: ['FQDN', 'IPv4', 'IPv6'] }],
    ['apis/apps/v1', 'apps.v1.ControllerRevision', 'revision', { default: 0 }],
  ])('tells in %s what values %s.%s may have, and which one it has', async (document, type, field, wanted) => {
    const { schemas } = (await read<OpenApiV3>(`/openapi/v3/${document}`)).components
    const said = schemas[`io.k8s.api.${type}`]?.properties?.[field] ?? {}
    for (const [name, value] of Object.entries(wanted)) expect({ [name]: (said as Record<string, unknown>)[name] })
      .toEqual({ [name]: value })
  })

  it('lists the values of a field in its description, and says of which fields only one is set', async () => {
    const { schemas } = (await read<OpenApiV3>('/openapi/v3/api/v1')).components
    const { description } = schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['restartPolicy'] ?? {}
    expect(description).toBe('Possible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`')
    expect(schemas['io.k8s.api.core.v1.SeccompProfile']?.['x-kubernetes-unions']).toEqual([
      { discriminator: 'type', 'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' } },
    ])
  })

  it('lists dryRun and fieldValidation on every PATCH', async () => {
    for (const path of ['/openapi/v3/api/v1', '/openapi/v3/apis/apps/v1', '/openapi/v3/apis/workernetes.dev/v1']) {
      const { paths } = await read<OpenApiV3>(path)
      // A PATCH that is proxied is none of ours.
      const patches = Object.entries(paths).flatMap(([at, { patch }]) =>
        patch === undefined || at.includes('/proxy') ? [] : [patch],
      )
      expect(patches.length).toBeGreaterThan(0)
      for (const { parameters } of patches) {
        expect(parameters?.map(({ name }) => name)).toEqual(expect.arrayContaining(['dryRun', 'fieldValidation']))
      }
    }
  })

  it('has no reference to what it does not define, in any version', async () => {
    for (const { group, version } of KINDS) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`
      const text = String(await ask(`/openapi/v3/${path}`).body())
      const { schemas } = (JSON.parse(text) as OpenApiV3).components
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
        expect(schemas).toHaveProperty([name])
    }
  })

  it.each(['/openapi/v3/apis/none/v1', '/openapi/v3/logs', '/openapi/v4', '/openapi'])('has nothing at %s', (path) => {
    expect(openApi.document(path, null)).toBeUndefined()
  })
})

describe('/openapi/v2', () => {
  it('defines every served kind, with nothing missing', async () => {
    const { definitions } = await readV2()
    const kinds = Object.values(definitions).flatMap(
      (definition) =>
        (definition['x-kubernetes-group-version-kind'] ?? []) as { group: string; version: string; kind: string }[],
    )
    for (const { group, version, kind } of KINDS) expect(kinds).toContainEqual({ group, version, kind })
    for (const [, name = ''] of JSON.stringify(definitions).matchAll(/"#\/definitions\/([^"]+)"/g))
      expect(definitions).toHaveProperty([name])
    expect(definitions['io.k8s.api.autoscaling.v1.Scale']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'autoscaling', version: 'v1', kind: 'Scale' }],
    })
    expect(definitions['dev.workernetes.v1.ClusterList']).toMatchObject({ required: ['items'] })
  })

  // k8s.io/kube-openapi pkg/handler/default_pruning.go
  it('tells values, and no defaults', async () => {
    const { definitions } = await readV2()
    const protocol = definitions['io.k8s.api.core.v1.ContainerPort']?.properties?.['protocol']
    expect([protocol?.enum, protocol?.default]).toEqual([['SCTP', 'TCP', 'UDP'], undefined])
    expect(definitions['io.k8s.api.core.v1.Pod']?.properties?.['spec']).not.toHaveProperty('default')
  })

  it('gives each operation its own id', async () => {
    const { paths } = await readV2()
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item as object).flatMap((one: object) => ('operationId' in one ? [one.operationId] : [])),
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(300)
  })
})
