/** Objects of every kind go to protobuf and come back as they were; random bytes are refused, and in one way only. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloneJson } from '../../../../src/apimachinery/patch/json-value.ts'
import { decodeObject } from '../../../../src/apimachinery/schema/decode.ts'
import { readEnvelope } from '../../../../src/apimachinery/wire/protobuf/codec.ts'
import { ProtobufError } from '../../../../src/apimachinery/wire/protobuf/message-table.ts'
import { protobufCodec, protobufMessageOf } from '../../../../src/apis/facts/protobuf-facts.ts'
import { KINDS } from '../../../../src/apis/kinds.ts'
import { schema } from '../../../../src/apis/schema.ts'
import { storedObjects } from './stored-objects.ts'

/** What else is sent: bodies of subresources and of requests. */
const BODIES = [
  { group: '', version: 'v1', kind: 'DeleteOptions', type: 'V1DeleteOptions' },
  { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', type: 'AuthenticationV1TokenRequest' },
  { group: 'autoscaling', version: 'v1', kind: 'Scale', type: 'V1Scale' },
  { group: 'policy', version: 'v1', kind: 'Eviction', type: 'V1Eviction' },
]

const TRAVELLERS = [...KINDS.filter(({ group }) => group !== 'workernetes.dev'), ...BODIES]
const NAMED = TRAVELLERS.map((kind) => [`${kind.group} ${kind.version} ${kind.kind}`, kind] as const)

const RUNS = 30

/** Lists that are empty, and fields that are null, are the same to protobuf as what is not there. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, withoutNothing(inner)] as const)
  const isNothing = (inner: unknown): boolean => inner === null || (Array.isArray(inner) && inner.length === 0)
  return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)))
}

describe('an object of every kind', () => {
  it.each(NAMED)('is the same after its way through protobuf: %s', (_name, { type, ...kind }) => {
    const message = protobufMessageOf(kind)
    if (message === undefined) throw new Error('has no message')
    const meta = { apiVersion: kind.version, kind: kind.kind }
    fc.assert(
      fc.property(storedObjects(type), (stored) => {
        // Not through a text: V8 13.6 (Node.js 24) reads one escaped key as another; workerd does not.
        const { raw } = readEnvelope(protobufCodec.encode(message, meta, cloneJson(stored)))
        const { object, unknownFields } = decodeObject(schema, type, protobufCodec.decode(message, raw))
        expect(unknownFields).toEqual([])
        expect(withoutNothing(object)).toEqual(withoutNothing(stored))
      }),
      { numRuns: RUNS },
    )
  })

  it.each(NAMED)('is refused with a word when its bytes are broken: %s', (_name, { type, ...kind }) => {
    const message = protobufMessageOf(kind) ?? ''
    const meta = { apiVersion: kind.version, kind: kind.kind }
    fc.assert(
      fc.property(storedObjects(type), fc.nat(), fc.nat({ max: 255 }), fc.boolean(), (stored, where, byte, isCut) => {
        const { raw } = readEnvelope(protobufCodec.encode(message, meta, stored))
        const at = raw.length === 0 ? 0 : where % raw.length
        const broken = raw.slice(0, isCut ? at : raw.length)
        if (!isCut && raw.length > 0) broken[at] = byte
        try {
          // What can be read can be written, too.
          protobufCodec.encode(message, meta, protobufCodec.decode(message, broken))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('a definition of custom resources', () => {
  it('comes with its schema whole, alternatives and raw JSON included', () => {
    const version = {
      name: 'v1',
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            any: { 'x-kubernetes-preserve-unknown-fields': true, type: 'object' },
            list: { type: 'array', items: { type: 'string', enum: ['a', null] }, 'x-kubernetes-list-type': 'set' },
            either: { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false },
            map: { type: 'object', additionalProperties: { type: 'integer', minimum: 0.5, maximum: 1e9 } },
            open: { type: 'object', additionalProperties: true, dependencies: { a: ['b'], c: { type: 'string' } } },
            port: { 'x-kubernetes-int-or-string': true, default: 'http', $ref: '#/x', $schema: 'y' },
            rules: {
              type: 'object',
              default: { a: [1, { b: null }] },
              'x-kubernetes-validations': [{ rule: 'has(self.a)', message: 'a is missing', optionalOldSelf: true }],
            },
          },
        },
      },
      subresources: { status: {}, scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.a' } },
    }
    const spec = { group: 'g', scope: 'Namespaced', names: { plural: 'ones', kind: 'One' }, versions: [version] }
    const message = 'apiextensions.v1.CustomResourceDefinition'
    const { raw } = readEnvelope(protobufCodec.encode(message, { apiVersion: '', kind: '' }, { spec }))
    expect(protobufCodec.decode(message, raw)).toMatchObject({ spec })
  })
})

describe('random bytes', () => {
  it('are refused, or are a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...TRAVELLERS), (bytes, kind) => {
        for (const read of [
          () => protobufCodec.decode(protobufMessageOf(kind) ?? '', bytes),
          () => readEnvelope(new Uint8Array([0x6b, 0x38, 0x73, 0, ...bytes])),
        ]) {
          try {
            read()
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError)
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
