/** Protobuf as Go clients send and take it, written here by another library than ours. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { quote } from '../../../../src/apimachinery/field-path.ts'
import type { SchemaNode } from '../../../../src/apimachinery/schema/schema.ts'
import { readEnvelope } from '../../../../src/apimachinery/wire/protobuf/codec.ts'
import { ProtobufError, mapValueType } from '../../../../src/apimachinery/wire/protobuf/message-table.ts'
import { protobufCodec, protobufMessageOf, protobufTable } from '../../../../src/apis/facts/protobuf-facts.ts'
import { KINDS } from '../../../../src/apis/kinds.ts'
import { schema } from '../../../../src/apis/schema.ts'

type Write = (writer: BinaryWriter) => BinaryWriter

const message = (...writes: readonly Write[]): Uint8Array =>
  writes.reduce((writer, write) => write(writer), new BinaryWriter()).finish()
const text =
  (number: number, value: string): Write =>
  (writer) =>
    writer.tag(number, WireType.LengthDelimited).string(value)
const int =
  (number: number, value: number | bigint): Write =>
  (writer) =>
    writer.tag(number, WireType.Varint).int64(value)
const nested =
  (number: number, ...writes: readonly Write[]): Write =>
  (writer) =>
    writer.tag(number, WireType.LengthDelimited).bytes(message(...writes))
const raw =
  (...bytes: number[]): Write =>
  (writer) =>
    writer.raw(new Uint8Array(bytes))

const MAGIC = [0x6b, 0x38, 0x73, 0]

const envelope = (apiVersion: string, kind: string, ...writes: readonly Write[]): Uint8Array =>
  new Uint8Array([
    ...MAGIC,
    ...message(nested(1, text(1, apiVersion), text(2, kind)), nested(2, ...writes), text(3, ''), text(4, '')),
  ])

/** The fields of ObjectMeta that are no pointers, of an object that has a name only. */
const metadata = (name: string, ...more: readonly Write[]): Write =>
  nested(
    1,
    ...[text(1, name), text(2, ''), text(3, ''), text(4, ''), text(5, ''), text(6, ''), int(7, 0), nested(8)],
    ...more,
  )

