/** Decoding on a small schema of its own, and on a pod of the real one; texts are those of Go's encoding/json. */
import { describe, expect, it } from 'vitest'
import type { DecodeError } from '../../../src/apimachinery/schema/decode-error.ts'
import { decodeScalar } from '../../../src/apimachinery/schema/scalars.ts'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { createSchema } from '../../../src/apimachinery/schema/schema.ts'

const structure = {
  V1Thing: 'apiVersion kind metadata!:V1Meta spec!:V1ThingSpec status!:V1ThingStatus data:a',
  V1Meta: 'name labels:{}s creationTimestamp:t uid=types.UID',
  V1ThingSpec:
    'replicas?:i count:i big:l ratio:d paused:b enabled?:b policy=v1.Policy parts:[]V1Part byName:{}V1Part ' +
    'cpu!:q limits:{}q=v1.ResourceList at?:t exact?:m port!:x secret:y blobs:{}y rules!:[]s gone:V1Part',
  V1Part: 'name! image child?:V1Part',
  V1ThingStatus: 'replicas!:i ready:i conditions~:[]s',
}
const embedded = { V1Part: [{ goName: 'Source', allBut: ['name', 'child'] }] }
const schema = createSchema(structure, { V1ThingSpec: ['gone'] }, embedded)

const decode = (spec: unknown, rest: object = {}): ReturnType<typeof decodeObject> =>
  decodeObject(schema, 'V1Thing', { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, spec, ...rest })

const specOf = (spec: unknown): unknown => decode(spec).object['spec']

const usual = { cpu: '0', port: 0, rules: null }

it('a conversion does not say in which entry of a map an unknown field is', () => {
  const value = { spec: { byName: { a: { zoo: 1 } }, parts: [{ zoo: 1 }] } }
  const told = (convertsNumbers: boolean): readonly string[] =>
    decodeObject(schema, 'V1Thing', value, { convertsNumbers }).unknownFields
  expect([told(true), told(false)]).toEqual([
    ['spec.byName.zoo', 'spec.parts[0].zoo'], ['spec.byName.a.zoo', 'spec.parts[0].zoo'],
  ])
})

