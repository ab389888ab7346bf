/** OpenAPI documents in protobuf: the same documents, by gnostic's numbers. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { ask, openApi, read, readV2, type OpenApiV3 } from './reading.ts'

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
const PROTOBUF_3 = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf'
const GIVEN_3 = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf'

describe('/openapi/v2', () => {
  it("is protobuf for those who ask: the same document, by gnostic's numbers", async () => {
    const document = ask('/openapi/v2', `${PROTOBUF},application/json`)
    expect(document.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    const bytes = await document.body()
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes')
    const json = await readV2()
    const root = messageOf(bytes)
    expect(textOf(root, 1)).toBe('2.0')
    expect(textOf(inner(root, 2), 2)).toBe('1.36')
    const paths = entries(inner(root, 8), 2)
    expect([...paths.keys()]).toEqual(Object.keys(json.paths))
    const schemas = entries(inner(root, 9), 1)
    expect([...schemas.keys()]).toEqual(Object.keys(json.definitions))
    const containers =
      entries(inner(schemas.get('io.k8s.api.core.v1.PodSpec') ?? none(), 25), 1).get('containers') ?? none()
    expect(textOf(inner(containers, 22), 1)).toBe('array')
    expect(textOf(inner(inner(containers, 23), 1), 1)).toBe('#/definitions/io.k8s.api.core.v1.Container')
    expect(textOf(entries(containers, 31).get('x-kubernetes-patch-merge-key') ?? none(), 2)).toBe('name\n')
    const patch = inner(paths.get('/api/v1/namespaces/{namespace}/pods/{name}') ?? none(), 8)
    const gvk = entries(patch, 13).get('x-kubernetes-group-version-kind') ?? none()
    expect(textOf(gvk, 2)).toBe('group: ""\nkind: Pod\nversion: v1\n')
    const names = (patch.get(8) ?? [])
      .map((item) => messageOf(item as Uint8Array))
      .filter((item) => item.has(1))
      .flatMap((item) => {
        const nonBody = inner(item, 1).get(2)
        return nonBody === undefined ? [] : [textOf(inner(messageOf(nonBody[0] as Uint8Array), 3), 4)]
      })
    // The others are references to shared ones.
    expect(names).toEqual(['dryRun', 'fieldValidation'])
    const protocol = entries(inner(schemas.get('io.k8s.api.core.v1.ContainerPort') ?? none(), 25), 1).get('protocol')
    expect((protocol?.get(20) ?? []).map((value) => textOf(messageOf(value as Uint8Array), 2))).toEqual([
      'SCTP\n', 'TCP\n', 'UDP\n',
    ])
    const shared = entries(inner(root, 10), 1)
    expect([...shared.keys()]).toEqual(Object.keys(json.parameters))
  })
})

describe('/openapi/v3', () => {
  // github.com/google/gnostic-models openapiv3/OpenAPIv3.proto
  it('is protobuf for those who ask', async () => {
    const bytes = await ask('/openapi/v3/api/v1', PROTOBUF_3).body()
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes')
    const json = await read<OpenApiV3>('/openapi/v3/api/v1')
    const root = messageOf(bytes)
    expect(textOf(root, 1)).toBe('3.0.0')
    const paths = entries(inner(root, 4), 1)
    expect([...paths.keys()]).toEqual(Object.keys(json.paths))
    const pods = paths.get('/api/v1/namespaces/{namespace}/pods') ?? none()
    const answer = inner(entries(inner(inner(pods, 4), 8), 2).get('200') ?? none(), 1)
    const media = entries(inner(answer, 3), 1).get('application/json') ?? none()
    expect(textOf(inner(inner(media, 1), 2), 1)).toBe('#/components/schemas/io.k8s.api.core.v1.PodList')
    const schemas = entries(inner(inner(root, 5), 1), 1)
    expect([...schemas.keys()]).toEqual(Object.keys(json.components.schemas))
    const port = inner(schemas.get('io.k8s.api.core.v1.ContainerPort') ?? none(), 1)
    const protocol = inner(entries(inner(port, 31), 1).get('protocol') ?? none(), 1)
    expect([textOf(protocol, 25), textOf(inner(protocol, 33), 3)]).toEqual(['string', 'TCP'])
    expect(protocol.get(24)).toHaveLength(3)
    const pod = inner(schemas.get('io.k8s.api.core.v1.Pod') ?? none(), 1)
    // A default that is an object has no form there.
    const spec = inner(entries(inner(pod, 31), 1).get('spec') ?? none(), 1)
    expect(spec.get(33)).toEqual([new Uint8Array()])
    expect(textOf(inner(inner(spec, 26), 2), 1)).toBe('#/components/schemas/io.k8s.api.core.v1.PodSpec')
  })

  // k8s.io/kube-openapi pkg/handler3/handler.go
  it.each([
    [null, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    [PROTOBUF_3, GIVEN_3],
    [GIVEN_3, GIVEN_3],
    [`${PROTOBUF_3},application/json`, GIVEN_3],
    [`${PROTOBUF_3};q=0.5,application/json`, 'application/json'],
    [`text/html,${PROTOBUF_3}`, GIVEN_3],
  ])('is asked for by %s and given as %s, under one ETag', (accept, given) => {
    const { contentType, etag } = ask('/openapi/v3/apis/apps/v1', accept)
    expect([contentType, etag]).toEqual([given, ask('/openapi/v3/apis/apps/v1').etag])
  })

  it.each(['text/html', 'application/yaml', PROTOBUF])('is not given as %s, but for the index', (accept) => {
    expect(openApi.document('/openapi/v3/apis/apps/v1', accept)).toBe('not acceptable')
    expect(ask('/openapi/v3', accept).contentType).toBe('text/plain; charset=utf-8')
  })
})

it.each([
  ['/openapi/v2', PROTOBUF, 9],
  ['/openapi/v3/apis/apps/v1', PROTOBUF_3, 5],
])('%s has its fields in the order of their numbers', async (path, accept, definitions) => {
  const root = messageOf(await ask(path, accept).body() as Uint8Array)
  for (const message of [root, inner(root, definitions)]) {
    expect([...message.keys()]).toEqual([...message.keys()].toSorted((one, other) => one - other))
  }
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
