/** Protobuf bodies: bytes as a Go client sends them, and what they mean. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INLINED, ProtobufError, decodeProtobuf } from '../../../src/apimachinery/wire/protobuf.ts'
import type { SchemaNode } from '../../../src/apimachinery/schema/schema.ts'
import { protobufMessageOf, protobufTable } from '../../../src/apis/facts/protobuf-facts.ts'
import { typeOfKind } from '../../../src/apis/kind-type.ts'
import { KINDS } from '../../../src/apis/kinds.ts'
import { schema } from '../../../src/apis/schema.ts'

type Write = (writer: BinaryWriter) => BinaryWriter

const message = (...writes: readonly Write[]): Uint8Array =>
  writes.reduce((writer, write) => write(writer), new BinaryWriter()).finish()
const text =
  (number: number, value: string): Write =>
  (writer) =>
    writer.tag(number, WireType.LengthDelimited).string(value)
const int =
  (number: number, value: number): Write =>
  (writer) =>
    writer.tag(number, WireType.Varint).int64(value)
const nested =
  (number: number, ...writes: readonly Write[]): Write =>
  (writer) =>
    writer.tag(number, WireType.LengthDelimited).bytes(message(...writes))

const envelope = (apiVersion: string, kind: string, ...writes: readonly Write[]): Uint8Array =>
  new Uint8Array([0x6b, 0x38, 0x73, 0, ...message(nested(1, text(1, apiVersion), text(2, kind)), nested(2, ...writes))])

const decode = (bytes: Uint8Array): unknown => decodeProtobuf(bytes, protobufTable, protobufMessageOf)

/** What else is sent: bodies of subresources and of requests. */
const BODIES = [
  ['authentication.v1.TokenRequest', 'AuthenticationV1TokenRequest'],
  ['autoscaling.v1.Scale', 'V1Scale'],
  ['meta.v1.DeleteOptions', 'V1DeleteOptions'],
  ['policy.v1.Eviction', 'V1Eviction'],
] as const

describe('decodeProtobuf', () => {
  it('reads metadata, maps and bytes', () => {
    const entry = (key: string, value: string): Write => nested(2, text(1, key), text(2, value))
    const bytes = envelope(
      'v1',
      'ConfigMap',
      nested(1, text(1, 'one'), nested(11, text(1, 'app'), text(2, 'web'))),
      entry('a', 'b'),
    )
    expect(decode(bytes)).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'one', labels: { app: 'web' } },
      data: { a: 'b' },
    })
    const secret = envelope('v1', 'Secret', nested(2, text(1, 'key'), text(2, 'hello')))
    expect(decode(secret)).toMatchObject({ data: { key: 'aGVsbG8=' } })
  })

  it('prints quantities, times and int-or-strings as JSON has them, and opens what Go embeds', () => {
    const volume = nested(1, text(1, 'v'), nested(2, nested(19, nested(1, text(1, 'settings')))))
    const resources = nested(8, nested(2, text(1, 'cpu'), nested(2, text(1, '500m'))))
    const probe = nested(10, nested(1, nested(2, text(1, '/'), nested(2, int(1, 1), text(3, 'http')))), int(4, 5))
    const container = nested(2, text(1, 'c'), resources, probe)
    const meta = nested(1, nested(8, int(1, 1_700_000_000)))
    expect(decode(envelope('v1', 'Pod', meta, nested(2, volume, container)))).toMatchObject({
      metadata: { creationTimestamp: '2023-11-14T22:13:20Z' },
      spec: {
        volumes: [{ name: 'v', configMap: { name: 'settings' } }],
        containers: [
          {
            resources: { requests: { cpu: '500m' } },
            livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
          },
        ],
      },
    })
  })

  it('refuses bodies without the magic, and kinds that it does not know', () => {
    expect(() => decode(new Uint8Array([1, 2, 3]))).toThrow(/does not appear to be a protobuf message/)
    expect(() => decode(envelope('v1', 'Nonsense'))).toThrow('no kind "Nonsense" is registered for version "v1"')
  })

  it('never fails in another way on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
        const bytes = new Uint8Array([
          0x6b,
          0x38,
          0x73,
          0,
          ...message(nested(1, text(1, 'v1'), text(2, 'Pod'))),
          0x12,
          random.length,
          ...random,
        ])
        try {
          decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError)
        }
      }),
    )
  })

  it('knows in JSON every field that a message of a kind can have', () => {
    const unknown = new Set<string>()
    const seen = new Set<string>()
    const walk = (name: string, node: SchemaNode): void => {
      const fields = protobufTable(name)
      if (fields === undefined || node.kind !== 'struct' || seen.has(`${name} ${node.type}`)) return
      seen.add(`${name} ${node.type}`)
      for (const field of fields.values()) {
        const type = field.type.replace(/^map<string,(.+)>$/, '$1')
        const known = node.fields.get(field.name)
        if (known !== undefined) walk(type, insideOf(known.node))
        else if (INLINED.has(field.name)) walk(type, node)
        else unknown.add(`${name}.${field.name}`)
      }
    }
    const upstream = KINDS.filter(({ group }) => group !== 'workernetes.dev')
    for (const kind of upstream) {
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
      walk(protobufMessageOf(apiVersion, kind.kind), schema.structOf(typeOfKind(kind) ?? ''))
    }
    for (const [name, type] of BODIES) walk(name, schema.structOf(type))
    expect(seen.size).toBeGreaterThan(upstream.length)
    expect([...unknown]).toEqual([])
  })
})

/** The node below lists and maps. */
function insideOf(node: SchemaNode): SchemaNode {
  if (node.kind === 'list') return insideOf(node.item)
  return node.kind === 'map' ? insideOf(node.value) : node
}
