/** ConfigMaps, Secrets and Namespaces: given → want, texts of pkg/apis/core/validation/validation.go. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from './given-want.ts'

const KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
const MEBIBYTE = 1024 * 1024

type Of = { readonly kind: string }
const ROWS: readonly (Row & Of)[] = [
  {
    kind: 'ConfigMap',
    what: 'texts and bytes are fine',
    given: { data: { a: 'b' }, binaryData: { c: 'AAAA' } },
    want: [],
  },
  {
    kind: 'ConfigMap',
    what: 'keys are names, in one of the two',
    given: { data: { 'a b': '', c: '' }, binaryData: { c: 'AAAA' } },
    want: [
      `data[a b]: Invalid value: "a b": ${KEY}`,
      'data[c]: Invalid value: "c": duplicate of key present in binaryData',
    ],
  },
  {
    kind: 'ConfigMap',
    what: 'a key may be called as what every object has',
    given: { data: { constructor: '', toString: '' }, binaryData: { c: 'AAAA' } },
    want: [],
  },
  {
    kind: 'ConfigMap',
    what: 'a mebibyte is the most',
    given: { data: { a: 'x'.repeat(MEBIBYTE + 1) } },
    want: ['[]: Too long: may not be more than 1048576 bytes'],
  },
  { kind: 'ConfigMap', what: 'a mebibyte is allowed', given: { data: { a: 'x'.repeat(MEBIBYTE) } }, want: [] },
  {
    kind: 'Secret',
    what: 'a mebibyte is the most',
    given: { stringData: { a: 'x'.repeat(MEBIBYTE + 1) } },
    want: ['data: Too long: may not be more than 1048576 bytes'],
  },
  { kind: 'Secret', what: 'a mebibyte is allowed', given: { stringData: { a: 'x'.repeat(MEBIBYTE) } }, want: [] },
  {
    kind: 'Secret',
    what: 'tls has both halves',
    given: { type: 'kubernetes.io/tls' },
    want: ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  },
  {
    kind: 'Secret',
    what: 'registry credentials are there, and JSON',
    given: { type: 'kubernetes.io/dockerconfigjson' },
    want: ['data[.dockerconfigjson]: Required value'],
  },
  {
    kind: 'Secret',
    what: 'registry credentials do not show in errors',
    given: { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '' } },
    want: ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input'],
  },
  {
    kind: 'Secret',
    what: 'registry credentials that are no text are told of byte by byte',
    given: { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': '/abs' } },
    want: [
      'data[.dockercfg]: Invalid value: "<secret contents redacted>": ' +
        "invalid character 'ý' looking for beginning of value",
    ],
  },
  {
    kind: 'Secret',
    what: 'a token names its account',
    given: { type: 'kubernetes.io/service-account-token' },
    want: ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  },
  {
    kind: 'Namespace',
    what: 'finalizers are standard or qualified',
    given: { spec: { finalizers: ['mine', 'a.io/mine'] } },
    want: [
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
  },
]

const FROZEN = 'Forbidden: field is immutable when `immutable` is set'
const UPDATES: readonly (UpdateRow & Of)[] = [
  {
    kind: 'ConfigMap',
    what: 'immutable stays, with its data',
    from: { immutable: true, data: { a: 'b' } },
    to: { data: { a: 'c' } },
    want: [`immutable: ${FROZEN}`, `data: ${FROZEN}`],
  },
  {
    kind: 'Secret',
    what: 'immutable stays, with its data',
    from: { immutable: true, stringData: { a: 'b' } },
    to: { immutable: true, stringData: { a: 'c' } },
    want: [`data: ${FROZEN}`],
  },
  {
    kind: 'Secret',
    what: 'the type stays',
    from: { type: 'a' },
    to: { type: 'b' },
    want: ['type: Invalid value: "b": field is immutable'],
  },
]

describe('validation of ConfigMaps, Secrets and Namespaces', () => {
  it.each(ROWS)('$kind: $what', ({ kind, given, want }) => {
    expect(new Subject('v1', kind).onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('$kind: on update, $what', ({ kind, from, to, want }) => {
    expect(new Subject('v1', kind).onUpdate(from, to)).toEqual(want)
  })

  it('stringData is written into data, and wins over it', () => {
    const secrets = new Subject('v1', 'Secret')
    const body = { data: { a: 'AAAA', b: 'AAAA' }, stringData: { b: 'é' } }
    expect(secrets.created(body)).toMatchObject({ data: { a: 'AAAA', b: 'w6k=' }, type: 'Opaque' })
    expect(secrets.created(body)).not.toHaveProperty('stringData')
    expect(secrets.updated({}, body)).toMatchObject({ data: { a: 'AAAA', b: 'w6k=' } })
  })

  it('a new namespace is active, held by the kubernetes finalizer, and labelled with its name', () => {
    expect(new Subject('v1', 'Namespace').created({ metadata: { name: 'blue' } })).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'blue' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
  })

  it('an update cannot take the finalizer of a namespace away', () => {
    const namespaces = new Subject('v1', 'Namespace')
    expect(namespaces.updated({}, { spec: { finalizers: [] } })).toMatchObject({ spec: { finalizers: ['kubernetes'] } })
  })
})
