/** Managed fields within stored texts: found, taken out and read again whatever an object holds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KINDS } from '../../src/apis/kinds.ts'
import type { AnyObject, ManagedFieldsEntry } from '../../src/apimachinery/meta.ts'
import { metadataText } from '../../src/registry/managed-text.ts'
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
      expect(JSON.parse(cut)).toEqual(JSON.parse(JSON.stringify(metadata)))
    }),
  )
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