describe('encoding', () => {
  it('writes what is no pointer always, maps by key, and nothing else', () => {
    const labels = { b: '2', a: '1' }
    const object = { metadata: { name: 'one', labels }, data: { z: 'last', '': 'empty', é: 'two' } }
    const entry = (number: number, key: string, value: string): Write => nested(number, text(1, key), text(2, value))
    expect(protobufCodec.encode('core.v1.ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, object)).toEqual(
      envelope(
        'v1',
        'ConfigMap',
        metadata('one', entry(11, 'a', '1'), entry(11, 'b', '2')),
        ...[entry(2, '', 'empty'), entry(2, 'z', 'last'), entry(2, 'é', 'two')],
      ),
    )
  })

  it('writes negative numbers in ten bytes, times to the second and Go’s zero time as nothing', () => {
    const toleration = { tolerationSeconds: -1 }
    const { raw: written } = readEnvelope(
      protobufCodec.encode('core.v1.Toleration', { apiVersion: '', kind: '' }, toleration),
    )
    expect(written).toEqual(message(text(1, ''), text(2, ''), text(3, ''), text(4, ''), int(5, -1)))
    const times = (creationTimestamp: string | null): Uint8Array =>
      readEnvelope(
        protobufCodec.encode('meta.v1.ObjectMeta', { apiVersion: '', kind: '' }, { creationTimestamp }),
      ).raw.slice(-14)
    expect(times('2023-11-14T22:13:20Z').slice(-8)).toEqual(message(int(1, 1_700_000_000), int(2, 0)))
    expect([...times(null).slice(-2)]).toEqual([0x42, 0])
    expect([...times('0001-01-01T00:00:00Z').slice(-2)]).toEqual([0x42, 0])
  })

  it('orders keys by their bytes, not as JavaScript does', () => {
    const data = { '\uFF5E': '1', '\u{10000}': '2', a: '3' }
    const bytes = protobufCodec.encode('core.v1.ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, { data })
    const printed = new TextDecoder().decode(bytes)
    expect(['a', '\uFF5E', '\u{10000}'].map((key) => printed.lastIndexOf(key))).toEqual(
      ['a', '\uFF5E', '\u{10000}'].map((key) => printed.lastIndexOf(key)).toSorted((one, other) => one - other),
    )
  })

  it('writes events in frames: a length, the event, and in it the object in its envelope', () => {
    const object = { metadata: { name: 'one' } }
    const type = { apiVersion: 'v1', kind: 'ConfigMap' }
    const inside = protobufCodec.encode('core.v1.ConfigMap', type, object)
    const extension: Write = (writer) => writer.tag(1, WireType.LengthDelimited).bytes(inside)
    const event = message(text(1, 'ADDED'), nested(2, extension))
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, event.length)
    expect(protobufCodec.encodeEvent('ADDED', 'core.v1.ConfigMap', type, object)).toEqual(
      new Uint8Array([...length, ...event]),
    )
  })

  it('writes lists whose parts are those of one message', () => {
    const listMeta = nested(1, text(1, ''), text(2, '7'), text(3, 'go on'), int(4, 2))
    const item = nested(2, metadata('one'))
    const items = protobufCodec.encodeItems('core.v1.ConfigMap', ['one'], (name) => ({ metadata: { name } }))
    const head = protobufCodec.openList(
      { apiVersion: 'v1', kind: 'ConfigMapList' },
      { resourceVersion: '7', continue: 'go on', remainingItemCount: 2 },
      items.length,
    )
    expect(new Uint8Array([...head, ...items, ...protobufCodec.closeList])).toEqual(
      envelope('v1', 'ConfigMapList', listMeta, item),
    )
  })

  it('begins anew after something that cannot be written', () => {
    const type = { apiVersion: 'v1', kind: 'Secret' }
    expect(() => protobufCodec.encode('core.v1.Secret', type, { data: { key: '*' } })).toThrow()
    const { raw: written } = readEnvelope(protobufCodec.encode('core.v1.Secret', type, { metadata: { name: 'one' } }))
    expect(written).toEqual(message(metadata('one'), text(3, '')))
  })
})

const MINUS_FIVE = message(int(1, -5)).slice(1)

describe('decoding', () => {
  const decode = (name: string, ...writes: readonly Write[]): unknown => protobufCodec.decode(name, message(...writes))

  it('leaves out what is zero and no pointer, and keeps what is', () => {
    expect(decode('core.v1.Toleration', text(1, ''), text(2, 'Exists'), int(5, 0))).toEqual({
      operator: 'Exists',
      tolerationSeconds: 0,
    })
  })

  it('opens what Go embeds, and prints quantities, times and int-or-strings as JSON has them', () => {
    const volume = nested(1, text(1, 'v'), nested(2, nested(19, nested(1, text(1, 'settings')))))
    const resources = nested(8, nested(2, text(1, 'cpu'), nested(2, text(1, '500m'))))
    const probe = nested(10, nested(1, nested(2, text(1, '/'), nested(2, int(1, 1), text(3, 'http')))), int(4, 5))
    const container = nested(2, text(1, 'c'), resources, probe)
    const meta = nested(1, nested(8, int(1, 1_700_000_000)))
    expect(decode('core.v1.Pod', meta, nested(2, volume, container))).toEqual({
      metadata: { creationTimestamp: '2023-11-14T22:13:20Z' },
      spec: {
        volumes: [{ name: 'v', configMap: { name: 'settings' } }],
        containers: [
          {
            name: 'c',
            resources: { requests: { cpu: '500m' } },
            livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
          },
        ],
      },
    })
    const micro = nested(3, int(1, 1_700_000_000), int(2, 123_456_789))
    expect(decode('coordination.v1.Lease', nested(2, micro))).toEqual({
      spec: { acquireTime: '2023-11-14T22:13:20.123456Z' },
    })
  })

  it('reads the alternatives of a CRD’s schema', () => {
    const schemaOf = (...writes: readonly Write[]): unknown => decode('apiextensions.v1.JSONSchemaProps', ...writes)
    const inner = nested(1, text(5, 'string'))
    expect(schemaOf(nested(24, inner), nested(30, int(1, 1)))).toEqual({
      items: { type: 'string' },
      additionalProperties: true,
    })
    expect(schemaOf(nested(24, nested(2), nested(2)), nested(30, nested(2)))).toEqual({
      items: [{}, {}],
      additionalProperties: {},
    })
    expect(schemaOf(nested(33), nested(8, text(1, '{"a":[1]}')), nested(20), nested(20, text(1, '"x"')))).toEqual({
      additionalItems: false,
      default: { a: [1] },
      enum: [null, 'x'],
    })
    expect(schemaOf(nested(32, text(1, 'a'), nested(2, text(2, 'b'))))).toEqual({ dependencies: { a: ['b'] } })
  })

  it('adds the parts of a message that comes in several, takes packed numbers, and the last of a field', () => {
    expect(decode('core.v1.Pod', nested(2, text(10, 'one')), nested(2, text(10, 'two'), text(16, 'h')))).toEqual({
      spec: { nodeName: 'two', hostname: 'h' },
    })
    const groups = nested(4, raw(1, 2, 0x80, 1))
    expect(decode('core.v1.PodSecurityContext', groups, int(4, 7))).toEqual({ supplementalGroups: [1, 2, 128, 7] })
    expect(decode('core.v1.Toleration', text(1, 'a'), text(1, ''))).toEqual({ key: '' })
  })

  it('passes over what it does not know, groups too', () => {
    const unknown = [text(900, 'x'), int(901, 5), raw(0x83, 0x4b, 0x08, 1, 0x84, 0x4b)]
    expect(decode('core.v1.Toleration', ...unknown, text(1, 'a'))).toEqual({ key: 'a' })
  })

  it('makes an entry of a key that is __proto__', () => {
    const data = decode('core.v1.ConfigMap', nested(2, text(1, '__proto__'), text(2, 'x'))) as { data: object }
    expect(Object.entries(data.data)).toEqual([['__proto__', 'x']])
    expect(JSON.stringify(data)).toBe('{"data":{"__proto__":"x"}}')
  })

  it.each([
    ['proto: wrong wireType = 2 for field TolerationSeconds', 'core.v1.Toleration', [text(5, 'x')]],
    ['proto: wrong wireType = 0 for field ObjectMeta', 'core.v1.Pod', [int(1, 1)]],
    ['proto: wrong wireType = 0 for field UID', 'meta.v1.ObjectMeta', [int(5, 1)]],
    ['proto: wrong wireType = 0 for field ProbeHandler', 'core.v1.Probe', [int(1, 1)]],
    ['proto: wrong wireType = 0 for field String_', 'Quantity', [int(1, 1)]],
    ['proto: Toleration: wiretype end group for non-group', 'core.v1.Toleration', [raw(0x0c)]],
    ['proto: Timestamp: illegal tag 0 (wire type 2)', 'meta.v1.Time', [raw(0x02)]],
    ['proto: Toleration: illegal tag 0 (wire type 2)', 'core.v1.Toleration', [raw(0x02)]],
    ['proto: illegal wireType 7', 'core.v1.Toleration', [raw(0x87, 0x4b)]],
    ['proto: integer overflow', 'core.v1.Toleration', [raw(0x28, ...Array.from({ length: 11 }, () => 0xff))]],
    ['proto: negative length found during unmarshaling', 'core.v1.Toleration', [raw(0x0a), raw(...MINUS_FIVE)]],
    ['unexpected EOF', 'core.v1.Toleration', [raw(0x0a, 5, 97)]],
    ['unexpected EOF', 'core.v1.Toleration', [raw(0x28, 0x80)]],
    ['invalid character \'x\' looking for beginning of value', 'apps.v1.ControllerRevision', [nested(2, text(1, 'x'))]],
    ['impossible IntOrString.Type', 'core.v1.ServicePort', [nested(4, int(1, 2))]],
    ['a time is outside of the years 1 to 9999', 'meta.v1.ObjectMeta', [nested(8, int(1, 1e15))]],
    ['nanoseconds of a time are outside of their second', 'coordination.v1.LeaseSpec', [nested(3, int(2, -2e6))]],
  ] as const)('refuses: %s', (why, name, writes) => {
    expect(() => decode(name, ...writes)).toThrow(new ProtobufError(why))
  })

  it('refuses a message in messages without end', () => {
    let writes: Write = text(4, 'deep')
    for (let depth = 0; depth < 600; depth++) {
      const inner = writes
      writes = nested(28, inner)
    }
    expect(() => decode('apiextensions.v1.JSONSchemaProps', writes)).toThrow('proto: messages are nested too deeply')
  })
})

describe('an entry of a map', () => {
  const bytesOf = (...bytes: number[]): Uint8Array => new Uint8Array(bytes)

  it('is read by the numbers of its fields, and a text in it may reach beyond it', () => {
    // `b: "c"`, of which the key says that it is a varint.
    expect(protobufCodec.decode('core.v1.ConfigMap', bytesOf(0x12, 6, 0x08, 1, 0x62, 0x12, 1, 0x63)))
      .toEqual({ data: { b: 'c' } })
    // An entry of five bytes, whose key has as many, and a field behind it that is read in part by it.
    expect(protobufCodec.decode('core.v1.ConfigMap', bytesOf(0x12, 3, 0x0a, 3, 0x61, 0x20, 1)))
      .toEqual({ data: { 'a \u0001': '' }, immutable: true })
  })

  it.each([
    ['unexpected EOF', [0x12, 3, 0x0a, 9, 0x61]],
    ['unexpected EOF', [0x12, 3, 0x1a, 3, 0x61, 0x20, 1]],
    ['proto: unexpected end of group', [0x12, 2, 0x1c, 0x1c]],
  ])('is refused: %s %j', (why, bytes) => {
    expect(() => protobufCodec.decode('core.v1.ConfigMap', bytesOf(...bytes))).toThrow(new ProtobufError(why))
  })
})

describe('the envelope', () => {
  it('says a kind whose bytes are no text so that they can be told', () => {
    const typeMeta = [0x0a, 9, 0x0a, 2, 0x76, 0x31, 0x12, 3, 0x50, 0x8b, 0x64]
    const { apiVersion, kind } = readEnvelope(new Uint8Array([...MAGIC, ...typeMeta]))
    expect([apiVersion, quote(kind), kind.toWellFormed()]).toEqual(['v1', '"P\\x8bd"', 'P\ufffdd'])
  })

  it.each([
    ['empty data', []],
    ['provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]', [1, 2, 3]],
    ['empty body', MAGIC],
    ['unexpected EOF', [...MAGIC, 0x12, 9]],
    ['proto: Unknown: illegal tag 0 (wire type 0)', [...MAGIC, 0, 0]],
    ['proto: Unknown: wiretype end group for non-group', [...MAGIC, 0x0c]],
    ['proto: wrong wireType = 0 for field Raw', [...MAGIC, 0x10, 1]],
    ['proto: TypeMeta: illegal tag 0 (wire type 7)', [...MAGIC, 0x0a, 1, 7]],
    ['proto: wrong wireType = 5 for field APIVersion', [...MAGIC, 0x0a, 1, 0x0d]],
  ])('is refused: %s', (why, bytes) => {
    expect(() => readEnvelope(new Uint8Array(bytes))).toThrow(new ProtobufError(why))
  })
})

describe('the facts', () => {
  it('know in JSON every field that a message of a kind can have', () => {
    const unknown = new Set<string>()
    const seen = new Set<string>()
    const walk = (name: string, node: SchemaNode): void => {
      const fields = protobufTable(name)
      if (fields === undefined || node.kind !== 'struct' || seen.has(`${name} ${node.type}`)) return
      seen.add(`${name} ${node.type}`)
      for (const field of fields) {
        const type = mapValueType(field.type) ?? field.type
        const known = node.fields.get(field.name)
        if (known !== undefined) walk(type, insideOf(known.node))
        else if (field.isInlined) walk(type, node)
        else unknown.add(`${name}.${field.name}`)
      }
    }
    const upstream = KINDS.filter(({ group }) => group !== 'workernetes.dev')
    for (const kind of upstream) walk(protobufMessageOf(kind) ?? '', schema.structOf(kind.type))
    expect(seen.size).toBeGreaterThan(upstream.length)
    expect([...unknown]).toEqual([])
  })

  it('have no message for kinds of other groups, however these are called', () => {
    const groups = ['workernetes.dev', 'apps.example.com', 'apps.k8s.io', 'core.k8s.io', 'meta.k8s.io', 'core', 'meta']
    for (const group of groups) {
      for (const kind of ['Deployment', 'Pod', 'ObjectMeta', 'Cluster', 'ReplicaSet']) {
        expect(protobufMessageOf({ group, version: 'v1', kind })).toBe(undefined)
      }
    }
    expect(protobufMessageOf({ group: 'example.com', version: 'v1', kind: 'Status' })).toBe(undefined)
  })
})

/** The node below lists and maps. */
function insideOf(node: SchemaNode): SchemaNode {
  if (node.kind === 'list') return insideOf(node.item)
  return node.kind === 'map' ? insideOf(node.value) : node
}
