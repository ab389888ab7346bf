/** ObjectMeta: given → upstream's field errors (k8s.io/apimachinery pkg/api/validation/objectmeta_test.go). */
import { describe, expect, it } from 'vitest'
import type { OwnMetadataChecks } from '../../src/apimachinery/metadata-validation.ts'
import { formatFieldError, type FieldError } from '../../src/apimachinery/field-path.ts'
import type { ObjectMeta, OwnerReference } from '../../src/apimachinery/meta.ts'
import {
  validateMetadataOnCreate,
  validateMetadataOnUpdate,
  validateObjectMeta,
} from '../../src/apimachinery/metadata-validation.ts'
import { nameIsDnsLabel, nameIsDnsSubdomain, nameIsPathSegment } from '../../src/apimachinery/name-rules.ts'

const anOwner = (over: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web',
  uid: '1',
  ...over,
})

const NO_OWN: OwnMetadataChecks = { first: [], later: [] }
const CHANGE: OwnMetadataChecks = { first: ['change'], later: [] }

const CREATED: [what: string, meta: ObjectMeta, want: string[]][] = [
  ['a plain name', { name: 'web', namespace: 'default' }, []],
  ['no name', { namespace: 'default' }, ['metadata.name: Required value: name or generateName is required']],
  ['no namespace', { name: 'web' }, ['metadata.namespace: Required value']],
  ['a prefix that ends with a dash', { name: 'web-1', generateName: 'web-', namespace: 'default' }, []],
  [
    'a bad namespace',
    { name: 'web', namespace: 'a.b' },
    ['metadata.namespace: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'a negative generation',
    { name: 'web', namespace: 'a', generation: -1 },
    ['metadata.generation: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'annotations over the limit',
    { name: 'web', namespace: 'a', annotations: { a: 'x'.repeat(262144) } },
    ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  ],
  ['annotation keys in capitals', { name: 'web', namespace: 'a', annotations: { 'Example.com/A': '' } }, []],
  ['annotation keys in a capital of Turkish', { name: 'web', namespace: 'a', annotations: { '\u0130': '' } }, []],
  [
    'an owner without anything',
    { name: 'web', namespace: 'a', ownerReferences: [anOwner({ apiVersion: '', kind: '', name: '', uid: '' })] },
    [
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ],
  ],
  [
    'two controllers',
    {
      name: 'web',
      namespace: 'a',
      ownerReferences: [anOwner({ controller: true }), anOwner({ controller: true, name: 'b' })],
    },
    [
      expect.stringMatching(
        /^metadata\.ownerReferences: Invalid value: \[.*\]: Only one reference can have Controller set to true\. Found "true" in references for ReplicaSet\/web and ReplicaSet\/b$/,
      ),
    ],
  ],
  [
    'both deletion finalizers',
    { name: 'web', namespace: 'a', finalizers: ['orphan', 'foregroundDeletion'] },
    [
      'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ],
  ],
  [
    'managed fields of no known operation',
    { name: 'web', namespace: 'a', managedFields: [{ operation: 'x', fieldsType: 'y', manager: 'a\nb' }] },
    [
      'metadata.managedFields[0].operation: Invalid value: "x": must be `Apply` or `Update`',
      'metadata.managedFields[0].fieldsType: Invalid value: "y": must be `FieldsV1`',
      'metadata.managedFields[0].manager: Invalid value: "a\\nb": invalid character U+000A (at position 1)',
    ],
  ],
]

const kept: ObjectMeta = {
  name: 'web',
  namespace: 'a',
  uid: '1',
  resourceVersion: '5',
  generation: 2,
  creationTimestamp: '2026-01-01T00:00:00Z',
}

const UPDATED: [what: string, next: ObjectMeta, previous: ObjectMeta, want: string[]][] = [
  ['nothing changed', kept, kept, []],
  [
    'no resourceVersion',
    { ...kept, resourceVersion: '' },
    kept,
    ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
  ],
  [
    'what may not change before labels, and finalizers are no part of it',
    { ...kept, name: 'b', labels: { a: '/' }, finalizers: ['orphan', 'foregroundDeletion'] },
    kept,
    [
      'metadata.name: Invalid value: "b": field is immutable',
      expect.stringMatching(/^metadata\.labels: Invalid value: "\/": a valid label must be/),
    ],
  ],
  ['another uid', { ...kept, uid: '2' }, kept, ['metadata.uid: Invalid value: "2": field is immutable']],
  ['another name', { ...kept, name: 'b' }, kept, ['metadata.name: Invalid value: "b": field is immutable']],
  [
    'an older generation',
    { ...kept, generation: 1 },
    kept,
    ['metadata.generation: Invalid value: 1: must not be decremented'],
  ],
  [
    'a deletion by hand',
    { ...kept, deletionTimestamp: '2026-01-02T00:00:00Z' },
    kept,
    ['metadata.deletionTimestamp: Invalid value: "2026-01-02T00:00:00Z": field is immutable'],
  ],
  [
    'new finalizers on the way out',
    { ...kept, deletionTimestamp: 'x', finalizers: ['b/x', 'a/x', 'old'] },
    { ...kept, deletionTimestamp: 'x', finalizers: ['old'] },
    [
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/x", "b/x"}',
    ],
  ],
]

describe('object metadata', () => {
  it.each(CREATED)('on create: %s', (_, meta, want) => {
    expect(validateObjectMeta(meta, true, nameIsDnsSubdomain).map(formatFieldError)).toEqual(want)
  })

  it.each(UPDATED)('on update: %s', (_, next, previous, want) => {
    const whole = validateObjectMeta(next, true, nameIsPathSegment)
    const scope = { isNamespaced: true, group: '', kind: 'Secret' }
    const { first } = validateMetadataOnUpdate(next, previous, scope, NO_OWN)
    expect(first.slice(whole.length).map(formatFieldError)).toEqual(want)
  })

  it('refuses a namespace where the kind has none', () => {
    const errors = validateObjectMeta({ name: 'web', namespace: 'a' }, false, nameIsDnsLabel)
    expect(errors.map(formatFieldError)).toEqual(['metadata.namespace: Forbidden: not allowed on this type'])
  })

  it.each([
    ['resource.k8s.io', 'DeviceClass'],
    ['', 'ReplicationController'],
  ])('in group "%s", names of a %s are measured in bytes, and prefixes are left alone', (group, kind) => {
    const name = 'a'.repeat(254)
    const errors = validateMetadataOnCreate({ name, generateName: 'Not_Valid!' }, { isNamespaced: false, group, kind })
    expect(errors.map(formatFieldError)).toEqual([
      `metadata.name: Invalid value: "${name}": must be no more than 253 bytes`,
    ])
  })

  it('takes the prefix of a role for a name, and of a budget for a part of one', () => {
    const meta = { generateName: '.', name: '.abcde' }
    const role = { isNamespaced: false, group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' }
    const budget = { isNamespaced: false, group: 'policy', kind: 'PodDisruptionBudget' }
    expect(validateMetadataOnCreate(meta, role).map(formatFieldError)).toEqual([
      `metadata.generateName: Invalid value: ".": may not be '.'`,
    ])
    expect(validateMetadataOnCreate(meta, budget)).toEqual([])
  })

  it('reports labels under the path of all labels, keys before values', () => {
    const errors = validateObjectMeta({ name: 'web', labels: { 'a b': 'c/d' } }, false, nameIsPathSegment)
    expect(errors.map(({ field, body }) => [field, body.slice(0, 22)])).toEqual([
      ['metadata.labels', 'Invalid value: "a b": '],
      ['metadata.labels', 'Invalid value: "c/d": '],
    ])
  })

  it.each([
    ['', 'Pod', 'a.b', true],
    ['', 'Namespace', 'a.b', false],
    ['', 'Service', '1a', true],
    ['', 'Service', 'a.b', false],
    ['serving.knative.dev', 'Service', 'a.b', true],
    ['apps', 'StatefulSet', 'a.b', false],
    ['apps', 'Deployment', 'a.b', true],
    ['rbac.authorization.k8s.io', 'ClusterRole', 'system:node', true],
    ['rbac.authorization.k8s.io', 'ClusterRole', 'a/b', false],
    ['policy', 'PodDisruptionBudget', 'a:B', true],
    ['policy', 'PodDisruptionBudget', '..', false],
    ['networking.k8s.io', 'IPAddress', '2001:db8::1', true],
    ['networking.k8s.io', 'IPAddress', '2001:db8::0:1', false],
    ['', 'ConfigMap', 'A', false],
  ])('in group "%s", a %s may be called %s: %s', (group, kind, name, isFine) => {
    const onCreate = validateMetadataOnCreate({ name }, { isNamespaced: false, group, kind })
    expect(onCreate.length === 0).toBe(isFine)
    const own = { first: ['whole'], later: ['change'] } as const
    const onUpdate = validateMetadataOnUpdate(kept, kept, { isNamespaced: true, group, kind }, own)
    expect(onUpdate).toEqual({ first: [], later: [] })
  })

  it.each([
    ['', 'Pod', false],
    ['coordination.k8s.io', 'Lease', true],
    ['example.com', 'Backup', true],
  ])('in group "%s", a %s may have a finalizer without a domain: %s', (group, kind, isFine) => {
    const scope = { isNamespaced: true, group, kind }
    const want = isFine
      ? []
      : [
          'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
        ]
    const meta = { ...kept, finalizers: ['mine', 'a.io/mine', 'kubernetes'] }
    expect(validateMetadataOnCreate(meta, scope).map(formatFieldError)).toEqual(want)
    expect(validateMetadataOnUpdate(meta, meta, scope, CHANGE).first.map(formatFieldError)).toEqual(want)
  })

  it.each<[OwnMetadataChecks, string, string]>([
    [NO_OWN, 'LGL', ''],
    [CHANGE, 'LGLGL', ''],
    [{ first: ['change', 'whole'], later: [] }, 'LGLGLL', ''],
    [{ first: ['whole'], later: ['change'] }, 'LGLL', 'GL'],
    [{ first: ['change'], later: ['whole'] }, 'LGLGL', 'L'],
  ])('is told of by all kinds, and then by the kind itself: %j', (own, first, later) => {
    const next = { ...kept, labels: { a: '/' }, deletionGracePeriodSeconds: 7 }
    const errors = validateMetadataOnUpdate(next, kept, { isNamespaced: true, group: '', kind: 'Pod' }, own)
    const lettersOf = (list: readonly FieldError[]): string =>
      list.map(({ field }) => (field === 'metadata.labels' ? 'L' : 'G')).join('')
    expect([lettersOf(errors.first), lettersOf(errors.later)]).toEqual([first, later])
  })

  it('has a rule for the names that it makes, which an update hears from kinds that judge all of it', () => {
    const next = { ...kept, generateName: 'Not_Valid!' }
    const scope = { isNamespaced: true, group: '', kind: 'Pod' }
    expect(validateMetadataOnUpdate(next, kept, scope, CHANGE)).toEqual({ first: [], later: [] })
    const errors = validateMetadataOnUpdate(next, kept, scope, { first: ['change', 'whole'], later: [] })
    expect(errors.first.map(({ field }) => field)).toEqual(['metadata.generateName'])
  })
})