describe('decoding', () => {
  it('prints fields without omitempty with their zero values', () => {
    expect(decode({}).object).toEqual({
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name: 'x' },
      spec: usual,
      status: { replicas: 0, conditions: null },
    })
  })

  it.each<[string, object, object]>([
    ['drops empty values of optional fields', { count: 0, paused: false, policy: '', parts: [], limits: {} }, {}],
    ['keeps empty values behind pointers', { replicas: 0, enabled: false }, { replicas: 0, enabled: false }],
    ['drops nulls', { replicas: null, parts: null, at: null }, {}],
    [
      'makes quantities canonical',
      { cpu: '0.5', limits: { memory: '1024Mi', cpu: 2 } },
      { cpu: '500m', limits: { memory: '1Gi', cpu: '2' } },
    ],
    ['takes whole days for offsets, and an hour of one digit', { at: '2026-01-02T3:04:05+24:00' }, { at: '2026-01-01T03:04:05Z' }],
    ['makes times whole seconds of UTC', { at: '2026-01-02T03:04:05.678+01:00' }, { at: '2026-01-02T02:04:05Z' }],
    [
      'keeps six digits of micro times',
      { exact: '2026-01-02T03:04:05.123456Z' },
      { exact: '2026-01-02T03:04:05.123456Z' },
    ],
    ['takes a number or a text as a port', { port: 'http' }, { port: 'http' }],
    ['keeps an empty list that is always printed', { rules: [] }, { rules: [] }],
    [
      'makes zero values of nulls inside lists and maps',
      { parts: [null], byName: { a: null } },
      { parts: [{ name: '' }], byName: { a: { name: '' } } },
    ],
    ['has no bytes where an entry is null', { blobs: { a: null } }, { blobs: { a: '' } }],
    ['skips line ends in base64', { secret: 'YWJj\nZGVm' }, { secret: 'YWJjZGVm' }],
    ['forgives bits of base64 that mean nothing', { secret: 'YR==' }, { secret: 'YQ==' }],
    ['forgives them behind two bytes', { secret: 'YWJjZGV=' }, { secret: 'YWJjZGU=' }],
    ['takes a list of numbers for bytes', { secret: [97, 255, null] }, { secret: 'Yf8A' }],
  ])('%s', (_what, given, want) => {
    expect(specOf(given)).toEqual({ ...usual, ...want })
  })

  it('prunes unknown fields and tells their paths in the order of the document', () => {
    const { object, unknownFields } = decode(
      {
        nope: 1,
        parts: [{ name: 'a' }, { name: 'b', foo: 1, child: { name: 'c', bar: null } }],
        byName: { k: { name: 'd', baz: 1 } },
      },
      { extra: true },
    )
    expect(unknownFields).toEqual([
      'spec.nope',
      'spec.parts[1].foo',
      'spec.parts[1].child.bar',
      'spec.byName.k.baz',
      'extra',
    ])
    expect(object['spec']).toEqual({
      ...usual,
      parts: [{ name: 'a' }, { name: 'b', child: { name: 'c' } }],
      byName: { k: { name: 'd' } },
    })
    expect(object).not.toHaveProperty('extra')
  })

  it('drops fields of features that are off without calling them unknown', () => {
    const switchedOff = createSchema(
      { V1Thing: 'metadata!:V1Meta spec?:V1Part', V1Meta: 'name', V1Part: 'name image' },
      { V1Part: ['image'] },
    )
    const { object, unknownFields } = decodeObject(switchedOff, 'V1Thing', {
      metadata: {},
      spec: { name: 'a', image: 'b' },
    })
    expect([object['spec'], unknownFields]).toEqual([{ name: 'a' }, []])
  })

  it('does not confuse names that differ in case', () => {
    expect(decode({ Replicas: 3 }).unknownFields).toEqual(['spec.Replicas'])
  })

  it('keeps raw JSON as it is', () => {
    expect(decode({}, { data: { any: [1, null, { thing: '' }] } }).object['data']).toEqual({
      any: [1, null, { thing: '' }],
    })
  })

  it('takes __proto__ as the name of an entry', () => {
    const { object } = decodeObject(
      schema,
      'V1Thing',
      JSON.parse('{"metadata":{"labels":{"__proto__":"x"}},"__proto__":{"a":1}}'),
    )
    expect(Object.keys(object.metadata.labels ?? {})).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  })

  it('tells the first value of a wrong type, unless a text that its own parser refuses ends decoding', () => {
    const WRONG = 'json: cannot unmarshal string into Go struct field ThingSpec.spec.replicas of type int32'
    const TIME = 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'
    const BYTES = 'illegal base64 data at input byte 1'
    const told: [object, string][] = [
      [{ replicas: '3', paused: 1 }, WRONG],
      [{ replicas: '3', at: 'x' }, TIME],
      [{ replicas: '3', parts: {}, limits: { cpu: 'lots' }, at: 'x' }, 'quantities must match'],
      [{ replicas: '3', secret: 'a b' }, WRONG],
      [{ secret: 'a b', replicas: '3' }, BYTES],
    ]
    for (const [spec, want] of told) expect(() => decode(spec), JSON.stringify(spec)).toThrow(want)
  })

  it.each<[unknown, string]>([
    [{ replicas: '3' }, 'json: cannot unmarshal string into Go struct field ThingSpec.spec.replicas of type int32'],
    [{ replicas: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field ThingSpec.spec.replicas of type int32'],
    [
      { replicas: 4294967296 },
      'json: cannot unmarshal number 4294967296 into Go struct field ThingSpec.spec.replicas of type int32',
    ],
    [{ paused: 'yes' }, 'json: cannot unmarshal string into Go struct field ThingSpec.spec.paused of type bool'],
    [{ policy: 1 }, 'json: cannot unmarshal number into Go struct field ThingSpec.spec.policy of type v1.Policy'],
    [{ parts: {} }, 'json: cannot unmarshal object into Go struct field ThingSpec.spec.parts of type []v1.Part'],
    [{ parts: ['a'] }, 'json: cannot unmarshal string into Go struct field ThingSpec.spec.parts of type v1.Part'],
    [
      { parts: [{ child: { image: true } }] },
      'json: cannot unmarshal bool into Go struct field Part.spec.parts.child.Source.image of type string',
    ],
    [{ limits: [] }, 'json: cannot unmarshal array into Go struct field ThingSpec.spec.limits of type v1.ResourceList'],
    [{ port: true }, 'json: cannot unmarshal bool into Go struct field ThingSpec.spec.port of type int32'],
    [{ at: 5 }, 'json: cannot unmarshal number into Go struct field ThingSpec.spec.at of type string'],
    [{ at: 'é"' }, String.raw`parsing time "\xc3\xa9\"" as "2006-01-02T15:04:05Z07:00": cannot parse "\xc3\xa9\"" as "2006"`],
    [{ at: '2026-02-03T00:00:00Z\n\u007f' }, String.raw`parsing time "2026-02-03T00:00:00Z\x0a${'\u007f'}": extra text: "\x0a${'\u007f'}"`],
    [{ at: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ at: '2026-13-30' }, 'parsing time "2026-13-30": month out of range'],
    [{ at: '2026-02-03T00:00:00+25:00' }, 'parsing time "2026-02-03T00:00:00+25:00": time zone offset hour out of range'],
    [{ at: '2026-02-30T00:00:00Z' }, 'parsing time "2026-02-30T00:00:00Z": day out of range'],
    [
      { exact: '2026-02-03T00:00:00Z' },
      'parsing time "2026-02-03T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
    [{ cpu: 'lots' }, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    [{ secret: 'a b' }, 'illegal base64 data at input byte 1'],
    [{ secret: 'YQ==x' }, 'illegal base64 data at input byte 4'],
    [{ secret: 'YQ=x' }, 'illegal base64 data at input byte 2'],
    [{ secret: 'YQ=' }, 'illegal base64 data at input byte 3'],
    [{ secret: 'YWJjZ' }, 'illegal base64 data at input byte 4'],
    [{ secret: 'Y===' }, 'illegal base64 data at input byte 1'],
    [{ secret: [256] }, 'json: cannot unmarshal number 256 into Go struct field ThingSpec.spec.secret of type uint8'],
    [{ gone: 1 }, 'json: cannot unmarshal number into Go struct field ThingSpec.spec.gone of type v1.Part'],
    [
      { parts: [{ image: 1 }] },
      'json: cannot unmarshal number into Go struct field Part.spec.parts.Source.image of type string',
    ],
    ['text', 'json: cannot unmarshal string into Go struct field Thing.spec of type v1.ThingSpec'],
  ])('refuses %j', (spec, message) => {
    expect(() => decode(spec)).toThrow(message)
  })

  it.each<[string, unknown, string]>([
    ['first one', { replicas: '3', paused: 1 }, 'string into Go struct field ThingSpec.spec.replicas of type int32'],
    ['first one, in the order of the document', { parts: [{ child: 1 }], at: null, byName: { b: 1, a: [] } },
      'number into Go struct field Part.spec.parts.child of type v1.Part'],
    ['first entry of a map as it is written', { byName: { b: 1, a: [] } },
      'number into Go struct field ThingSpec.spec.byName of type v1.Part'],
    ['one that a type found which reads itself', { replicas: '3', at: 5 },
      'number into Go struct field ThingSpec.spec.at of type string'],
    ['first one of those', { secret: '!', port: 1.5, cpu: 'x', at: 'x' },
      'number 1.5 into Go struct field ThingSpec.spec.port of type int32'],
  ])('of several mistakes tells the %s: %j', (_, spec, message) => {
    expect(() => decode(spec)).toThrow(`json: cannot unmarshal ${message}`)
  })

  it.each<[unknown, string]>([
    [{ limits: 1 }, 'cannot restore map from int64'],
    [{ parts: 'x' }, 'cannot restore slice from string'],
    [{ parts: [1.5] }, 'cannot restore struct from: float64'],
    [{ policy: [] }, 'unrecognized type: string'],
    [{ policy: 1 }, 'cannot convert int64 to v1.Policy'],
    [{ policy: 1.5 }, 'unrecognized type: string'],
    [{ at: 1 }, 'json: cannot unmarshal number into Go value of type string'],
    [{ secret: '!' }, 'error decoding from json: illegal base64 data at input byte 0'],
  ])('says of %j what a converter from maps says', (spec, message) => {
    let told = ''
    try {
      decodeObject(schema, 'V1Thing', { spec }, { convertsNumbers: true })
    } catch (error) {
      told = (error as DecodeError).inConversion()
    }
    expect(told).toBe(message)
  })
})

it('looks at the blanks within a quantity once', () => {
  const quantity = { kind: 'scalar', shape: 'quantity', goType: '' } as const
  const startMs = performance.now()
  expect(() => decodeScalar(quantity, `1${' '.repeat(200_000)}x`, false)).toThrow(/^quantities must match/)
  expect(performance.now() - startMs).toBeLessThan(10_000)
  expect(decodeScalar(quantity, '\u00a0\u2003 1Gi\u3000', false)).toBe('1Gi')
})
