/** OpenAPI documents, as kubectl and other clients read them. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../src/apis/kinds.ts'
import { createOpenApi } from '../../src/apiserver/openapi/openapi.ts'
import type { OpenApiV2, PathItemV2 } from '../../src/apiserver/openapi/documents.ts'
import type { SchemaObject } from '../../src/apiserver/openapi/definitions/schemas.ts'

const build = { version: '0.1.0', commit: 'abc', date: '2026-11-24T00:00:00Z' }
const descriptions = { V1Pod: { '': "A pod\\'s text.", spec: 'What is wanted.' } }
const openApi = createOpenApi({ kinds: KINDS, build, descriptions: () => Promise.resolve(descriptions) })
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

interface OpenApiV3 {
  paths: Record<string, Record<string, { parameters?: { name: string }[] } & Record<string, unknown>>>
  components: { schemas: Record<string, SchemaObject> }
}

async function read<T>(path: string): Promise<T> {
  return JSON.parse(String(await openApi.document(path, 'application/json')?.body())) as T
}

const readV2 = () => read<OpenApiV2>('/openapi/v2')

describe('/openapi/v3', () => {
  it('lists each group and version with a hash that its kinds determine', async () => {
    const { paths } = await read<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')
    expect(paths['apis/apps/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/)
    expect(Object.keys(paths)).toContain('api/v1')
    expect(Object.keys(paths)).toContain('apis/workernetes.dev/v1')
    const fewer = createOpenApi({ kinds: KINDS.slice(1), build, descriptions: () => Promise.resolve({}) })
    expect(fewer.document('/openapi/v3/api/v1', null)?.etag).not.toBe(
      openApi.document('/openapi/v3/api/v1', null)?.etag,
    )
    expect(fewer.document('/openapi/v3/apis/apps/v1', null)?.etag).toBe(
      openApi.document('/openapi/v3/apis/apps/v1', null)?.etag,
    )
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
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
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
      items: { type: 'string', enum: ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] },
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
        patch === undefined || at.endsWith('/proxy') ? [] : [patch],
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
      const text = String(await openApi.document(`/openapi/v3/${path}`, null)?.body())
      const { schemas } = (JSON.parse(text) as OpenApiV3).components
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
        expect(schemas).toHaveProperty([name])
    }
  })

  it.each(['/openapi/v3/apis/none/v1', '/openapi/v3/api', '/openapi/v4', '/openapi'])('has nothing at %s', (path) => {
    expect(openApi.document(path, null)).toBeUndefined()
  })

  it('is JSON only', () => {
    expect(() => openApi.document('/openapi/v3', 'text/html')).toThrow('only the following media types are accepted')
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
      Object.values(item).flatMap((operation) => ('operationId' in operation ? [operation.operationId] : [])),
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(300)
  })

  it("is protobuf for those who ask: the same document, by gnostic's numbers", async () => {
    const document = openApi.document('/openapi/v2', `${PROTOBUF},application/json`)
    expect(document?.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    const bytes = await document?.body()
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes')
    const json = await readV2()
    const root = messageOf(bytes)
    expect(textOf(root, 1)).toBe('2.0')
    expect(textOf(inner(root, 2), 2)).toBe('v1.36.0+workernetes.0.1.0')
    const paths = entries(inner(root, 8), 2)
    expect([...paths.keys()]).toEqual(Object.keys(json.paths))
    const schemas = entries(inner(root, 9), 1)
    expect([...schemas.keys()]).toEqual(Object.keys(json.definitions))
    const containers =
      entries(inner(schemas.get('io.k8s.api.core.v1.PodSpec') ?? none(), 25), 1).get('containers') ?? none()
    expect(textOf(inner(containers, 22), 1)).toBe('array')
    expect(textOf(inner(inner(containers, 23), 1), 1)).toBe('#/definitions/io.k8s.api.core.v1.Container')
    expect(textOf(entries(containers, 31).get('x-kubernetes-patch-merge-key') ?? none(), 2)).toBe('"name"\n')
    const patch = inner(paths.get('/api/v1/namespaces/{namespace}/pods/{name}') ?? none(), 8)
    const gvk = entries(patch, 13).get('x-kubernetes-group-version-kind') ?? none()
    expect(JSON.parse(textOf(gvk, 2))).toEqual({ group: '', version: 'v1', kind: 'Pod' })
    const names = (patch.get(8) ?? [])
      .map((item) => messageOf(item as Uint8Array))
      .flatMap((item) => {
        const nonBody = inner(item, 1).get(2)
        return nonBody === undefined ? [] : [textOf(inner(messageOf(nonBody[0] as Uint8Array), 3), 4)]
      })
    const expected: PathItemV2['patch'] = json.paths['/api/v1/namespaces/{namespace}/pods/{name}']?.patch
    expect(names).toEqual(expected?.parameters?.filter((parameter) => parameter.in === 'query').map(({ name }) => name))
    expect(names).toContain('dryRun')
  })
})

type Message = Map<number, (Uint8Array | number)[]>

/** Any message, by field number. */
function messageOf(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes)
  const message: Message = new Map()
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    const value = wireType === WireType.LengthDelimited ? reader.bytes() : reader.int32()
    message.set(field, [...(message.get(field) ?? []), value])
  }
  return message
}

function none(): Message {
  throw new Error('the message is not there')
}

function inner(message: Message, field: number): Message {
  const [bytes] = message.get(field) ?? []
  return bytes instanceof Uint8Array ? messageOf(bytes) : none()
}

function textOf(message: Message, field: number): string {
  const [bytes] = message.get(field) ?? []
  return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : ''
}

function entries(message: Message, field: number): Map<string, Message> {
  return new Map(
    (message.get(field) ?? []).map((bytes) => {
      const entry = messageOf(bytes as Uint8Array)
      return [textOf(entry, 1), inner(entry, 2)]
    }),
  )
}
