/** Managed fields within stored texts: found, taken out and read again whatever an object holds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KINDS } from '../../src/apis/kinds.ts'
import type { AnyObject, ManagedFieldsEntry } from '../../src/apimachinery/meta.ts'
import { metadataText, parseManagedFields } from '../../src/registry/managed-text.ts'
import {
  parseObject, parseWithoutManagedFields, printObject, printUnstamped,
} from '../../src/registry/object-text.ts'

const CONFIG_MAP = KINDS.find(({ kind }) => kind === 'ConfigMap')

/** What the marks are made of, within texts where they must mean nothing. */
const text = fc.oneof(
  // Without backslashes: what V8 13.6 makes of keys that end in one is told in src/registry/managed-text.ts.
  fc.string().map((word) => word.replaceAll('\\', '/')),
  fc.constantFrom(
    '"metadata":{"managedFields":[', '"fieldsType":"FieldsV1"}]', ',"fieldsV1":', '}],"', '"', '"}]}', '__proto__'),
)
const entry = fc.record<ManagedFieldsEntry>(
  {
    manager: text,
    operation: fc.constantFrom('Apply', 'Update'),
    apiVersion: fc.constant('v1'),
    time: fc.constant('2026-01-01T00:00:00Z'),
    fieldsType: fc.constant('FieldsV1'),
    fieldsV1: fc.dictionary(
      text.map((name) => `f:${name}`),
      fc.dictionary(text.map((name) => `v:${name}`), fc.constant({})),
    ),
    subresource: text,
  },
  { requiredKeys: ['operation', 'apiVersion', 'fieldsType', 'fieldsV1'] },
)
const object = fc.record({
  metadata: fc.record(
    {
      name: text,
      labels: fc.dictionary(text.map((name) => `l${name}`), text),
      managedFields: fc.array(entry, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  ),
  data: fc.dictionary(text.map((name) => `d${name}`), text),
})

test.each([
  [
    'a struct',
    '{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}},' +
      '"subresource":"status"}',
  ],
  ['a map', '{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}},"manager":"m","operation":"Apply"}'],
])('an entry that is read has its fields where they stand in %s', (_form, printed) => {
  expect(JSON.stringify(parseManagedFields(printed))).toBe(`[${printed}]`)
})

test('what is printed is read again, with and without them', () => {
  fc.assert(
    fc.property(object, ({ metadata, data }) => {
      if (CONFIG_MAP === undefined) throw new Error('ConfigMap is gone')
      const { managedFields: _managedFields, ...described } = metadata
      const whole = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data } as AnyObject
      const printed = printObject(CONFIG_MAP, whole)
      expect(JSON.parse(printed)).toEqual(plain(whole))
      expect(plain(parseObject(printed))).toEqual(plain(whole))
      expect(plain(parseWithoutManagedFields(printed))).toEqual(plain({ ...whole, metadata: described }))
      // Entries that were read are printed as they stood.
      expect(printObject(CONFIG_MAP, parseObject(printed))).toBe(printed)
      expect(JSON.parse(printUnstamped(CONFIG_MAP, whole).text(7))).toEqual(
        plain({ ...whole, metadata: { ...metadata, resourceVersion: '7' } }))
    }),
  )
})

test('what was stored with its managed fields first is read', () => {
  const former =
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"managedFields":[{"manager":"a","operation":"Update","apiVersion":"v1",' +
    '"time":"2026-01-01T00:00:00Z","fieldsV1":{"f:data":{"f:a":{}}},"fieldsType":"FieldsV1"},{"manager":"b","operation":' +
    '"Apply","apiVersion":"v1","subresource":"status","fieldsV1":{"f:b":{}},"fieldsType":"FieldsV1"}],"name":"c",' +
    '"resourceVersion":"7"},"data":{"a":"b"}}'
  const subject = parseObject(former)
  expect(plain(subject)).toEqual(JSON.parse(former))
  expect(metadataText(former)).toBe(JSON.stringify((JSON.parse(former) as AnyObject).metadata))
  if (CONFIG_MAP === undefined) throw new Error('ConfigMap is gone')
  expect(printObject(CONFIG_MAP, subject)).toBe(
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c","resourceVersion":"7","managedFields":[{"manager":"a",' +
    '"operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:data":' +
    '{"f:a":{}}}},{"manager":"b","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:b":{}},' +
    '"subresource":"status"}]},"data":{"a":"b"}}')
})

test('what looks like managed fields elsewhere is none', () => {
  const text =
    '{"kind":"ControllerRevision","apiVersion":"apps/v1","metadata":{"name":"c","labels":{"a":"}"}},"data":{"managedFields":[{}]}}'
  expect(parseObject(text).metadata).toEqual({ name: 'c', labels: { a: '}' } })
  expect(metadataText(text)).toBe('{"name":"c","labels":{"a":"}"}}')
})

test('the metadata is cut out as it stands, with backslashes and all', () => {
  const anything = fc.record({
    metadata: fc.record(
      {
        annotations: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.json())),
        managedFields: fc.array(entry, { minLength: 1, maxLength: 3 }),
        name: fc.oneof(text, fc.constantFrom('\\', '\\"', '{\\\\"}')),
      },
      { requiredKeys: [] },
    ),
    data: fc.dictionary(text.map((name) => `d${name}`), text),
  })
  fc.assert(
    fc.property(anything, ({ metadata, data }) => {
      if (CONFIG_MAP === undefined) throw new Error('ConfigMap is gone')
      const printed = printObject(CONFIG_MAP, { kind: 'ConfigMap', apiVersion: 'v1', metadata, data } as AnyObject)
      const cut = metadataText(printed)
      expect(printed.includes(`"apiVersion":"v1","metadata":${cut}`)).toBe(true)
      expect(JSON.parse(cut)).toEqual(plain(metadata))
    }),
  )
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
