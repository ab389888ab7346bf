/**
 * What documents look like as texts: fields in the order of upstream's types (k8s.io/kube-openapi pkg/spec3,
 * pkg/validation/spec), escaped as Go does where Go does (pkg/handler3): tools compare and hash them.
 */
import { describe, expect, it } from 'vitest'
import type { DocumentedKind } from '../../../src/apis/custom/listed-kind.ts'
import { KINDS } from '../../../src/apis/kinds.ts'
import type { V1JSONSchemaProps } from '../../../src/apis/generated/types.ts'
import { SCALE } from '../../../src/apis/subresources.ts'
import { createOpenApi } from '../../../src/apiserver/openapi/openapi.ts'
import { ask, build, read, type OpenApiV3 } from './reading.ts'

const gear: DocumentedKind = {
  group: 'a.org', version: 'v1', kind: 'Gear', listKind: 'GearList', resource: 'gears', scope: 'Namespaced',
  type: 'org.a.v1.Gear', verbs: ['get', 'list', 'create'], subresources: [SCALE],
  definition: { name: 'gears.a.org', revision: 1 },
} as unknown as DocumentedKind

const schema: V1JSONSchemaProps = {
  properties: {
    spec: {
      properties: {
        teeth: {
          'x-kubernetes-validations': [{ rule: 'self < 9', message: 'too many' }], default: 3, minimum: 1,
          type: 'integer', description: 'How <many>.',
        },
        holder: {
          type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } },
        },
        open: {
          type: 'object', 'x-kubernetes-preserve-unknown-fields': true, required: ['a', 'b'],
          properties: { a: { type: 'string', nullable: true }, b: { type: 'string' } },
        },
        closed: {
          type: 'object', required: ['a', 'b'],
          properties: { a: { type: 'string', nullable: true }, b: { type: 'string' } },
        },
        any: { type: 'object', default: { z: 1, a: [{ y: 1, b: 2 }] }, additionalProperties: true },
      },
      type: 'object',
    },
  },
  type: 'object',
  description: 'A gear.',
}

const openApi = createOpenApi({
  kinds: [...KINDS, gear], build, descriptions: () => Promise.resolve({}),
  customModel: () => ({ schema, selectableFields: ['spec.teeth'] }),
})
const GEARS = '/openapi/v3/apis/a.org/v1'
const textOf = async (path: string): Promise<string> => String(await ask(path, null, openApi).body())

describe('documents', () => {
  it('name what a schema says in the order of its type, and extensions behind it by name', async () => {
    const text = await textOf(GEARS)
    expect(text).toContain(
      '"teeth":{"description":"How \\u003cmany\\u003e.","type":"integer","default":3,"minimum":1,' +
      '"x-kubernetes-validations":[{"rule":"self \\u003c 9","message":"too many"}]}',
    )
    expect(text).toContain('"any":{"type":"object","default":{"a":[{"b":2,"y":1}],"z":1},"additionalProperties":true}')
  })

  it('of version 2 escape nothing, have no defaults, and tell of what is selected by', async () => {
    const text = await textOf('/openapi/v2')
    expect(text).toContain('"teeth":{"description":"How <many>.","type":"integer","minimum":1,')
    expect(text).toContain('"any":{"type":"object","additionalProperties":true}')
    expect(text).toContain('"x-kubernetes-selectable-fields":[{"fieldPath":"spec.teeth"}]')
  })

  it('of version 2 require what may be null only where they do not say that it may', async () => {
    const text = await textOf('/openapi/v2')
    expect(text).toContain('"open":{"required":["a","b"],"x-kubernetes-preserve-unknown-fields":true}')
    expect(text).toContain('"closed":{"type":"object","required":["b"],"properties":{"a":{},"b":{"type":"string"}}}')
  })

  it('name kinds of operations in the order of their type in version 3, of names in version 2', async () => {
    const list = '"x-kubernetes-action":"list","x-kubernetes-group-version-kind":'
    const inOrderOfType = `${list}{"group":"a.org","version":"v1"`
    const inOrderOfNames = `${list}{"group":"a.org","kind":"Gear"`
    expect(await textOf(GEARS)).toContain(inOrderOfType)
    expect(await textOf(GEARS)).toContain('-kind":[{"group":"a.org","kind":"Gear","version":"v1"}]')
    expect(await textOf('/openapi/v2')).toContain(inOrderOfNames)
    expect(await textOf('/openapi/v3/apis/apps/v1')).toContain(`${list}{"group":"apps","version":"v1"`)
  })

  it('tell of a path first what can be done there, then what all of it takes', async () => {
    const { paths, components } = await read<OpenApiV3>('/openapi/v3/apis/apps/v1')
    const path = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'] ?? {}
    expect(Object.keys(path)).toEqual(['get', 'put', 'delete', 'patch', 'parameters'])
    const { get } = path as OpenApiV3['paths'][string]
    const types = Object.keys(get.responses['200']?.content ?? {})
    expect(types).toEqual(['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'])
    expect(Object.keys(components.schemas)).toEqual(Object.keys(components.schemas).toSorted())
  })

  // k8s.io/apiserver pkg/server/config.go, completeOpenAPI
  it('say which version is emulated', async () => {
    expect((await read<OpenApiV3>('/openapi/v3/api/v1')).info).toEqual({ title: 'Kubernetes', version: '1.36' })
  })

  it('of a custom resource that scales say of which kind a Scale is', async () => {
    const { schemas } = (await read<OpenApiV3>(GEARS, openApi)).components
    expect(schemas['io.k8s.api.autoscaling.v1.Scale']?.['x-kubernetes-group-version-kind']).toEqual([
      { group: 'autoscaling', kind: 'Scale', version: 'v1' },
    ])
  })

  it('say of an embedded resource what its kind is for', async () => {
    const { schemas } = (await read<OpenApiV3>(GEARS, openApi)).components
    const { holder } = schemas['org.a.v1.Gear']?.properties?.['spec']?.properties ?? {}
    expect(holder?.properties?.['kind']?.description).toMatch(/^kind is a string value representing the type of this/)
    expect(holder?.required).toEqual(['kind', 'apiVersion'])
  })
})
